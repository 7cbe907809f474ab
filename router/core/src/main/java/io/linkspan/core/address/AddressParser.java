// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import org.jspecify.annotations.Nullable;

/**
 * Reads the address texts of AMQP peers: scheme, authority, trailing separator and class prefixes. Routing ADR-01 to
 * ADR-11. Pure; knows the place of the router in its network.
 */
public final class AddressParser {

    /** The only area there is. */
    public static final String AREA = "0";

    /** What addresses at a router of this area begin with. */
    static final String ROUTERS = "_topo/" + AREA + '/';

    private static final String LOCAL = "_local/";
    private static final String TOPOLOGICAL = "_topo/";
    private static final String EDGE = "_edge/";
    private static final String ALL = "all";

    private final String routerId;
    private final boolean edgeRouter;

    public AddressParser(String routerId, boolean edgeRouter) {
        this.routerId = routerId;
        this.edgeRouter = edgeRouter;
    }

    /** The key of an address text; mobile addresses get phase 0. */
    public AddressKey parse(String address) {
        String text = withoutTrailingSeparator(address, pathStart(address));
        if (text.startsWith(LOCAL)) {
            return AddressKey.local(text.substring(LOCAL.length()));
        }
        if (text.startsWith(TOPOLOGICAL)) {
            return topological(text);
        }
        if (text.startsWith(EDGE)) {
            return edge(text);
        }
        return AddressKey.mobile(text);
    }

    /**
     * The part of an address's receivers that a text of another router names for this router alone or for all; null for a
     * text that names none.
     */
    Part.@Nullable Addressed parsePart(String address) {
        if (!address.startsWith(ROUTERS)) {
            return Part.parse(address, false);
        }
        String here = ROUTERS + routerId + '/';
        return address.startsWith(here) ? Part.parse(address.substring(here.length()), true) : null;
    }

    /** The key of a text of another router: as {@link #parse}, and a part at another router is on its way there. */
    AddressKey parseFromRouter(String address) {
        int routerEnd = address.startsWith(ROUTERS) ? address.indexOf('/', ROUTERS.length()) : -1;
        boolean part = routerEnd > 0 && address.startsWith(Part.PREFIX, routerEnd + 1);
        return part
                ? new AddressKey(AddressClass.ROUTER, 0, address.substring(ROUTERS.length(), routerEnd))
                : parse(address);
    }

    /** Where the text behind scheme and authority begins (ADR-01, ADR-02); 0 when there is none of them. */
    static int pathStart(String address) {
        int slash = address.startsWith("/") ? 0 : address.indexOf(":/") + 1;
        if (slash == 0 && !address.startsWith("/")) {
            return 0;
        }
        int next = slash + 1;
        if (next >= address.length()) {
            return 0;
        }
        if (address.charAt(next) != '/') {
            return next;
        }
        int path = address.indexOf('/', next + 1);
        return path < 0 || path + 1 == address.length() ? 0 : path + 1;
    }

    /** ADR-03: exactly one, and never the only character. */
    private static String withoutTrailingSeparator(String address, int start) {
        int end = address.length();
        if (end - start > 1) {
            char last = address.charAt(end - 1);
            if (last == '.' || last == '/') {
                end--;
            }
        }
        return address.substring(start, end);
    }

    private AddressKey topological(String text) {
        int areaEnd = text.indexOf('/', TOPOLOGICAL.length());
        int routerEnd = areaEnd < 0 ? -1 : text.indexOf('/', areaEnd + 1);
        if (routerEnd < 0 || routerEnd + 1 == text.length()) {
            return AddressKey.mobile(text);
        }
        String area = text.substring(TOPOLOGICAL.length(), areaEnd);
        String router = text.substring(areaEnd + 1, routerEnd);
        String rest = text.substring(routerEnd + 1);
        if (rest.startsWith(Part.PREFIX)) {
            return AddressKey.mobile(text); // For routers: nobody is there for clients.
        }
        if (area.equals(AREA) && router.equals(routerId) && !edgeRouter) {
            return AddressKey.local(rest);
        }
        if (edgeRouter) {
            return uplink();
        }
        if ((area.equals(AREA) || area.equals(ALL)) && router.equals(ALL)) {
            return new AddressKey(AddressClass.TOPOLOGICAL, 0, rest);
        }
        return area.equals(AREA)
                ? new AddressKey(AddressClass.ROUTER, 0, router)
                : new AddressKey(AddressClass.AREA, 0, area);
    }

    private AddressKey edge(String text) {
        int routerEnd = text.indexOf('/', EDGE.length());
        if (routerEnd < 0 || routerEnd + 1 == text.length()) {
            return AddressKey.mobile(text);
        }
        String router = text.substring(EDGE.length(), routerEnd);
        if (!edgeRouter) {
            return new AddressKey(AddressClass.EDGE, 0, router);
        }
        return router.equals(routerId) ? AddressKey.local(text.substring(routerEnd + 1)) : uplink();
    }

    /** The address of an edge router behind which everything else of the network is (ADR-11). */
    private static AddressKey uplink() {
        return AddressKey.local("_edge");
    }
}
