// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The client programs under tests/interop, and how each is started. Its README describes what they understand. */
public enum ClientProgram {
    /** Apache Qpid JMS. */
    QPID_JMS(Kind.JAVA, "java-qpid-jms", "io.linkspan.interop.QpidJmsPeer"),
    /** Apache Qpid protonj2. */
    PROTONJ2(Kind.JAVA, "java-protonj2", "io.linkspan.interop.Protonj2Peer"),
    /** vertx-proton. */
    VERTX_PROTON(Kind.JAVA, "java-vertx", "io.linkspan.interop.VertxAmqpPeer"),
    /** Apache Qpid Proton for Python. */
    PROTON_PYTHON(Kind.PYTHON, "python", "amqp_peer.py"),
    /** rhea, for Node.js. */
    RHEA(Kind.NODE, "node", "amqp-peer.js"),
    /** HiveMQ client. */
    HIVEMQ(Kind.JAVA, "java-hivemq", "io.linkspan.interop.HivemqPeer"),
    /** Eclipse Paho for Java. */
    PAHO_JAVA(Kind.JAVA, "java-paho", "io.linkspan.interop.PahoPeer"),
    /** Eclipse Paho for Python. */
    PAHO_PYTHON(Kind.PYTHON, "python", "mqtt_peer.py"),
    /** mqtt.js, for Node.js. */
    MQTT_JS(Kind.NODE, "node", "mqtt-peer.js"),
    /** The MQTT client of Vert.x. */
    VERTX_MQTT(Kind.JAVA, "java-vertx", "io.linkspan.interop.VertxMqttPeer");

    private enum Kind {
        JAVA,
        PYTHON,
        NODE
    }

    /** Debian's Python packages belong to Debian's Python, whatever comes first on the path. */
    private static final String PYTHON = "/usr/bin/python3";

    private final Kind kind;
    private final String directory;
    private final String main;

    ClientProgram(Kind kind, String directory, String main) {
        this.kind = kind;
        this.directory = directory;
        this.main = main;
    }

    /** Tells whether it speaks MQTT; the others speak AMQP. */
    public boolean isMqtt() {
        return switch (this) {
            case QPID_JMS, PROTONJ2, VERTX_PROTON, PROTON_PYTHON, RHEA -> false;
            case HIVEMQ, PAHO_JAVA, PAHO_PYTHON, MQTT_JS, VERTX_MQTT -> true;
        };
    }

    /**
     * The command line of the program.
     *
     * @throws IllegalStateException when it is not built
     */
    List<String> command() {
        Path top = top();
        Path home = top.resolve(directory);
        Path built =
                switch (kind) {
                    case JAVA -> home.resolve("target/lib");
                    case NODE -> top.resolve("target/node");
                    case PYTHON -> Path.of(PYTHON);
                };
        if (!Files.exists(built)) {
            throw new IllegalStateException(
                    "client " + this + " is not there (" + built + "); scripts/lib/interop.sh installs and builds it");
        }
        return switch (kind) {
            case JAVA -> java(home);
            case NODE -> List.of(built.toString(), home.resolve(main).toString());
            case PYTHON -> List.of(PYTHON, "-B", "-u", home.resolve(main).toString());
        };
    }

    private List<String> java(Path home) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // These programs are short-lived and share few cores: start fast, compile little.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        command.addAll(List.of("-cp", home.resolve("target/classes") + ":" + home.resolve("target/lib") + "/*", main));
        return command;
    }

    /** The directory tests/interop, seen from the module or from the top of the repository. */
    private static Path top() {
        for (String candidate : List.of("interop", "tests/interop")) {
            Path path = Path.of(candidate);
            if (Files.exists(path.resolve("pom.xml"))) {
                return path.toAbsolutePath();
            }
        }
        throw new IllegalStateException(
                "no tests/interop from " + Path.of("").toAbsolutePath() + "; run from the repository or from tests");
    }
}
