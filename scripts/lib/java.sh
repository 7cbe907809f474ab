# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# Finding a Java runtime. Sourced by the scripts of the repository and by the launchers of the distribution, so it
# needs a shell and coreutils only, installs nothing and prints nothing but its answers.
#
#   newest_java [MIN]   home directory of the newest runtime of at least MIN (17)
#   newest_jdk  [MIN]   the same, but it must have a compiler
#   java_homes          every runtime found, one "MAJOR HOME" per line, newest first
#   java_major HOME     major version of one runtime
#
# LINKSPAN_JAVA_HOME, when set, is the only candidate.

# Major version of the runtime in directory $1 (17 of "17.0.15", 8 of "1.8.0_412"), as JAVA_MAJOR; fails when it is none.
# Starts no process where the runtime has a file "release", since every start of a command comes by here.
read_java_major() {
    local version='' line
    JAVA_MAJOR=
    [ -x "$1/bin/java" ] || return 1
    if [ -r "$1/release" ]; then
        while IFS= read -r line; do
            case $line in JAVA_VERSION=*) version=${line#JAVA_VERSION=} && break ;; esac
        done <"$1/release"
        version=${version#\"}
    fi
    if [ -z "$version" ]; then
        version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
    fi
    version=${version#1.}
    JAVA_MAJOR=${version%%[!0-9]*}
    [ -n "$JAVA_MAJOR" ]
}

java_major() {
    read_java_major "$1" && echo "$JAVA_MAJOR"
}

# Calls $1 with each directory that may hold a runtime; not checked, with duplicates. Starts a process only when the
# java of the PATH is none of the usual places.
each_java_candidate() {
    if [ -n "${LINKSPAN_JAVA_HOME:-}" ]; then
        "$1" "$LINKSPAN_JAVA_HOME"
        return
    fi
    if [ -n "${JAVA_HOME:-}" ]; then "$1" "$JAVA_HOME"; fi
    local home on_path='' directory old_ifs=$IFS
    IFS=:
    for directory in $PATH; do
        if [ -x "$directory/java" ] && [ ! -d "$directory/java" ]; then
            on_path=$directory/java
            break
        fi
    done
    IFS=$old_ifs
    for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
        if [ ! -x "$home/bin/java" ]; then continue; fi
        if [ -n "$on_path" ] && [ "$on_path" -ef "$home/bin/java" ]; then on_path=; fi
        "$1" "$home"
    done
    if [ -n "$on_path" ]; then
        on_path=$(readlink -f "$on_path")
        "$1" "${on_path%/bin/java}"
    fi
}

java_homes() {
    local home real major seen=' '
    each_java_candidate echo | while IFS= read -r home; do
        real=$(readlink -f "$home") || continue
        case $seen in *" $real "*) continue ;; esac
        seen="$seen$real "
        major=$(java_major "$real") || continue
        echo "$major $real"
    done | sort -s -k 1,1nr
}

# The newest runtime of at least $1, as NEWEST_JAVA and NEWEST_MAJOR; fails when there is none.
find_newest_java() {
    NEWEST_JAVA=
    NEWEST_MAJOR=$(($1 - 1))
    each_java_candidate take_if_newer
    [ -n "$NEWEST_JAVA" ]
}

take_if_newer() {
    if read_java_major "$1" && [ "$JAVA_MAJOR" -gt "$NEWEST_MAJOR" ]; then
        NEWEST_JAVA=$1
        NEWEST_MAJOR=$JAVA_MAJOR
    fi
}

newest_java() {
    find_newest_java "${1:-17}" && echo "$NEWEST_JAVA"
}

newest_jdk() {
    local min=${1:-17} major home
    java_homes | while read -r major home; do
        if [ "$major" -ge "$min" ] && [ -x "$home/bin/javac" ]; then
            echo "$home"
            break
        fi
    done | grep .
}
