// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The connection of a tool while its user thinks. */
class ToolConnectionIT {
    private static final String HEADER = "414d515000010000";

    /** OPEN of container "x" that wants to hear something every 100 ms. */
    private static final String OPEN = "0000001902000000" + "005310" + "c00c05" + "a10178" + "404040" + "7000000064";

    private static final int EMPTY_FRAME_BYTES = 8;

    @Test
    @DisplayName("AMQP 1.0 part 2, 2.4.5: a peer that wants to hear something hears empty frames between the steps")
    void aPeerHearsThatAToolIsStillThere() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<ToolConnection> connecting =
                    CompletableFuture.supplyAsync(() -> ToolConnection.connect(Bus.at(server.getLocalPort())));
            try (Socket peer = server.accept()) {
                peer.setSoTimeout(60_000);
                peer.getOutputStream().write(HexFormat.of().parseHex(HEADER + OPEN));
                DataInputStream in = new DataInputStream(peer.getInputStream());
                assertThat(HexFormat.of().formatHex(in.readNBytes(8))).isEqualTo(HEADER);
                ScriptedRouter.get(connecting); // No step is done from here on.
                int beats = 0;
                while (beats < 3) {
                    int size = in.readInt();
                    in.skipNBytes(size - Integer.BYTES);
                    beats += size == EMPTY_FRAME_BYTES ? 1 : 0;
                }
            }
            ScriptedRouter.get(connecting).close();
        }
    }
}
