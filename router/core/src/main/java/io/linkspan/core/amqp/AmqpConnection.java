// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpEngine;
import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.AmqpLink;
import io.linkspan.amqp.AmqpSession;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.ConnectionHandler;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.FrameTracer;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.Open;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.SaslClient;
import io.linkspan.amqp.SaslServer;
import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Route;
import io.linkspan.core.address.RouteLookup;
import io.linkspan.core.autolink.Attachment;
import io.linkspan.core.autolink.Carrier;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.mesh.Mesh;
import io.linkspan.core.message.MessageView;
import io.linkspan.core.message.RouterAnnotations;
import io.linkspan.core.message.RouterStamp;
import io.linkspan.wire.Retention;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP connection: an engine below, the core above. What the peer attaches becomes inbound and outbound links.
 *
 * <p>Confined to the connection's loop. A peer's mistake is answered by the engine; a refusal of the core goes back as
 * attach and detach (routing ANO-16).
 */
public final class AmqpConnection extends Connection implements WireEngine, ConnectionHandler, Carrier {

    private static final RawValue CAPABILITIES =
            RawValue.of(AmqpArray.ofSymbols(List.of(new Symbol("ANONYMOUS-RELAY"), new Symbol("qd.streaming-links"))));

    private static final String COST = "qd.inter-router-cost";
    /** Addresses of a tenant's anonymous senders that are remembered per connection. */
    private static final int TENANT_ROUTES = 64;

    private final AmqpProfile profile;
    private final Wire wire;
    private final AmqpEngine engine;
    private final MessageView view = new MessageView();
    private final RouterAnnotations keys = new RouterAnnotations();
    private @Nullable OutgoingAnnotations outgoing;
    private final EncodedMessage message;
    private final @Nullable SaslRecord sasl;
    private final @Nullable Function<Connection, FrameTracer> tracers;
    private final @Nullable RouterLinks routerLinks;
    private int routingCost;
    private final boolean stripsIncoming;
    private final boolean stripsOutgoing;
    private @Nullable List<AmqpProfile.Failover> toldFailover;
    private final MirrorSessions mirrors;
    private final AutoLinkEnds autoLinks;
    private final IdentityHashMap<AmqpLink, RoutedLink> waiting = new IdentityHashMap<>(0);
    private @Nullable MessageTracer messageTracer;
    private @Nullable RouteLookup tenantRoutes;
    private boolean known;

    private AmqpConnection(
            RouterCore core,
            AmqpProfile profile,
            ConnectionFacts facts,
            Wire wire,
            @Nullable SaslServer server,
            @Nullable SaslClient client,
            @Nullable Function<Connection, FrameTracer> tracers) {
        super(core, profile.role(), profile.engine().linkCapacity(), facts, profile.name());
        this.profile = profile;
        this.wire = wire;
        this.message = new EncodedMessage(wire.allocator());
        this.tracers = tracers;
        // Among routers nothing is stripped (routing ANN-02).
        boolean stranger = profile.role() == ConnectionRole.NORMAL || profile.role() == ConnectionRole.ROUTE_CONTAINER;
        this.stripsIncoming = stranger && profile.stripIncoming();
        this.stripsOutgoing = stranger && profile.stripOutgoing();
        this.sasl =
                server != null ? new SaslRecord(server, null) : client != null ? new SaslRecord(null, client) : null;
        this.engine = facts.incoming()
                ? AmqpEngine.server(profile.engine(), wire, this, sasl)
                : AmqpEngine.client(profile.engine(), wire, this, sasl);
        Mesh mesh = core.mesh();
        this.routerLinks = mesh != null && profile.role() == ConnectionRole.INTER_ROUTER
                ? new RouterLinks(this, engine, mesh)
                : null;
        this.routingCost = profile.cost();
        this.mirrors = new MirrorSessions(engine);
        this.autoLinks = new AutoLinkEnds(this, engine);
    }

    /**
     * A connection that a peer made to a listener.
     *
     * @param tracers makes the place where frames go when tracing is switched on; null for never
     */
    public static AmqpConnection accepted(
            RouterCore core,
            AmqpProfile profile,
            ConnectionFacts facts,
            Wire wire,
            SaslServer sasl,
            @Nullable Function<Connection, FrameTracer> tracers) {
        AmqpConnection connection = new AmqpConnection(core, profile, facts, wire, sasl, null, tracers);
        connection.introduce();
        return connection;
    }

    /**
     * A connection that a connector made; it speaks first.
     *
     * @param sasl null begins with the bare header
     */
    public static AmqpConnection initiated(
            RouterCore core,
            AmqpProfile profile,
            ConnectionFacts facts,
            Wire wire,
            @Nullable SaslClient sasl,
            @Nullable Function<Connection, FrameTracer> tracers) {
        AmqpConnection connection = new AmqpConnection(core, profile, facts, wire, null, sasl, tracers);
        connection.introduce();
        connection.engine.connect(connection.localOpen());
        return connection;
    }

