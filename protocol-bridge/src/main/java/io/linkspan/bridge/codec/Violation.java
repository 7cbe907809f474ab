// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

/**
 * Why a client's bytes are not a legal packet. It ends the connection; MQTT 5.0 clients are told the code.
 *
 * @param code the reason code that names the mistake
 * @param silent true if nothing is sent: the peer did not speak MQTT so far
 * @param description a sentence with the numbers, for the log and the Reason String
 */
public record Violation(ReasonCode code, boolean silent, String description) {}
