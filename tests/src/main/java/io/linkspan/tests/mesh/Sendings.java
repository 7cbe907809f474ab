// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.RouterAdvertisement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a router may send for one event, with c connections and r known other routers:
 *
 * <table>
 *   <tr><td>tick</td><td>a HELLO on each connection; one RA and one differential MAU to all, at most c messages each; one LSR,
 *       MAR and absolute MAU to each known router: 3c + 3r</td></tr>
 *   <tr><td>RA</td><td>it is passed on, and one LSR to its sender: c + 1</td></tr>
 *   <tr><td>differential MAU</td><td>it is passed on: c</td></tr>
 *   <tr><td>LSR</td><td>one LSU to its sender</td></tr>
 *   <tr><td>MAR</td><td>one absolute MAU to its sender</td></tr>
 *   <tr><td>a message to another router</td><td>it is passed on once</td></tr>
 *   <tr><td>HELLO, LSU, absolute MAU, a connection up or down, an address</td><td>nothing</td></tr>
 * </table>
 *
 * <p>A message to all leaves once on a connection, and a router passes the same one on again only two seconds later, or
 * after it has forgotten its sender. No message goes to a router that it has passed.
 */
final class Sendings {

    /** How long a router remembers what it passed on. docs/mesh.md. */
    private static final long FLOOD_MEMORY = 2 * Simulation.SECOND;

    private final SimulatedRouter router;
    private final Map<RouterId, Long> forgotten = new HashMap<>();

    /** What has been sent for this event, once each: kind of message and destination, or connection. */
    private record Once(Class<?> kind, Object where) {}

    Sendings(SimulatedRouter router) {
        this.router = router;
    }

    /** What a router told was forgotten now, or nothing was known of it. */
    void forgot(RouterId sender, long now) {
        forgotten.put(sender, now);
    }

    @Nullable
    String wrong(
            EventTimes.@Nullable Kind told, @Nullable Packet packet, List<SimulatedRouter.Sending> outbox, long now) {
        if (outbox.isEmpty()) {
            return null;
        }
        Set<Once> sent = new HashSet<>();
        for (SimulatedRouter.Sending sending : outbox) {
            Packet leaving = sending.packet();
            MeshMessage message = leaving.message();
            Object where = leaving.to() == null ? sending.wire() : leaving.to();
            if (!sent.add(new Once(message.getClass(), where))) {
                return "two " + message.opcode() + " leave for one event to " + where;
            }
            if (!mayLeave(told, packet, leaving)) {
                return message + " to " + where + " leaves for " + (told == null ? "somebody else's message" : told);
            }
            if (Trace.contains(leaving.trace().before(), router.id())) {
                return message + " leaves a second time";
            }
            if (leaving.to() == null
                    && Trace.contains(
                            leaving.trace().before(),
                            sending.wire().other(router).id())) {
                return message + " goes back to " + sending.wire().other(router);
            }
        }
        return packet != null
                        && packet.flood() != null
                        && outbox.stream().anyMatch(sending -> isPassedOn(packet, sending.packet()))
                ? again(packet, packet.flood(), now)
                : null;
    }

    private static boolean isPassedOn(@Nullable Packet packet, Packet leaving) {
        return packet != null && leaving.message() == packet.message() && leaving.flood() != null;
    }

    private @Nullable String again(Packet packet, Packet.Flood flood, long now) {
        Long last = flood.passedOn.put(this, now);
        if (last == null
                || now - last > FLOOD_MEMORY
                || forgotten.getOrDefault(packet.message().id(), Long.MIN_VALUE) >= last) {
            return null;
        }
        return packet.message() + " is passed on again after " + (now - last) / Simulation.MILLISECOND + " ms";
    }

    private boolean mayLeave(EventTimes.@Nullable Kind told, @Nullable Packet packet, Packet leaving) {
        MeshMessage message = leaving.message();
        RouterId sender = packet == null ? router.id() : packet.message().id();
        if (told == null) {
            return packet != null && message == packet.message() && leaving.to() != null;
        }
        boolean toSender = sender.equals(leaving.to());
        boolean passedOn = isPassedOn(packet, leaving);
        return switch (told) {
            case TICK ->
                message instanceof Hello
                        || message instanceof RouterAdvertisement
                        || message instanceof MobileAddressUpdate
                        || message instanceof MobileAddressRequest
                        || message instanceof LinkStateRequest;
            case RA -> passedOn || (message instanceof LinkStateRequest && toSender);
            case MAU -> passedOn && message instanceof MobileAddressUpdate.Differential;
            case LSR -> message instanceof LinkStateUpdate && toSender;
            case MAR -> message instanceof MobileAddressUpdate.Absolute && toSender;
            default -> false;
        };
    }
}
