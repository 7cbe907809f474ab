// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.Authenticator;
import io.linkspan.bridge.MqttLimits;
import io.linkspan.bridge.codec.ConnectPacket;
import io.linkspan.bridge.codec.MqttVersion;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.codec.WillPacket;
import io.linkspan.bridge.mapping.Publisher;
import io.linkspan.core.connection.ConnectionFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From a client's CONNECT to the answer: whether it is let in, under which name, and what it is told. One per
 * connection; confined to its loop.
 */
final class Admission {

    private final MqttEngine engine;
    private final MqttBridge bridge;
    private final MqttLimits limits;

    Admission(MqttEngine engine, MqttBridge bridge) {
        this.engine = engine;
        this.bridge = bridge;
        this.limits = bridge.settings().limits();
    }

    /** Decides about a CONNECT, now or when the authenticator has decided. */
    void decide(ConnectPacket connect) {
        MqttVersion version = connect.version();
        boolean isNameless = connect.clientId().isEmpty();
        ConnectRate.Verdict rate = bridge.connectRate().admit(engine.facts().host(), bridge.nowMs());
        if (rate != ConnectRate.Verdict.ADMITTED) {
            bridge.counters().refuse(ReasonCode.CONNECTION_RATE_EXCEEDED);
            String reason = "more than " + limits.maxConnectRate() + " CONNECTs per second from one address";
            if (rate == ConnectRate.Verdict.REFUSED) {
                bridge.events()
                        .connectRefused(
                                engine,
                                connect.clientId(),
                                connect.userName(),
                                ReasonCode.CONNECTION_RATE_EXCEEDED,
                                reason);
            }
            engine.end(Ending.refused(ReasonCode.CONNECTION_RATE_EXCEEDED, reason));
            return;
        }
        if (connect.authenticationMethod() != null) {
            refuse(
                    connect,
                    ReasonCode.BAD_AUTHENTICATION_METHOD,
                    "authentication method " + connect.authenticationMethod() + " is not served");
            return;
        }
        boolean mustHaveName = version == MqttVersion.V3_1 || (version == MqttVersion.V3_1_1 && !connect.cleanStart());
        if (isNameless && mustHaveName) {
            refuse(connect, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "an empty client identifier");
            return;
        }
        ReasonCode will = connect.will() == null ? null : refusalOfWill(connect.will(), version.isV5());
        if (will != null) {
            refuse(connect, will, "the will is not accepted");
            return;
        }
        String id = isNameless ? "linkspan-" + bridge.services().uuids().get() : connect.clientId();
        authenticate(connect, id);
    }

    /** Why a will is refused, or null (MQ-6-45). Earlier versions are not told what is not served. */
    private @Nullable ReasonCode refusalOfWill(WillPacket will, boolean isV5) {
        String topic = will.topic().name();
        if (topic.startsWith("$share/")) {
            return ReasonCode.TOPIC_NAME_INVALID;
        }
        if (topic.startsWith("$SYS/")) {
            return ReasonCode.NOT_AUTHORIZED;
        }
        if (isV5 && will.retain()) {
            return ReasonCode.RETAIN_NOT_SUPPORTED;
        }
        return isV5 && will.qos() > limits.effectiveMaximumQos() ? ReasonCode.QOS_NOT_SUPPORTED : null;
    }

    private void authenticate(ConnectPacket connect, String clientId) {
        engine.authenticating();
        if (isAnonymous(connect)) {
            if (bridge.settings().allowAnonymous()) {
                admit(connect, clientId, new Authenticator.Accepted("anonymous", "ANONYMOUS"));
            } else {
                refuse(connect, ReasonCode.NOT_AUTHORIZED, "anonymous clients are not allowed");
            }
            return;
        }
        engine.pause(MqttEngine.PAUSED_FOR_AUTHENTICATION);
        Authenticator.Request request = new Authenticator.Request(
                engine.facts(), connect.version(), connect.clientId(), connect.userName(), connect.password());
        bridge.services().authenticator().authenticate(request, decision -> {
            if (!engine.isAuthenticating()) {
                return; // The client did not wait.
            }
            if (decision instanceof Authenticator.Accepted accepted) {
                admit(connect, clientId, accepted);
            } else if (decision instanceof Authenticator.Refused refused) {
                refuse(connect, refused.code(), refused.reason());
            }
            engine.resume(MqttEngine.PAUSED_FOR_AUTHENTICATION);
        });
    }

    private static boolean isAnonymous(ConnectPacket connect) {
        return connect.userName() == null && connect.password() == null;
    }

    private void admit(ConnectPacket connect, String clientId, Authenticator.Accepted who) {
        boolean isV5 = connect.version().isV5();
        int keepAliveSeconds = limits.keepAlive(connect.keepAliveSeconds(), isV5);
        engine.open(
                connect,
                new Publisher(clientId, isAnonymous(connect) ? null : who.user()),
                factsOf(connect, clientId, who),
                new KeepAlive(keepAliveSeconds));
        String prefix = bridge.settings().topics().addressPrefix();
        ClientRegistry clients = bridge.services().clients();
        MqttEngine older = clients.take(prefix, clientId, engine);
        if (older != null) {
            bridge.counters().takeovers++;
            bridge.events().takenOver(older, engine);
            older.end(ReasonCode.SESSION_TAKEN_OVER, "another connection has the client identifier now");
        }
        String replies = null;
        if (connect.requestResponseInformation() && isOneLevel(clientId)) {
            replies = ClientRegistry.REPLY + clientId + "/";
            clients.ownReplies(prefix, clientId, engine);
        }
        String assigned = connect.clientId().isEmpty() ? clientId : null;
        ConnackWriter.write(engine.output().buffer(256), connect, limits, assigned, keepAliveSeconds, replies);
        bridge.counters().connects++;
        bridge.counters().clients++;
        bridge.events().clientConnected(engine);
        bridge.core().events().connectionOpened(engine);
        if (isV5 ? connect.sessionExpirySeconds() > 0 : !connect.cleanStart()) {
            bridge.events().sessionNotKept(engine);
        }
        engine.tickSoon();
    }

    private ConnectionFacts factsOf(ConnectPacket connect, String clientId, Authenticator.Accepted who) {
        ConnectionFacts known = engine.facts();
        return new ConnectionFacts(
                known.host(),
                clientId,
                connect.version().label(),
                known.incoming(),
                who.mechanism(),
                true,
                who.user(),
                known.encrypted(),
                known.sslProto(),
                known.sslCipher(),
                known.sslSsf(),
                known.tenant(),
                Map.of(),
                true);
    }

    private static boolean isOneLevel(String clientId) {
        return clientId.indexOf('/') < 0 && clientId.indexOf('+') < 0 && clientId.indexOf('#') < 0;
    }

    private void refuse(ConnectPacket connect, ReasonCode code, String reason) {
        bridge.counters().refuse(code);
        bridge.events().connectRefused(engine, connect.clientId(), connect.userName(), code, reason);
        engine.end(Ending.refused(code, reason));
    }
}
