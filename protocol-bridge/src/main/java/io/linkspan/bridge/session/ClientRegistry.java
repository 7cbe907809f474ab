// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has which client identifier, on this router (MQ-4-5), and which topics for answers belong to whom (MQ-2-9). One
 * for all listeners of a router; identifiers of listeners with different address prefixes do not meet. It holds as many
 * entries as there are connected clients. Confined to the loop.
 */
public final class ClientRegistry {

    /** First level of the topics for answers: {@code reply/CLIENT/...}. */
    static final String REPLY = "reply/";

    private final Map<String, MqttEngine> byClient = new HashMap<>();
    private final Map<String, MqttEngine> byReplyTopic = new HashMap<>();

    private long skips;

    /** Nobody yet. */
    public ClientRegistry() {}

    /** The connection has the identifier now; returns the one that had it before, or null. */
    @Nullable
    MqttEngine take(String prefix, String clientId, MqttEngine engine) {
        return byClient.put(key(prefix, clientId), engine);
    }

    /** The connection is gone; nothing changes if another one has the identifier by now. */
    void leave(String prefix, String clientId, MqttEngine engine) {
        byClient.remove(key(prefix, clientId), engine);
        byReplyTopic.remove(key(prefix, clientId), engine);
    }

    /** The client was told its topic for answers. */
    void ownReplies(String prefix, String clientId, MqttEngine engine) {
        byReplyTopic.put(key(prefix, clientId), engine);
    }

    /** Whether a topic or filter names the answers of somebody else. */
    boolean isForeignReply(String prefix, String topic, MqttEngine engine) {
        if (byReplyTopic.isEmpty() || !topic.startsWith(REPLY)) {
            return false;
        }
        int end = topic.indexOf('/', REPLY.length());
        String owner = topic.substring(REPLY.length(), end < 0 ? topic.length() : end);
        MqttEngine reader = byReplyTopic.get(key(prefix, owner));
        return reader != null && reader != engine;
    }

    /** A receiver was passed over, since the message was not for it. */
    void skipped() {
        skips++;
    }

    /** How often that happened: to tell it from nobody being there. */
    long skips() {
        return skips;
    }

    /** Connected clients. */
    public int size() {
        return byClient.size();
    }

    private static String key(String prefix, String clientId) {
        return prefix + '\0' + clientId;
    }
}
