# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Installing what is missing on a Debian or Ubuntu machine. Sourced by the scripts of the repository (bash).
#
#   ensure_debian PACKAGE...   the packages are installed
#   ensure_debian_stopped PACKAGE...   the same, but services in them are not started
#   ensure_jdk                 a JDK of 17 or newer; sets and exports JAVA_HOME to the newest one found
#   ensure_maven               Maven of 3.8.7 or newer; sets MVN to its command
#   ensure_node                node and npm
#
# As root, or where sudo works, a missing package is installed with apt-get. Otherwise each function says exactly what
# to install and ends the script with status 1. What is said goes to standard error.

# shellcheck source=java.sh
. "$(dirname "${BASH_SOURCE[0]}")/java.sh"

MAVEN_MIN=3.8.7
# Taken from Maven Central when the distribution's Maven is older than MAVEN_MIN (Ubuntu 22.04 has 3.6.3).
MAVEN_FALLBACK=3.9.9

say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

# Runs a command as root; fails (status 1) without a word when that is not possible.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        return 1
    fi
}

debian_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# ensure_debian PACKAGE...
ensure_debian() {
    local package missing=()
    if ! command -v dpkg-query >/dev/null 2>&1; then
        die "this is not Debian or Ubuntu; please install what these packages hold: $*"
    fi
    for package in "$@"; do
        debian_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing with apt-get: ${missing[*]}"
    if apt_install "${missing[@]}"; then return 0; fi
    if apt_update && apt_install "${missing[@]}"; then return 0; fi
    die "please install, as root:  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
}

# For servers that are only measured: apt-get would start them as services of this machine.
ensure_debian_stopped() {
    local policy=/usr/sbin/policy-rc.d placed='' status=0
    if [ ! -e "$policy" ] && printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null 2>&1; then
        as_root chmod +x "$policy"
        placed=yes
    fi
    (ensure_debian "$@") || status=$?
    if [ -n "$placed" ]; then as_root rm -f "$policy"; fi
    return $status
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@" >&2
}

apt_update() {
    if [ -n "${APT_UPDATED:-}" ]; then return 0; fi
    as_root apt-get update -q >&2 && APT_UPDATED=1
}

# The newest of the given packages the package lists know; fails when they know none.
debian_first_known() {
    local package
    for package in "$@"; do
        if apt-cache show --no-all-versions "$package" >/dev/null 2>&1; then
            echo "$package"
            return 0
        fi
    done
    return 1
}

ensure_jdk() {
    if ! JAVA_HOME=$(newest_jdk 17); then
        if [ -n "${LINKSPAN_JAVA_HOME:-}" ]; then
            die "LINKSPAN_JAVA_HOME=$LINKSPAN_JAVA_HOME is not the directory of a JDK of 17 or newer"
        fi
        command -v apt-cache >/dev/null 2>&1 || die 'please install a JDK of 17 or newer'
        local known=(openjdk-25-jdk-headless openjdk-21-jdk-headless openjdk-17-jdk-headless) package
        if ! package=$(debian_first_known "${known[@]}"); then
            apt_update || true
            package=$(debian_first_known "${known[@]}") ||
                package=openjdk-17-jdk-headless
        fi
        ensure_debian "$package"
        JAVA_HOME=$(newest_jdk 17) || die "no JDK of 17 or newer was found after installing $package"
    fi
    export JAVA_HOME
}

# True when version $1 is at least version $2 (numbers and dots).
version_at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# Sets MVN. ensure_jdk comes first.
ensure_maven() {
    local version cache
    if ! command -v mvn >/dev/null 2>&1; then ensure_debian maven; fi
    if [ "$(java_major "$JAVA_HOME")" -ge 24 ]; then
        # Maven's own libraries make these JDKs print warnings that say nothing about this project.
        export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
    fi
    MVN=mvn
    version=$(mvn --version | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p')
    if version_at_least "$version" "$MAVEN_MIN"; then return 0; fi
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/linkspan
    MVN=$cache/apache-maven-$MAVEN_FALLBACK/bin/mvn
    if [ -x "$MVN" ]; then return 0; fi
    say "Maven $version is older than $MAVEN_MIN: fetching $MAVEN_FALLBACK from Maven Central into $cache"
    mkdir -p "$cache"
    if ! mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
        -Dartifact="org.apache.maven:apache-maven:$MAVEN_FALLBACK:tar.gz:bin" -DoutputDirectory="$cache" >&2 ||
        ! tar -xzf "$cache/apache-maven-$MAVEN_FALLBACK-bin.tar.gz" -C "$cache"; then
        die "please install Maven $MAVEN_MIN or newer"
    fi
    rm -f "$cache/apache-maven-$MAVEN_FALLBACK-bin.tar.gz"
}

ensure_node() {
    if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then return 0; fi
    ensure_debian nodejs npm
}
