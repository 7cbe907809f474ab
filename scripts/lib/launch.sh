# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# Starting the program. Sourced by the launchers (qdrouterd, qdstat, qdmanage, linkspan), in a checkout as well as in an
# unpacked distribution; any POSIX shell.
#
#   launch NAME COMMAND [ARGUMENT...]    replaces the shell by the JVM that runs `linkspan COMMAND`
#
# LINKSPAN_LIB is the directory of this file. The newest Java runtime found is taken; LINKSPAN_JAVA_HOME names another.
# LINKSPAN_JAVA_OPTS are JVM flags added behind our own, so they win (-Xmx2g, -XX:+UseG1GC).

# shellcheck source=java.sh
. "$LINKSPAN_LIB/java.sh"

# The runnable jar: beside lib/ in a distribution, in the server module's target in a checkout.
linkspan_jar() {
    local jar
    for jar in "$LINKSPAN_LIB/../linkspan.jar" "$LINKSPAN_LIB"/../../router/server/target/linkspan-server-*.jar; do
        case $jar in *-sources.jar | *-javadoc.jar | *-tests.jar) continue ;; esac
        if [ -r "$jar" ]; then
            readlink -f "$jar"
            return 0
        fi
    done
    return 1
}

# JVM flags of a runtime of major version $1 that every command gets, one per line.
common_jvm_flags() {
    echo -Dio.netty.noUnsafe=false
    if [ "$1" -ge 24 ]; then
        # Without it Netty leaves Unsafe alone there, and the hot path is several times slower; 17 does not know it.
        echo --sun-misc-unsafe-memory-access=allow
        echo --enable-native-access=ALL-UNNAMED
    fi
}

# JVM flags of the router, for a runtime of major version $1.
router_jvm_flags() {
    common_jvm_flags "$1"
    # Small: messages are outside the heap, and the hot path makes next to no garbage. About 10 KiB per connection.
    echo -Xms32m
    echo -Xmx512m
    # The cheapest write barriers; with so small a heap a collection takes milliseconds.
    echo -XX:+UseParallelGC
    echo -XX:+ExitOnOutOfMemoryError
}

# JVM flags of a command that ends soon.
tool_jvm_flags() {
    common_jvm_flags "$1"
    echo -Xmx256m
    echo -XX:+UseSerialGC
    echo -XX:TieredStopAtLevel=1
    echo -XX:-UsePerfData
}

# JVM flags of command $1 for a runtime of major version $2.
jvm_flags() {
    case $1 in
        router) router_jvm_flags "$2" ;;
        *) tool_jvm_flags "$2" ;;
    esac
}

# File of the archive of loaded classes for command $1, jar $2 and runtime $3 of major version $4. An archive fits one
# build of the runtime only, so it is made where it is used: archive.sh.
archive_file() {
    local directory identity kind=tool
    directory=${LINKSPAN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/linkspan}
    if [ "$1" = router ]; then kind=router; fi
    identity=$(printf '%s %s' "$3" "$2" | cksum)
    echo "$directory/$kind-$4-${identity%% *}.jsa"
}

# JVM flags that make ($1 = make) or use ($1 = use) archive $2 with a runtime of major version $3. Since 25 there is the
# ahead-of-time cache, which holds linked classes too; before, class-data sharing.
archive_flags() {
    if [ "$3" -ge 25 ]; then
        if [ "$1" = make ]; then echo "-XX:AOTCacheOutput=$2"; else echo "-XX:AOTCache=$2"; fi
        echo -Xlog:aot=off
    else
        if [ "$1" = make ]; then echo "-XX:ArchiveClassesAtExit=$2"; else echo "-XX:SharedArchiveFile=$2"; fi
        echo -Xlog:cds+dynamic=off
    fi
    echo -Xlog:cds=off
}

launch() {
    local name=$1 command=$2 java_home jar archive
    shift 2
    if ! java_home=$(newest_java 17); then
        echo "$name: no Java runtime of 17 or newer found; install one, or set LINKSPAN_JAVA_HOME" >&2
        exit 1
    fi
    read_java_major "$java_home"
    if ! jar=$(linkspan_jar); then
        echo "$name: the program is not built; ./scripts/run --build builds it" >&2
        exit 1
    fi
    set -- "-Dlinkspan.program=$name" -jar "$jar" "$command" "$@"
    archive=$(archive_file "$command" "$jar" "$java_home" "$JAVA_MAJOR")
    if [ "$archive" -nt "$jar" ]; then
        # shellcheck disable=SC2046 # these are words without spaces, but for the file
        set -- $(archive_flags use "$archive" "$JAVA_MAJOR") "$@"
    fi
    # shellcheck disable=SC2046,SC2086 # these are words without spaces
    exec "$java_home/bin/java" $(jvm_flags "$command" "$JAVA_MAJOR") ${LINKSPAN_JAVA_OPTS:-} "$@"
}
