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

# Major version of the runtime in directory $1 (17 of "17.0.15", 8 of "1.8.0_412"); fails when it is none.
java_major() {
    local home=$1 version=''
    [ -x "$home/bin/java" ] || return 1
    if [ -r "$home/release" ]; then
        version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$home/release" | head -n 1)
    fi
    if [ -z "$version" ]; then
        version=$("$home/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
    fi
    version=${version#1.}
    version=${version%%[!0-9]*}
    [ -n "$version" ] || return 1
    echo "$version"
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
    local min=${1:-17} major home
    java_homes | while read -r major home; do
        if [ "$major" -ge "$min" ]; then
            echo "$home"
            break
        fi
    done | grep .
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
