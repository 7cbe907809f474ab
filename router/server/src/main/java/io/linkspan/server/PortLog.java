// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.config.ListenerSettings;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.linkspan.server.loop.SocketFacts;
import io.linkspan.server.port.PortEvents;
import io.linkspan.server.port.Refusal;

/** Ports in the words of the log. */
final class PortLog implements PortEvents {
    private final Log log;

    PortLog(Log log) {
        this.log = log;
    }

    @Override
    public void accepted(ListenerSettings listener, SocketFacts facts) {
        log.info(LogModule.SERVER, "Accepted connection to " + place(listener) + " from " + facts.remote());
    }

    @Override
    public void refused(ListenerSettings listener, String remote, Refusal refusal, String detail) {
        log.warning(
                LogModule.SERVER,
                "Refused connection to " + place(listener) + " from " + remote + ": " + refusal.text()
                        + (detail.isEmpty() ? "" : ": " + detail));
    }

    static String place(ListenerSettings listener) {
        return listener.host() + ":" + listener.port();
    }
}
