# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Building the router of this checkout. Sourced by scripts (bash), after ensure_jdk and ensure_maven of install.sh.
#
#   build_router      builds what the launchers start, unless nothing has changed since; tests and analysis are not run
#   router_is_built   true when nothing has changed since

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILT=$ROOT/router/server/target/built

router_is_built() {
    [ -e "$BUILT" ] || return 1
    local modules=("$ROOT"/{mesh,router/amqp,router/core,protocol-bridge,management,router/server})
    [ -z "$(find "$ROOT/pom.xml" "$ROOT/router/pom.xml" "${modules[@]/%//pom.xml}" "${modules[@]/%//src/main}" \
        -newer "$BUILT" -print -quit 2>/dev/null)" ]
}

build_router() {
    if router_is_built; then return 0; fi
    mkdir -p "$ROOT/target"
    (
        flock 9 # one build at a time
        if router_is_built; then exit 0; fi
        say "building the router"
        rm -f "$BUILT"
        touch "$ROOT/target/building" # what changes from now on is not part of this build
        (cd "$ROOT" && "$MVN" -q -B -Dfast -Dmaven.test.skip=true -pl router/server -am package)
        mv "$ROOT/target/building" "$BUILT"
    ) 9>"$ROOT/target/build.lock"
}