    private void introduce() {
        known = true;
        core().connected(this);
    }

    private Open localOpen() {
        Map<Object, Object> properties = new LinkedHashMap<>();
        properties.put(new Symbol("product"), AmqpProfile.PRODUCT);
        properties.put(new Symbol("version"), core().settings().version());
        properties.put(new Symbol("qd.conn-id"), (int) identity());
        if (routerLinks != null && profile.cost() > 1) {
            properties.put(new Symbol(COST), profile.cost());
        }
        if (profile.role() == ConnectionRole.INTER_ROUTER || profile.role() == ConnectionRole.EDGE) {
            properties.put(new Symbol("qd.annotations-version"), 1);
        }
        if (!profile.failover().isEmpty()) {
            properties.put(new Symbol("failover-server-list"), profile.failoverList());
        }
        profile.openProperties().forEach((name, value) -> properties.put(new Symbol(name), value));
        return Open.local(
                core().settings().routerId(), profile.hostname(), CAPABILITIES, CAPABILITIES, RawValue.of(properties));
    }

    // ---- among routers ---------------------------------------------------------------------------------------------

    /** The links between routers; null on every connection that is not one between interior routers. */
    @Nullable
    RouterLinks routerLinks() {
        return routerLinks;
    }

    /** The greater of the costs that both ends know. */
    int routingCost() {
        return routingCost;
    }

    String peerContainer() {
        String container = facts().container();
        return container == null ? "" : container;
    }

    boolean isLinkspan() {
        return AmqpProfile.PRODUCT.equals(facts().properties().get("product"));
    }

    // ---- for the links of this connection ------------------------------------------------------------------------

    MessageView view() {
        return view;
    }

    /** The router keys of the message that comes in, where they are believed. */
    RouterAnnotations keys() {
        return keys;
    }

    /** Whether our annotations go out with messages, or a message's router keys must not. */
    boolean rewrites(Content content) {
        return !stripsOutgoing || content.hasRouterKeys();
    }

    OutgoingAnnotations outgoing() {
        if (outgoing == null) {
            RouterStamp stamp = stripsOutgoing ? null : core().stamp();
            boolean toLinkspan = role() == ConnectionRole.INTER_ROUTER && isLinkspan();
            outgoing = new OutgoingAnnotations(wire.allocator(), core().outgoingFront(), stamp, toLinkspan);
        }
        return outgoing;
    }

    EncodedMessage message() {
        return message;
    }

    ByteBufAllocator allocator() {
        return wire.allocator();
    }

    /** What stands before the peer's mobile addresses, with its slash; null for nothing (routing TEN-02). */
    @Nullable
    String tenant() {
        return facts().tenant();
    }

    /** The route of an address text that a message names. */
    Route route(byte[] utf8, int index, int length) {
        String tenant = tenant();
        if (tenant == null) {
            return core().route(utf8, index, length);
        }
        RouteLookup lookup = tenantRoutes;
        if (lookup == null) {
            lookup = new RouteLookup(address -> core().route(core().parse(tenant, address)), TENANT_ROUTES);
            tenantRoutes = lookup;
        }
        return lookup.find(utf8, index, length);
    }

    /**
     * The route of the address in a message's {@code x-opt-qd.to}; null for a phase that no address has. There the
     * qualified form is usual (TEN-03), and a tenant's other addresses are in its space as all that it names.
     */
    @Nullable
    Route annotatedRoute(byte[] utf8, int index, int length, int phase) {
        String tenant = tenant();
        if (tenant == null) {
            return core().route(utf8, index, length, phase);
        }
        if (!AddressKey.isPhase(phase)) {
            return null;
        }
        String address = new String(utf8, index, length, StandardCharsets.UTF_8);
        AddressKey key = address.startsWith(tenant) ? core().parse(address) : core().parse(tenant, address);
        return core().route(phase == 0 ? key : key.inPhase(phase));
    }

    boolean stripsIncoming() {
        return stripsIncoming;
    }

    int streamingThreshold() {
        return core().settings().streamingThreshold();
    }

    /** The sessions of this connection that carry other connections' routed links. */
    MirrorSessions mirrors() {
        return mirrors;
    }

    @Override
    public boolean attach(Attachment attachment) {
        return autoLinks.attach(attachment);
    }

    @Override
    public void detach(Attachment attachment) {
        autoLinks.detach(attachment);
    }

    /** An attach of this connection's peer waits for a container's answer. */
    void waits(AmqpLink link, RoutedLink routed) {
        waiting.put(link, routed);
    }

    /** The container has answered. */
    void noLongerWaits(AmqpLink link) {
        waiting.remove(link);
    }

    /** Who sees the messages; null while nobody does. */
    @Nullable
    MessageTracer messageTracer() {
        return messageTracer;
    }

