// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

/** A protocol that a listener may accept. */
public enum Protocol {
    AMQP,
    MQTT,
    /** HTTP, and WebSocket for the other protocols of the listener. */
    HTTP
}
