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

# Directories that may hold a runtime, best known first; not checked, with duplicates.
java_candidates() {
    if [ -n "${LINKSPAN_JAVA_HOME:-}" ]; then
        echo "$LINKSPAN_JAVA_HOME"
        return
    fi
    if [ -n "${JAVA_HOME:-}" ]; then echo "$JAVA_HOME"; fi
    if command -v java >/dev/null 2>&1; then
        local java
        java=$(readlink -f "$(command -v java)")
        echo "${java%/bin/java}"
    fi
    local home
    for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
        if [ -x "$home/bin/java" ]; then echo "$home"; fi
    done
}

java_homes() {
    local home real major seen=' '
    java_candidates | while IFS= read -r home; do
        real=$(readlink -f "$home") || continue
        case $seen in *" $real "*) continue ;; esac
        seen="$seen$real "
        major=$(java_major "$real") || continue
        echo "$major $real"
    done | sort -s -k 1,1nr
}

newest_java() {
    local min=${1:-17}
    java_candidates | {
        local home best='' best_major=$((min - 1))
        while IFS= read -r home; do
            if read_java_major "$home" && [ "$JAVA_MAJOR" -gt "$best_major" ]; then
                best=$home
                best_major=$JAVA_MAJOR
            fi
        done
        [ -n "$best" ] && echo "$best"
    }
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
