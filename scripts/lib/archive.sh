#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# Makes the class-data sharing archive the launchers use when it is there: the router and the commands start in about
# two thirds of the time. It fits one build of one Java runtime, so it is made on the machine (or in the image) where it
# is used, in LINKSPAN_CACHE (~/.cache/linkspan). Usage: archive.sh [--force]
set -eu
LINKSPAN_LIB=$(dirname "$(readlink -f "$0")")
# shellcheck source=launch.sh
. "$LINKSPAN_LIB/launch.sh"

jar=$(linkspan_jar) || {
    echo "archive.sh: the program is not built" >&2
    exit 1
}
java_home=$(newest_java 17)
major=$(java_major "$java_home")
archive=$(archive_file "$jar" "$java_home" "$major")
if [ "$archive" -nt "$jar" ] && [ "${1:-}" != --force ]; then exit 0; fi

mkdir -p "$(dirname "$archive")"
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
# shellcheck disable=SC2046 # these are words without spaces
"$java_home/bin/java" $(router_jvm_flags "$major") -XX:ArchiveClassesAtExit="$work/classes.jsa" -Xlog:cds=off \
    -Xlog:cds+dynamic=off -jar "$jar" router -c "$work/train.conf" >"$work/log" 2>&1 &
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
kill "$router"
wait "$router" || true
if [ -s "$work/classes.jsa" ]; then
    mv "$work/classes.jsa" "$archive"
fi
