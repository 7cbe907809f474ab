// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.autolink;

/** A connection that can attach autoLinks; an adaptor's connection implements it. Confined to the core's loop. */
public interface Carrier {

    /**
     * Attaches a link to the node {@link AutoLink#nodeAddress}; the container's answer and the end of the link are told
     * to the attachment.
     *
     * @return false when there is no room for it
     */
    boolean attach(Attachment attachment);

    /** Closes the link of an attachment, without error. */
    void detach(Attachment attachment);
}
