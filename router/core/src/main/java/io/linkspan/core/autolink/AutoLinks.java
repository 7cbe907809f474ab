// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.autolink;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.link.Direction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The autoLinks of this router, on every connection they match. Routing, chapter 5.
 *
 * <p>The address of an autoLink exists as long as the autoLink does (ADR-16). A link that its container has detached is
 * attached again, it alone: after 2 ticks, then every 5 until it has been active once more (AUT-07, AUT-08). Confined to
 * the core's loop.
 */
public final class AutoLinks {

    /** What an operator or a configuration file asks for. Null means not given. */
    public record Request(
            @Nullable String name,
            @Nullable String address,
            @Nullable String direction,
            @Nullable Integer phase,
            @Nullable String containerId,
            @Nullable String connection,
            @Nullable String externalAddress,
            boolean fallback) {

        /** An autoLink over the connections with this name. */
        public static Request over(String connection, String address, Direction direction) {
            return new Request(null, address, direction.toString(), null, null, connection, null, false);
        }

        /** The same in another phase. */
        public Request inPhase(int newPhase) {
            return new Request(name, address, direction, newPhase, containerId, connection, externalAddress, fallback);
        }

        /** The same with another address at the container. */
        public Request external(String newExternalAddress) {
            return new Request(name, address, direction, phase, containerId, connection, newExternalAddress, fallback);
        }
    }

    /** What became of a request. */
    public sealed interface Result {}

    /** The autoLink exists now. */
    public record Created(AutoLink autoLink) implements Result {}

    /** Refused; management answers 400 with the text. */
    public record Refused(String text) implements Result {}

    private final RouterCore core;
    private final Map<AutoLink, Address> all = new LinkedHashMap<>();
    private final List<Connection> open = new ArrayList<>();
    private final List<Attachment> failed = new ArrayList<>();
    private long changes;

    public AutoLinks(RouterCore core) {
        this.core = core;
    }

    /** All autoLinks, oldest first. */
    public Collection<AutoLink> all() {
        return Collections.unmodifiableCollection(all.keySet());
    }

    /** Moves with every change of what there is. */
    public long generation() {
        return changes;
    }

    void changed() {
        changes++;
    }

    /** Makes an autoLink; it is attached at once on every connection it matches. */
    public Result create(Request request) {
        String address = request.address();
        if (address == null || address.isEmpty() || request.direction() == null) {
            return new Refused("address and direction fields are mandatory");
        }
        Direction direction = Direction.of(request.direction());
        if (direction == null) {
            return new Refused("Invalid value for 'direction'");
        }
        if (request.connection() != null && request.containerId() != null) {
            return new Refused("Both connection and containerId cannot be specified. Specify only one");
        }
        Integer given = request.phase();
        int phase = given != null ? given : direction == Direction.IN && !request.fallback() ? 1 : 0;
        if (phase < 0 || phase > AddressKey.MAX_PHASE) {
            return new Refused("autoLink phase must be between 0 and 9");
        }
        if (request.name() != null && isNameTaken(request.name())) {
            return new Refused("Name conflicts with an existing entity");
        }
        boolean fallback = request.fallback() && direction == Direction.OUT;
        AddressKey key = core.parse(address).inPhase(fallback ? AddressKey.FALLBACK_PHASE : phase);
        AutoLink autoLink = new AutoLink(core.nextIdentity(), request, address, key, phase, direction);
        Address record = core.table().obtainServed(key);
        core.table().pin(record);
        all.put(autoLink, record);
        changes++;
        for (Connection connection : open) {
            attachOver(connection, autoLink);
        }
        return new Created(autoLink);
    }

    private boolean isNameTaken(String name) {
        return all.keySet().stream().anyMatch(autoLink -> name.equals(autoLink.name()));
    }

    /** Deletes an autoLink and closes its links (AUT-11); false if it does not exist (any more). */
    public boolean delete(AutoLink autoLink) {
        Address record = all.remove(autoLink);
        if (record == null) {
            return false;
        }
        changes++;
        for (Attachment attachment : autoLink.attachments()) {
            failed.remove(attachment);
            autoLink.remove(attachment);
            attachment.end();
        }
        core.table().unpin(record);
        return true;
    }

    /** A connection has opened. */
    public void opened(Connection connection) {
        if (connection.isRouteContainer()) {
            open.add(connection);
            for (AutoLink autoLink : List.copyOf(all.keySet())) {
                attachOver(connection, autoLink);
            }
        }
    }

    private void attachOver(Connection connection, AutoLink autoLink) {
        if (autoLink.means(connection) && connection instanceof Carrier carrier) {
            Attachment attachment = new Attachment(this, autoLink, connection, carrier);
            autoLink.add(attachment);
            changes++;
            attachment.attach();
        }
    }

    /** A connection is gone; its links have been told. */
    public void gone(Connection connection) {
        if (!open.remove(connection)) {
            return;
        }
        changes++;
        for (AutoLink autoLink : all.keySet()) {
            for (Attachment attachment : autoLink.attachments()) {
                if (attachment.connection() == connection) {
                    autoLink.remove(attachment);
                    failed.remove(attachment);
                }
            }
        }
    }

    void retryLater(Attachment attachment) {
        changes++;
        failed.add(attachment);
    }

    /** Time has passed: attaches what is due again. */
    public void tick(long now) {
        if (failed.isEmpty()) {
            return;
        }
        for (Attachment attachment : List.copyOf(failed)) {
            if (attachment.isDue(now)) {
                failed.remove(attachment);
                changes++;
                attachment.attach();
            }
        }
    }
}
