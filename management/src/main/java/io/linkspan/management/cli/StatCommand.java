// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Shows status and statistics of a router: the options, requests, tables and messages of qdstat 1.19.
 *
 * <p>The server's command line derives from it and gives it a connection.
 */
@Command(
        name = "stat",
        description = "Show status and statistics of a router, in the tables of qdstat.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public class StatCommand extends Tool {
    /** First part of an address in the answer to GET-MGMT-NODES, which the tool drops. */
    private static final String NODE_PREFIX = "amqp:/";

    private static final int NODE_ID_FIELD = 3;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show more columns (with -l, -a and -n).")
    private boolean verbose;

    @Option(names = "--limit", paramLabel = "LIMIT", description = "Show at most so many rows; 0 for all of them.")
    private @Nullable Integer limit;

    @Option(names = "--csv", description = "Print comma separated values.")
    private boolean csv;

    @Option(names = "--json", description = "Print JSON: a list with router, table and rows of each table.")
    private boolean json;

    @Option(
            names = "--sort",
            paramLabel = "COLUMN",
            description = "Sort the rows by this column; -COLUMN puts the greatest first.")
    private @Nullable String sort;

    @Option(
            names = "--filter",
            paramLabel = "CONDITION",
            description = "Show only rows with COLUMN=VALUE (* stands for anything), COLUMN!=VALUE, COLUMN>NUMBER,"
                    + " COLUMN>=NUMBER, COLUMN<NUMBER or COLUMN<=NUMBER. May be given several times.")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "Colours: auto (on a terminal), always or never (default ${DEFAULT-VALUE}).")
    private When colours = When.AUTO;

    @ArgGroup(exclusive = true, heading = "Display:%n")
    private Display display = new Display();

    @ArgGroup(exclusive = true, heading = "Target:%n")
    private Target target = new Target();

    /** When something is done. */
    enum When {
        AUTO,
        ALWAYS,
        NEVER
    }

    /** Makes the command; the terminal's clock gives the time at the top and the zone of log entries. */
    protected StatCommand(NodeConnector connector, Terminal terminal) {
        super(connector, terminal);
    }

    @Override
    final String record() {
        return "stat.options";
    }

    @Override
    final Object holder(String name) {
        return switch (name) {
            case "display" -> display;
            case "target" -> target;
            default -> super.holder(name);
        };
    }

    @Override
    final int run(PrintWriter out) {
        if (limit != null && limit < 0) {
            throw new ToolFailure("ValueError", "the limit is " + limit + ", expected 0 or more");
        }
        Presentation presentation = presentation();
        try (ManagementNode node = connect(target.address())) {
            ManagementClient client = new ManagementClient(node);
            List<?> nodes = client.managementNodes();
            Screen screen = new Screen(
                    client,
                    out,
                    terminal.clock(),
                    presentation,
                    verbose,
                    limit == null ? ManagementClient.UNLIMITED : limit,
                    limit != null,
                    true,
                    null);
            if (target.allRouters && nodes.size() > 1) {
                showAll(screen, nodes);
            } else {
                show(screen);
            }
            presentation.finish(out);
        }
        return 0;
    }

    private Presentation presentation() {
        if (csv && json) {
            throw new WrongUse("--csv and --json exclude each other");
        }
        boolean coloured = colours == When.ALWAYS || (colours == When.AUTO && terminal.interactive());
        Table.Layout layout = csv
                ? Table.Layout.CSV
                : json ? Table.Layout.JSON : coloured ? Table.Layout.COLOURS : Table.Layout.CLASSIC;
        try {
            return new Presentation(
                    layout,
                    filters.stream().map(RowFilter::parse).toList(),
                    sort == null ? null : RowOrder.parse(sort));
        } catch (IllegalArgumentException e) {
            throw new WrongUse("Invalid value for option '--filter': " + e.getMessage());
        }
    }

    private void showAll(Screen screen, List<?> nodes) {
        screen.time();
        for (Object node : nodes) {
            String text = PythonText.str(node);
            String[] fields = text.split("/", -1);
            if (text.length() < NODE_PREFIX.length() || fields.length <= NODE_ID_FIELD) {
                throw new ToolFailure("IndexError", "the node " + PythonText.repr(node) + " has no router id");
            }
            screen.line("Router  " + fields[NODE_ID_FIELD]);
            screen.line("");
            show(screen.of(screen.client().at(text.substring(NODE_PREFIX.length())), fields[NODE_ID_FIELD]));
            if (!display.allEntities) {
                screen.line("");
            }
        }
    }

    private void show(Screen screen) {
        if (!display.allEntities) {
            display.view().show(screen);
            return;
        }
        screen.heading();
        Screen below = screen.of(screen.client(), screen.router());
        for (View view : ALL_ENTITIES) {
            view.show(below);
            screen.line("");
        }
    }

    private static final List<View> ALL_ENTITIES = List.of(
            new LinksView(),
            new AddressesView(),
            ConnectionViews::all,
            RouteViews::autoLinks,
            RouteViews::linkRoutes,
            new GeneralView(),
            new MemoryView(),
            new PolicyView(),
            VhostViews::vhosts,
            VhostViews::vhostStatistics);

    /** Which router is asked. */
    static final class Target extends TargetOptions {
        @Option(
                names = "--all-routers",
                description = "Ask all routers of the network. Can be combined with --all-entities.")
        private boolean allRouters;
    }

    /** What is shown; at most one of these. */
    static final class Display {
        @Option(
                names = {"-g", "--general"},
                description = "Show the router itself (default).")
        private boolean general;

        @Option(
                names = {"-c", "--connections"},
                description = "Show connections.")
        private boolean connections;

        @Option(
                names = {"-l", "--links"},
                description = "Show links.")
        private boolean links;

        @Option(
                names = {"-n", "--nodes"},
                description = "Show the routers of the network.")
        private boolean nodes;

        @Option(
                names = {"-e", "--edge"},
                description = "Show connections with edge routers.")
        private boolean edge;

        @Option(
                names = {"-a", "--address"},
                description = "Show addresses.")
        private boolean address;

        @Option(
                names = {"-m", "--memory"},
                description = "Show memory pools.")
        private boolean memory;

        @Option(
                names = {"-p", "--policy"},
                description = "Show the policy and its denials.")
        private boolean policy;

        @Option(names = "--autolinks", description = "Show autolinks.")
        private boolean autoLinks;

        @Option(names = "--linkroutes", description = "Show link routes.")
        private boolean linkRoutes;

        @Option(names = "--vhosts", description = "Show vhosts.")
        private boolean vhosts;

        @Option(names = "--vhostgroups", description = "Show the user groups of vhosts.")
        private boolean vhostGroups;

        @Option(names = "--vhoststats", description = "Show what vhosts let in and denied.")
        private boolean vhostStatistics;

        @Option(names = "--log", description = "Show recent log entries.")
        private boolean log;

        @Option(names = "--all-entities", description = "Show everything. Can be combined with --all-routers.")
        private boolean allEntities;

        private View view() {
            List<View> chosen = new ArrayList<>();
            add(chosen, general, new GeneralView());
            add(chosen, connections, ConnectionViews::all);
            add(chosen, links, new LinksView());
            add(chosen, nodes, new NodesView());
            add(chosen, edge, ConnectionViews::edges);
            add(chosen, address, new AddressesView());
            add(chosen, memory, new MemoryView());
            add(chosen, policy, new PolicyView());
            add(chosen, autoLinks, RouteViews::autoLinks);
            add(chosen, linkRoutes, RouteViews::linkRoutes);
            add(chosen, vhosts, VhostViews::vhosts);
            add(chosen, vhostGroups, VhostViews::vhostGroups);
            add(chosen, vhostStatistics, VhostViews::vhostStatistics);
            add(chosen, log, new LogView());
            return chosen.isEmpty() ? new GeneralView() : chosen.get(0);
        }

        private static void add(List<View> views, boolean chosen, View view) {
            if (chosen) {
                views.add(view);
            }
        }
    }
}
