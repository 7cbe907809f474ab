#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The foreign clients of the interop tests (tests/interop): installs and builds what is missing, and is quick when
# nothing is. Sourced by scripts/test; runs on its own, too.
#
#   ensure_interop_clients     needs ensure_jdk and ensure_maven first
#
# Debian: Qpid Proton and Paho for Python, mosquitto's command-line clients. Maven Central: the Java clients and the
# Artemis broker. npm: rhea and mqtt.js. What was built is under tests/interop/*/target, tests/interop/node/node_modules
# and target/bench/artemis.

# shellcheck source=install.sh
. "$(dirname "${BASH_SOURCE[0]}")/install.sh"

# The oldest Node.js that the clients run on; where the distribution's is older, one comes from npm.
NODE_MIN=18
NODE_FALLBACK=20.19.5

ensure_interop_clients() {
    local top
    top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/tests/interop
    ensure_debian python3 python3-qpid-proton python3-paho-mqtt mosquitto-clients
    ensure_node
    mkdir -p "$top/target"
    if [ "$(interop_stamp "$top" java)" != "$(cat "$top/target/java.stamp" 2>/dev/null)" ]; then
        say "building the Java clients of the interop tests"
        # No "clean" of Maven's: what an earlier build copied beside the classes has to go, whatever it was.
        rm -rf "$top"/java-*/target
        "$MVN" -q -B -f "$top/pom.xml" package >&2 || die "the Java clients of the interop tests do not build"
        interop_stamp "$top" java >"$top/target/java.stamp"
    fi
    if [ "$(interop_stamp "$top" node)" != "$(cat "$top/target/node.stamp" 2>/dev/null)" ] ||
        [ ! -x "$top/target/node" ]; then
        say "installing the Node.js clients of the interop tests"
        (cd "$top/node" && npm ci --silent --no-audit --no-fund >&2) || die "npm ci failed in $top/node"
        interop_node "$top"
        interop_stamp "$top" node >"$top/target/node.stamp"
    fi
    ensure_artemis
}

# The broker of the tests and of the benchmark, in target/bench/artemis.
ensure_artemis() {
    local root build
    root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
    build=$root/target/bench/artemis
    if [ "$(artemis_stamp "$root")" != "$(cat "$build/stamp" 2>/dev/null)" ]; then
        say "building the launcher of Apache Artemis"
        rm -rf "$build"
        "$MVN" -q -B -f "$root/tests/bench/artemis/pom.xml" package "-Dbench.directory=$build" >&2 ||
            die "the launcher of Apache Artemis does not build"
        artemis_stamp "$root" >"$build/stamp"
    fi
}

# What the launcher was built from.
artemis_stamp() {
    (cd "$1/tests/bench/artemis" && find pom.xml src -type f | LC_ALL=C sort | xargs sha256sum)
}

# What the built clients were built from.
interop_stamp() {
    if [ "$2" = java ]; then
        (cd "$1" && find pom.xml java-*/pom.xml java-*/src -type f | LC_ALL=C sort | xargs sha256sum)
    else
        (cd "$1" && sha256sum node/package-lock.json && node --version)
    fi
}

# Links tests/interop/target/node to a Node.js of at least NODE_MIN.
interop_node() {
    local version node
    node=$(command -v node)
    version=$(node --version)
    if ! version_at_least "${version#v}" "$NODE_MIN"; then
        say "Node.js $version is older than $NODE_MIN: fetching $NODE_FALLBACK from npm"
        npm install --silent --no-audit --no-fund --no-save --prefix "$1/target/node-$NODE_FALLBACK" \
            "node@$NODE_FALLBACK" >&2 || die "please install Node.js $NODE_MIN or newer"
        node=$1/target/node-$NODE_FALLBACK/node_modules/node/bin/node
    fi
    ln -sfn "$node" "$1/target/node"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -eu
    ensure_jdk
    ensure_maven
    ensure_interop_clients
fi
