#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# Makes the archives of loaded classes that the launchers use when they are there: one for the router, one for the
# commands. They fit one build of one Java runtime, so they are made on the machine (or in the image) where they are
# used, in LINKSPAN_CACHE (~/.cache/linkspan). Usage: archive.sh [--force]
set -eu
LINKSPAN_LIB=$(dirname "$(readlink -f "$0")")
# shellcheck source=launch.sh
. "$LINKSPAN_LIB/launch.sh"

find_jar || {
    echo "archive.sh: the program is not built" >&2
    exit 1
}
find_newest_java 17
set_archive router "$LINKSPAN_JAR" "$NEWEST_JAVA"
for_router=$ARCHIVE
set_archive stat "$LINKSPAN_JAR" "$NEWEST_JAVA"
for_tools=$ARCHIVE
if [ "$for_router" -nt "$LINKSPAN_JAR" ] && [ "$for_tools" -nt "$LINKSPAN_JAR" ] && [ "${1:-}" != --force ]; then exit 0; fi

mkdir -p "${for_router%/*}" "${for_tools%/*}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/train.conf" <<END
router {
    mode: standalone
    id: train
}
listener {
    name: train
    host: 127.0.0.1
    port: 0
    authenticatePeer: no
    protocols: amqp, mqtt, http
}
END

# learn COMMAND ARCHIVE ARGUMENT...: replaces the shell by a JVM that runs the command and writes the archive as it ends.
learn() {
    learned=$1
    archive=$2
    shift 2
    set_jvm_flags "$learned" "$NEWEST_MAJOR"
    set_archive_flags make "$NEWEST_MAJOR"
    # shellcheck disable=SC2086 # these are words without spaces, but for the last
    exec "$NEWEST_JAVA/bin/java" $JVM_FLAGS ${ARCHIVE_FLAGS% *} "${ARCHIVE_FLAGS##* }$archive" \
        "-Djava.library.path=${LINKSPAN_JAR%/*}/lib" -jar "$LINKSPAN_JAR" "$learned" "$@"
}

(learn router "$work/router.jsa" -c "$work/train.conf") >"$work/log" 2>&1 &
router=$!
seconds=0
until grep -q 'Operational' "$work/log"; do
    if ! kill -0 "$router" 2>/dev/null || [ "$seconds" -ge 30 ]; then
        echo "archive.sh: the router did not start, no archive is made:" >&2
        tail -n 5 "$work/log" >&2
        kill -9 "$router" 2>/dev/null || true
        exit 1
    fi
    sleep 1
    seconds=$((seconds + 1))
done
port=$(sed -n 's/.*Listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/log")
# What the tools do most, which also shows the router a client.
(learn stat "$work/tools.jsa" -b "127.0.0.1:$port" -t 60 -g) >"$work/tools.log" 2>&1 || tail -n 5 "$work/tools.log" >&2
kill "$router"
wait "$router" || true
if [ -s "$work/router.jsa" ]; then mv "$work/router.jsa" "$for_router"; fi
if [ -s "$work/tools.jsa" ]; then mv "$work/tools.jsa" "$for_tools"; fi
