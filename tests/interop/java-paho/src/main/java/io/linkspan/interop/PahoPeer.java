// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

/** Eclipse Paho for Java: one library for MQTT 3.1 and 3.1.1, another for 5.0. */
public final class PahoPeer extends MqttPeer {

    /** Reads commands from standard input. */
    public static void main(String[] arguments) throws Exception {
        new PahoPeer().run();
    }

    @Override
    protected Session session(String version) {
        return version.equals("5")
                ? new PahoSession5(this::emit, this::published)
                : new PahoSession3(version, this::emit, this::published);
    }

    /** How a publication ended. */
    @FunctionalInterface
    interface Published {
        void report(Publication publication, Integer reason, Throwable error);
    }

    /** The library wants a host in {@code tcp} URLs. */
    static String url(Command command) {
        return command.word(0).replaceFirst("^mqtt:", "tcp:");
    }
}
