// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.address.Address;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.Link;
import io.linkspan.core.link.LinkCounters;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.RouterNode;
import io.linkspan.management.config.LogLevel;
import io.linkspan.mesh.MeshEvent;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The core's events in the words of the original's module ROUTER_CORE. */
class CoreLog implements CoreEvents {
    /** Characters of another router's key in a line. */
    private static final int MAX_SHOWN_KEY = 200;

    private static final String NOTHING = "{<none>}";
    private static final Map<String, String> EXPIRIES =
            Map.of("link-detach", "link", "session-end", "sess", "connection-close", "conn", "never", "never");

    private final Log log;

    CoreLog(Log log) {
        this.log = log;
    }

    static String id(Connection connection) {
        return "[C" + connection.identity() + "]";
    }

    /** Condition and description of an error. */
    static String text(AmqpError error) {
        return error.condition() + (error.description() == null ? "" : ": " + error.description());
    }

    private static String id(Link link) {
        return id(link.connection()) + "[L" + link.identity() + "]";
    }

    private boolean off(LogLevel level) {
        return !log.enabled(LogModule.ROUTER_CORE, level);
    }

    @Override
    public void connectionOpened(Connection connection) {
        if (off(LogLevel.INFO)) {
            return;
        }
        ConnectionFacts facts = connection.facts();
        StringBuilder text = new StringBuilder(id(connection))
                .append(" Connection Opened: dir=")
                .append(facts.incoming() ? "in" : "out")
                .append(" host=")
                .append(facts.host())
                .append(" vhost= encrypted=")
                .append(facts.encrypted() ? String.valueOf(facts.sslProto()) : "no")
                .append(" auth=")
                .append(facts.sasl() == null ? "no" : facts.sasl())
                .append(" user=")
                .append(facts.user() != null ? facts.user() : facts.incoming() ? "anonymous" : "(null)")
                .append(" container_id=")
                .append(facts.container())
                .append(" props=");
        if (!facts.properties().isEmpty()) {
            text.append(facts.properties());
        }
        log.info(LogModule.ROUTER_CORE, text.toString());
    }

    @Override
    public void connectionEnded(Connection connection, Cause cause, @Nullable AmqpError error) {
        if (error != null) {
            log.info(LogModule.SERVER, id(connection) + " Connection ended, " + cause + ": " + text(error));
        }
    }

    @Override
    public void connectionGone(Connection connection) {
        if (!off(LogLevel.INFO)) {
            log.info(LogModule.ROUTER_CORE, id(connection) + " Connection Closed");
        }
    }

    @Override
    public void linkAttached(Link link) {
        if (!off(LogLevel.INFO)) {
            log.info(
                    LogModule.ROUTER_CORE,
                    id(link) + " Link attached: dir=" + (link.isInbound() ? "in" : "out") + termini(link));
        }
    }

    private static String termini(Link link) {
        Attach attach = link.attach();
        if (attach != null) {
            try {
                return " source=" + text(attach.source()) + " target=" + text(attach.target());
            } catch (MalformedException e) {
                return " " + e.getMessage(); // The attach itself was found sound, or the link would not be here.
            }
        }
        String key = link.owningKey();
        String address = key == null ? NOTHING : "{" + key + "}";
        return link.isInbound()
                ? " source=" + NOTHING + " target=" + address
                : " source=" + address + " target=" + NOTHING;
    }

    private static String text(@Nullable Terminus terminus) throws MalformedException {
        if (terminus == null) {
            return "{<none> expire:sess}";
        }
        if (terminus.isCoordinator()) {
            return "{<coordinator>}";
        }
        StringBuilder text = new StringBuilder(terminus.dynamic() ? "{(dyn)" : "{");
        text.append(terminus.address() == null ? "<none>" : terminus.address());
        if (terminus.durable() > 0) {
            text.append(terminus.durable() == 1 ? " dur:config" : " dur:unsettled");
        }
        text.append(" expire:").append(EXPIRIES.getOrDefault(String.valueOf(terminus.expiryPolicy()), "sess"));
        if (terminus.timeout() > 0) {
            text.append(" timeout:").append(terminus.timeout());
        }
        if (!terminus.capabilities().isEmpty()) {
            text.append(" caps:").append(terminus.capabilities());
        }
        return text.append('}').toString();
    }

