// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

/**
 * What a mesh node has to say to logs and operators. The server renders {@link #text()} under the original's module name
 * and counts the warnings.
 */
public sealed interface MeshEvent {

    /** The original's log modules for routing. */
    enum Module {
        ROUTER,
        ROUTER_HELLO,
        ROUTER_LS,
        ROUTER_MA
    }

    /** How loud. CRITICAL needs an operator. */
    enum Severity {
        TRACE,
        DEBUG,
        INFO,
        WARNING,
        ERROR,
        CRITICAL
    }

    /** The log module. */
    Module module();

    /** The level of the log line. */
    Severity severity();

    /** The log line without prefix. */
    String text();

    /** A router and we hear each other now. */
    record NeighborFound(RouterId router, long connection, int cost) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_HELLO;
        }

        @Override
        public Severity severity() {
            return Severity.INFO;
        }

        @Override
        public String text() {
            return "HELLO peer is new: " + router + ", connection " + connection + ", cost " + cost;
        }
    }

    /** Why a neighbour was lost. */
    enum Loss {
        /** The connection or its control link went. */
        CONNECTION_LOST,
        /** It was not heard, or did not hear us, for longer than the age of a HELLO. */
        HELLO_EXPIRED,
        /** It was heard with another start time. */
        RESTARTED
    }

    /** A neighbour is none any more. */
    record NeighborLost(RouterId router, long connection, Loss reason) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_HELLO;
        }

        @Override
        public Severity severity() {
            return Severity.INFO;
        }

        @Override
        public String text() {
            return "HELLO peer expired: " + router + ", connection " + connection + ", " + reason;
        }
    }

    /** Somebody else uses our id; said once per other instance and connection. */
    record OwnIdUsed(long connection, long instance) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_HELLO;
        }

        @Override
        public Severity severity() {
            return Severity.CRITICAL;
        }

        @Override
        public String text() {
            return "Detected Neighbor Router with a Duplicate ID, connection " + connection + ", instance " + instance;
        }
    }

    /** A connection leads to ourselves; said once per connection. */
    record ConnectedToSelf(long connection) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_HELLO;
        }

        @Override
        public Severity severity() {
            return Severity.INFO;
        }

        @Override
        public String text() {
            return "Connection " + connection + " leads to this router itself";
        }
    }

    /** Two running routers use one id; said at most once per {@code remoteLsMaxAge} and id. */
    record DuplicateRouterId(RouterId router, long instance, long otherInstance) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_LS;
        }

        @Override
        public Severity severity() {
            return Severity.CRITICAL;
        }

        @Override
        public String text() {
            return "Two routers use the id " + router + ": instances " + instance + " and " + otherInstance;
        }
    }

    /** A second connection to a neighbour; said once per connection. It is used when the first goes. */
    record ParallelConnection(RouterId router, long used, long spare) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_HELLO;
        }

        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String text() {
            return "More than one connection to router " + router + ": using " + used + ", " + spare + " is spare";
        }
    }

    /** A HELLO names another router than the OPEN of its connection; said once per connection. */
    record ForgedHello(long connection, RouterId expected, RouterId claimed) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_HELLO;
        }

        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String text() {
            return "Ignoring HELLO of " + claimed + " on connection " + connection + " of container " + expected;
        }
    }

    /** A router has a new start time. */
    record RouterRestarted(RouterId router, long instance) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_LS;
        }

        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String text() {
            return "Detected Restart of Router Node " + router;
        }
    }

    /** A message of a newer protocol; said once per sender. */
    record NewerProtocol(RouterId router, long version) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER;
        }

        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String text() {
            return "Received message with protocol version " + version + " from router " + router
                    + ", this router supports 1";
        }
    }

    /** A message was not taken. */
    record Ignored(RouterId router, String opcode, String reason) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER;
        }

        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String text() {
            return "Ignoring " + opcode + " of " + router + ": " + reason;
        }
    }

    /** A table is full; said when it happens first, and again when it has had room in between. */
    record LimitReached(String limit, int value, RouterId router) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER;
        }

        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String text() {
            return "Limit " + limit + " of " + value + " reached by router " + router + ", the rest is ignored";
        }
    }

    /** The network is larger than a neighbour that is not Linkspan can bear; it is told of a part only. */
    record NetworkNarrowed(RouterId neighbor, long connection, int routers, int shown) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER;
        }

        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String text() {
            return "Router " + neighbor + " bears " + shown + " routers and the network has " + routers
                    + "; it is not told of the others";
        }
    }

    /** A router's link state is too old and was emptied. */
    record LinkStateExpired(RouterId router) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_LS;
        }

        @Override
        public Severity severity() {
            return Severity.DEBUG;
        }

        @Override
        public String text() {
            return "Link state of router " + router + " expired";
        }
    }

    /** New paths were computed. */
    record PathsComputed(long generation, int reachable, int radius) implements MeshEvent {
        @Override
        public Module module() {
            return Module.ROUTER_LS;
        }

        @Override
        public Severity severity() {
            return Severity.DEBUG;
        }

        @Override
        public String text() {
            return "Computed paths, generation " + generation + ": " + reachable + " routers reachable, radius "
                    + radius;
        }
    }
}
