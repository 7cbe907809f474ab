// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.autolink;

import io.linkspan.core.address.AddressKey;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.link.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An {@code autoLink} entity and what has become of it: one {@link Attachment} for each connection it matches. Routing
 * AUT-01 to AUT-12. Confined to the core's loop.
 */
public final class AutoLink {

    /** How an autoLink stands; the original's {@code quiescing} and {@code idle} are never used (AUT-06). */
    public enum State {
        /** No connection matches. */
        INACTIVE,
        /** The container's answer is due, or it lacked an address. */
        ATTACHING,
        /** The container has detached; the next attempt is due. */
        FAILED,
        /** Messages may flow. */
        ACTIVE;

        /** The word of management. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final long identity;
    private final @Nullable String name;
    private final String address;
    private final AddressKey key;
    private final int phase;
    private final Direction direction;
    private final @Nullable String containerId;
    private final @Nullable String connection;
    private final @Nullable String externalAddress;
    private final boolean fallback;
    private final List<Attachment> attachments = new ArrayList<>(1);

    AutoLink(long identity, AutoLinks.Request request, String address, AddressKey key, int phase, Direction direction) {
        this.identity = identity;
        this.name = request.name();
        this.address = address;
        this.key = key;
        this.phase = phase;
        this.direction = direction;
        this.containerId = request.containerId();
        this.connection = request.connection();
        this.externalAddress = request.externalAddress();
        this.fallback = request.fallback();
    }

    /** Its number in management. */
    public long identity() {
        return identity;
    }

    /** Its name, or null. */
    public @Nullable String name() {
        return name;
    }

    /** The address of the network as configured. */
    public String address() {
        return address;
    }

    /** The address of the network, in its phase; of a fallback destination in the phase F (routing FBK-02). */
    public AddressKey key() {
        return key;
    }

    /** The phase of the address, 0 to 9. */
    public int phase() {
        return phase;
    }

    /** In: messages come from the container; out: they go to it. */
    public Direction direction() {
        return direction;
    }

    /** Containers that it is attached to, or null. */
    public @Nullable String containerId() {
        return containerId;
    }

    /** Name of the connector or listener whose connections it is attached over, or null. */
    public @Nullable String connection() {
        return connection;
    }

    /** The container's name for the address, or null for the same (AUT-05). */
    public @Nullable String externalAddress() {
        return externalAddress;
    }

    /** The address on the container's terminus. */
    public String nodeAddress() {
        return externalAddress != null ? externalAddress : address;
    }

    /** Whether the container is a fallback destination of the address. */
    public boolean fallback() {
        return fallback;
    }

    /** Where it is attached, oldest first. */
    public List<Attachment> attachments() {
        return List.copyOf(attachments);
    }

    /** How it stands where it stands best. */
    public State state() {
        State best = State.INACTIVE;
        for (Attachment attachment : attachments) {
            if (attachment.state().compareTo(best) > 0) {
                best = attachment.state();
            }
        }
        return best;
    }

    /** What a container said last when it detached; null once a link has become active again. */
    public @Nullable String lastError() {
        for (int i = attachments.size() - 1; i >= 0; i--) {
            String error = attachments.get(i).lastError();
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    /** Number of the link in management where it stands best, -1 without one. */
    public long linkIdentity() {
        State state = state();
        for (Attachment attachment : attachments) {
            if (attachment.state() == state) {
                return attachment.linkIdentity();
            }
        }
        return -1;
    }

    boolean means(Connection candidate) {
        return candidate.isContainer(connection, containerId);
    }

    void add(Attachment attachment) {
        attachments.add(attachment);
    }

    void remove(Attachment attachment) {
        attachments.remove(attachment);
    }
}
