// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge;

import io.linkspan.bridge.codec.DecoderLimits;

/**
 * Limits of the clients of a listener, told to them where MQTT 5.0 has a property for it. Bridge specification, 5.1.
 *
 * @param receiveMaximum unacknowledged publishes of a client, 1 .. 65535; -1: 65535, which is never announced
 * @param topicAliasMaximum topic aliases of a client, 0 .. 65535; 0 and -1: none
 * @param maximumPacketSize largest packet of a client in bytes; -1: not announced, no limit
 * @param serverKeepAliveSeconds longest keep alive; 0: off, whatever the client asks; -1: the client's value always
 * @param enforceKeepAliveV3 whether it applies, silently, to clients before MQTT 5.0 that ask for none
 * @param maximumQos highest QoS, 0 .. 2; 2 is served as 1 for the time being
 * @param maxSubscriptions subscriptions of one client
 * @param maxUserProperties user properties of one packet
 * @param maxTopicLevels levels of a topic or filter
 * @param connectTimeoutSeconds until the CONNECT must be complete
 * @param maxPacketSizeUnauthenticated largest first packet in bytes
 * @param maxConnectRate CONNECTs per second from one address of origin, 0 .. 1000000; 0: no limit
 * @param window publishes a client has to acknowledge at once, 1 .. 65535; the client's Receive Maximum may be less
 * @param qos0Backlog messages of QoS 0 that are still taken for a client whose socket takes no more, 0 .. 1000000
 * @param slowConsumerTimeoutSeconds how long a client may read nothing while its socket takes no more; 0: for ever
 */
public record MqttLimits(
        int receiveMaximum,
        int topicAliasMaximum,
        int maximumPacketSize,
        int serverKeepAliveSeconds,
        boolean enforceKeepAliveV3,
        int maximumQos,
        int maxSubscriptions,
        int maxUserProperties,
        int maxTopicLevels,
        int connectTimeoutSeconds,
        int maxPacketSizeUnauthenticated,
        int maxConnectRate,
        int window,
        int qos0Backlog,
        int slowConsumerTimeoutSeconds) {

    /** As they are when nothing is configured. */
    public static final MqttLimits DEFAULT = new MqttLimits(
            65_535, 65_535, 268_435_455, 60, false, 2, 1_000, 1_000, 200, 10, 64 << 10, 500, 1_024, 1_000, 60);

    /** What a Receive Maximum that is not announced means. MQTT 5.0, 3.2.2.3.3. */
    public static final int NO_RECEIVE_MAXIMUM = 65_535;

    /** The highest QoS there is yet. */
    private static final int SERVED_QOS = 1;

    public MqttLimits {
        if (receiveMaximum == 0 || maximumPacketSize == 0 || window < 1 || window > 65_535) {
            throw new IllegalArgumentException("receiveMaximum " + receiveMaximum + ", maximumPacketSize "
                    + maximumPacketSize + " and window " + window + " must not be 0");
        }
    }

    /** Unacknowledged publishes a client may send, 1 .. 65535. */
    public int effectiveReceiveMaximum() {
        return receiveMaximum < 0 ? NO_RECEIVE_MAXIMUM : receiveMaximum;
    }

    /** Largest topic alias a client may set; 0: none. */
    public int effectiveTopicAliasMaximum() {
        return Math.max(topicAliasMaximum, 0);
    }

    /** The highest QoS that is served. */
    public int effectiveMaximumQos() {
        return Math.min(maximumQos, SERVED_QOS);
    }

    /** Keep alive of a client in seconds, 0: off (MQ-5-1). */
    public int keepAlive(int asked, boolean isV5) {
        if (serverKeepAliveSeconds == 0) {
            return 0;
        }
        if (serverKeepAliveSeconds < 0) {
            return asked;
        }
        if (isV5) {
            return asked == 0 ? serverKeepAliveSeconds : Math.min(asked, serverKeepAliveSeconds);
        }
        return asked == 0 && enforceKeepAliveV3 ? serverKeepAliveSeconds : asked;
    }

    /** What the decoder accepts. */
    public DecoderLimits decoder(boolean strictUtf8) {
        return new DecoderLimits(
                maximumPacketSize < 0 ? DecoderLimits.MAX_PACKET_BYTES : maximumPacketSize,
                maxPacketSizeUnauthenticated,
                maxTopicLevels,
                maxUserProperties,
                effectiveTopicAliasMaximum(),
                strictUtf8);
    }
}
