# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# Starting the program. Sourced by the launchers (qdrouterd, qdstat, qdmanage, linkspan), in a checkout as well as in an
# unpacked distribution; any POSIX shell.
#
#   launch NAME COMMAND [ARGUMENT...]    replaces the shell by the JVM that runs `linkspan COMMAND`; a router's by a
#                                        shell that runs the JVM (attend.sh)
#
# Every start of a command comes by here, and starting a process in a shell takes as long as some of the commands: so the
# functions answer in variables and use what the shell has itself.
#
# LINKSPAN_LIB is the directory of this file, as an absolute path without symbolic links. The newest Java runtime found is taken; LINKSPAN_JAVA_HOME names another.
# LINKSPAN_JAVA_OPTS are JVM flags added behind our own, so they win (-Xmx2g, -XX:+UseG1GC).

# shellcheck source=java.sh
. "$LINKSPAN_LIB/java.sh"

# The runnable jar, as LINKSPAN_JAR: beside lib/ in a distribution, in the server module's target in a checkout.
find_jar() {
    for LINKSPAN_JAR in "${LINKSPAN_LIB%/*}/linkspan.jar" "${LINKSPAN_LIB%/*/*}"/router/server/target/linkspan-server-*.jar; do
        case $LINKSPAN_JAR in *-sources.jar | *-javadoc.jar | *-tests.jar) continue ;; esac
        if [ -r "$LINKSPAN_JAR" ]; then return 0; fi
    done
    return 1
}

# JVM flags of command $1 for a runtime of major version $2, as JVM_FLAGS.
set_jvm_flags() {
    # What is called by reflection here is called once: not worth the code that the JVM would make for it.
    JVM_FLAGS="-Dio.netty.noUnsafe=false -Dio.netty.jfr.enabled=false -Djdk.reflect.useNativeAccessorOnly=true"
    if [ "$2" -ge 24 ]; then
        # Without it Netty leaves Unsafe alone there, and the hot path is several times slower; 17 does not know it.
        JVM_FLAGS="$JVM_FLAGS --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
    fi
    if [ "$1" = router ]; then
        # Small: messages are outside the heap, and the hot path makes next to no garbage. About 10 KiB per connection.
        # ParallelGC has the cheapest write barriers; with so small a heap a collection takes milliseconds.
        JVM_FLAGS="$JVM_FLAGS -Xms32m -Xmx512m -XX:+UseParallelGC -XX:+ExitOnOutOfMemoryError"
    else
        # A command ends soon: what Netty prepares for a long life is left out.
        JVM_FLAGS="$JVM_FLAGS -Dio.netty.allocator.type=unpooled"
        JVM_FLAGS="$JVM_FLAGS -Dio.netty.leakDetection.level=disabled"
        JVM_FLAGS="$JVM_FLAGS -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
    fi
}

# File of the archive of loaded classes for command $1, jar $2 and runtime $3, as ARCHIVE. An archive fits one jar and
# one build of the runtime only, so it is made where it is used: archive.sh.
set_archive() {
    ARCHIVE=${LINKSPAN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/linkspan}
    if [ "$1" = router ]; then ARCHIVE=$ARCHIVE/router; else ARCHIVE=$ARCHIVE/tool; fi
    ARCHIVE=$ARCHIVE$3$2.jsa
}

# JVM flags that make ($1 = make) or use ($1 = use) an archive with a runtime of major version $2, as ARCHIVE_FLAGS; the
# file goes behind the last of them. Since 25 there is the ahead-of-time cache, which holds linked classes too; before,
# class-data sharing. The cache would also hold what was called how often, and have the JVM compile that as it starts:
# of a training so short this costs more than it saves.
set_archive_flags() {
    if [ "$2" -ge 25 ]; then
        ARCHIVE_FLAGS="-Xlog:cds=off -Xlog:aot=off"
        if [ "$1" = make ]; then
            ARCHIVE_FLAGS="$ARCHIVE_FLAGS -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions"
            ARCHIVE_FLAGS="$ARCHIVE_FLAGS -XX:-AOTRecordTraining -XX:AOTCacheOutput="
        else
            ARCHIVE_FLAGS="$ARCHIVE_FLAGS -XX:AOTCache="
        fi
    else
        ARCHIVE_FLAGS="-Xlog:cds=off -Xlog:cds+dynamic=off"
        if [ "$1" = make ]; then ARCHIVE_FLAGS="$ARCHIVE_FLAGS -XX:ArchiveClassesAtExit="; else ARCHIVE_FLAGS="$ARCHIVE_FLAGS -XX:SharedArchiveFile="; fi
    fi
}

launch() {
    local name=$1 command=$2
    shift 2
    if ! find_newest_java 17; then
        echo "$name: no Java runtime of 17 or newer found; install one, or set LINKSPAN_JAVA_HOME" >&2
        exit 1
    fi
    if ! find_jar; then
        echo "$name: the program is not built; ./scripts/run --build builds it" >&2
        exit 1
    fi
    # Netty's native library is beside the others.
    set -- "-Dlinkspan.program=$name" "-Djava.library.path=${LINKSPAN_JAR%/*}/lib" -jar "$LINKSPAN_JAR" "$command" "$@"
    set_archive "$command" "$LINKSPAN_JAR" "$NEWEST_JAVA"
    if [ "$ARCHIVE" -nt "$LINKSPAN_JAR" ]; then
        set_archive_flags use "$NEWEST_MAJOR"
        # shellcheck disable=SC2086 # these are words without spaces, but for the last
        set -- ${ARCHIVE_FLAGS% *} "${ARCHIVE_FLAGS##* }$ARCHIVE" "$@"
    fi
    set_jvm_flags "$command" "$NEWEST_MAJOR"
    if [ "$command" = router ]; then
        # shellcheck disable=SC2086 # these are words without spaces
        exec /bin/sh "$LINKSPAN_LIB/attend.sh" "$NEWEST_JAVA/bin/java" "-Dlinkspan.attend=$LINKSPAN_LIB/attend.sh" \
            $JVM_FLAGS ${LINKSPAN_JAVA_OPTS:-} "$@"
    fi
    # shellcheck disable=SC2086 # these are words without spaces
    exec "$NEWEST_JAVA/bin/java" $JVM_FLAGS ${LINKSPAN_JAVA_OPTS:-} "$@"
}