    @Override
    public void linkGone(Link link) {
        if (off(LogLevel.INFO)) {
            return;
        }
        LinkCounters counters = link.counters();
        log.info(
                LogModule.ROUTER_CORE,
                id(link) + " Link " + link.ending() + ": del=" + counters.deliveries + " presett=" + counters.presettled
                        + " psdrop="
                        + counters.droppedPresettled + " acc=" + counters.accepted + " rej=" + counters.rejected
                        + " rel=" + counters.released + " mod=" + counters.modified + " delay1="
                        + counters.delayed1Sec + " delay10=" + counters.delayed10Sec + " blocked="
                        + (link.isBlocked() ? "yes" : "no"));
    }

    @Override
    public void mesh(MeshEvent event) {
        LogModule module = LogModule.valueOf(event.module().name());
        LogLevel level = LogLevel.valueOf(event.severity().name());
        if (log.enabled(module, level)) {
            log.write(module, level, event.text());
        }
    }

    @Override
    public void keyIgnored(RouterNode router, String key, String reason, long count) {
        LogLevel level = count == 1 ? LogLevel.WARNING : LogLevel.DEBUG;
        if (log.enabled(LogModule.ROUTER_MA, level)) {
            String shown = key.length() <= MAX_SHOWN_KEY ? key : key.substring(0, MAX_SHOWN_KEY) + "...";
            log.write(
                    LogModule.ROUTER_MA,
                    level,
                    "Ignoring key '" + shown + "' of router " + router.id() + ": " + reason + " (" + count
                            + " of this router; the next are shown at debug)");
        }
    }

    @Override
    public void addressCreated(Address address) {
        if (!off(LogLevel.DEBUG)) {
            log.debug(LogModule.ROUTER_CORE, "Address created: " + address.keyText());
        }
    }

    @Override
    public void addressRemoved(Address address) {
        if (!off(LogLevel.DEBUG)) {
            log.debug(LogModule.ROUTER_CORE, "Address removed: " + address.keyText());
        }
    }

    @Override
    public void linkBlocked(Link link) {
        log.info(
                LogModule.ROUTER_CORE,
                id(link) + " Link blocked with zero credit for " + link.zeroCreditSeconds() + " seconds");
    }

    @Override
    public void deliveriesStuck(Link link, int count) {
        log.info(
                LogModule.ROUTER_CORE,
                id(link) + " Stuck delivery: " + count
                        + " deliveries on this link have been undelivered/unsettled for more than 10 seconds"
                        + consumer(link));
    }

    @Override
    public void deliveryTakenBack(OutboundLink link, long seconds) {
        if (!off(LogLevel.NOTICE)) {
            log.notice(
                    LogModule.ROUTER_CORE,
                    id(link) + " Delivery taken back and released: not settled for more than " + seconds + " seconds"
                            + consumer(link));
        }
    }

    @Override
    public void deliveriesExpired(OutboundLink link, int count) {
        if (!off(LogLevel.INFO)) {
            log.info(
                    LogModule.ROUTER_CORE,
                    id(link) + " " + count + " deliveries expired while they waited" + consumer(link));
        }
    }

    @Override
    public void declaredByOneOfSeveral(InboundLink sender) {
        log.warning(
                LogModule.ROUTER_CORE,
                id(sender) + " Transactions do not go with multicast: a receiver declared one, which counts as a"
                        + " rejection");
    }

    /** Who is to blame: the receiver of a link that goes out. */
    private static String consumer(Link link) {
        if (!(link instanceof OutboundLink)) {
            return "";
        }
        ConnectionFacts facts = link.connection().facts();
        return "; consumer container=" + facts.container() + " host=" + facts.host() + " user="
                + (facts.user() == null ? "(null)" : facts.user()) + " link=" + link.name() + " address="
                + link.owningKey();
    }
}