    /** Bytes that outlive the call, see {@link Retention}. The caller releases them. */
    ByteBuf keep(ByteBuf bytes, int offset, int length) {
        return Retention.keep(wire.allocator(), bytes, offset, length);
    }

    // ---- what the engine hears -----------------------------------------------------------------------------------

    @Override
    public void onOpen(Open remote) {
        if (facts().incoming()) {
            engine.open(localOpen());
        }
        Object properties = decoded(remote.properties());
        toldFailover = FailoverList.of(properties);
        String mechanism = sasl == null ? null : sasl.mechanism();
        boolean nobody =
                mechanism == null || (!facts().incoming() && mechanism.equals(SaslClient.ANONYMOUS.toString()));
        facts(facts().authenticatedAs(mechanism, nobody ? null : profile.user())
                .openedBy(remote.containerId(), readable(properties))
                .inTenant(tenantOf(remote)));
        core().opened(this);
        if (routerLinks != null) {
            if (facts().properties().get(COST) instanceof Integer told) {
                routingCost = Math.max(routingCost, told);
            }
            if (!facts().incoming()) {
                routerLinks.open();
            }
        }
    }

    /** Other places that the peer told in its Open (routing CON-06); null when it told none and no empty list either. */
    public @Nullable List<AmqpProfile.Failover> toldFailover() {
        return toldFailover;
    }

    /** TEN-01, TEN-06. */
    private @Nullable String tenantOf(Open remote) {
        String host = remote.hostname();
        return !profile.multiTenant() || host == null || host.isEmpty() ? null : host + "/";
    }

    /** The peer's properties that management shows: text and whole numbers by name. Management protocol, 6.1. */
    private static Map<String, Object> readable(@Nullable Object properties) {
        Map<String, Object> shown = new LinkedHashMap<>();
        if (properties instanceof Map<?, ?> map) {
            map.forEach((name, entry) -> {
                if (entry instanceof String || entry instanceof Integer || entry instanceof Long) {
                    shown.put(String.valueOf(name), entry);
                } else if (entry instanceof Symbol symbol) {
                    shown.put(String.valueOf(name), symbol.toString());
                }
            });
        }
        return shown;
    }

    private static @Nullable Object decoded(@Nullable RawValue raw) {
        try {
            return raw == null ? null : raw.decode();
        } catch (MalformedException e) {
            return null; // Nothing to show; the engine has let it pass because nothing depends on it.
        }
    }

    @Override
    public void onSession(AmqpSession session) {
        // Accepted as it is: the limits of the engine are the only ones.
    }

    @Override
    public void onIncomingAttach(IncomingLink link, Attach remote) {
        new AttachRequest(this, core(), profile).sender(link, remote);
    }

    @Override
    public void onOutgoingAttach(OutgoingLink link, Attach remote) {
        new AttachRequest(this, core(), profile).receiver(link, remote);
    }

    @Override
    public void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error) {
        // Every other attach is answered at once, so none can be withdrawn before its answer.
        RoutedLink routed = waiting.remove(link);
        if (routed == null) {
            throw new IllegalStateException("link " + link.name() + " was not answered");
        }
        routed.withdrawn();
    }

    @Override
    public void onSessionEnded(AmqpSession session, Cause cause, @Nullable AmqpError error) {
        // Its links have been told.
    }

    @Override
    public void onClosed(Cause cause, @Nullable AmqpError error) {
        if (known) {
            known = false;
            core().events().connectionEnded(this, cause, error);
            core().disconnected(this);
        }
    }

    // ---- what the shell and management say -----------------------------------------------------------------------

    @Override
    public void receive(ByteBuf in) {
        engine.receive(in);
    }

    @Override
    public void flush() {
        engine.flush();
    }

    @Override
    public void tick(long nowNs) {
        engine.tick(nowNs);
    }

    @Override
    public void writabilityChanged(boolean writable) {
        engine.writabilityChanged(writable);
    }

    @Override
    public void transportClosed() {
        engine.transportClosed();
    }

    @Override
    public void shutdown() {
        if (routerLinks != null) {
            // As the original ends: the peer takes every other end for a reason to wait.
            engine.drop();
            return;
        }
        engine.close(ErrorCondition.CONNECTION_FORCED.error("Router is shutting down"));
    }

    @Override
    protected void close(@Nullable AmqpError error) {
        engine.close(error);
    }

    /** Has messages seen from now on, or by nobody with null. */
    public void traceMessages(@Nullable MessageTracer newTracer) {
        messageTracer = newTracer;
    }

    @Override
    public boolean carriesLinks() {
        return true;
    }

    @Override
    protected void drop() {
        engine.drop();
    }

    @Override
    protected void tracingChanged(boolean on) {
        engine.traceFrames(on && tracers != null ? tracers.apply(this) : null);
    }
}
