// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.InProcessProducer;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.core.rows.NodeRows;
import io.linkspan.core.rows.RouteRows;
import io.linkspan.management.agent.AddressExplanation;
import io.linkspan.management.agent.AddressLifecycle;
import io.linkspan.management.agent.AddressSource;
import io.linkspan.management.agent.AgentEndpoint;
import io.linkspan.management.agent.ConfiguredLifecycle;
import io.linkspan.management.agent.ConfiguredSource;
import io.linkspan.management.agent.ConnectionLifecycle;
import io.linkspan.management.agent.ConnectionLinkRoutes;
import io.linkspan.management.agent.EntityEffect;
import io.linkspan.management.agent.EntityLifecycle;
import io.linkspan.management.agent.EntitySource;
import io.linkspan.management.agent.ExchangeLifecycles;
import io.linkspan.management.agent.LinkLifecycle;
import io.linkspan.management.agent.ManagementAgent;
import io.linkspan.management.agent.RouteLifecycles;
import io.linkspan.management.agent.RouterView;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.EntitySettings;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.LogLevel;
import io.linkspan.management.schema.Schema;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogEntry;
import io.linkspan.server.log.LogModule;
import io.linkspan.server.loop.Connections;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The address {@code $management}: the agent, what it reads, and the way of requests and answers through the core.
 *
 * <p>Confined to the core's loop.
 */
final class ManagementAddress {
    private static final String ADDRESS = "$management";

    private static final List<String> LOG_STATS_COLUMNS = List.of(
            "name",
            "identity",
            "traceCount",
            "debugCount",
            "infoCount",
            "noticeCount",
            "warningCount",
            "errorCount",
            "criticalCount");

    private static final List<String> VHOST_STATS_COLUMNS = List.of(
            "name",
            "identity",
            "id",
            "hostname",
            "perUserState",
            "perHostState",
            "connectionsApproved",
            "connectionsDenied",
            "connectionsCurrent",
            "sessionDenied",
            "senderDenied",
            "receiverDenied",
            "maxMessageSizeDenied");

    private final RouterCore core;
    private final AgentEndpoint endpoint;
    private final InProcessProducer answers;

    private ManagementAddress(RouterCore core, AgentEndpoint endpoint) {
        this.core = core;
        this.endpoint = endpoint;
        this.answers = core.produce(ADDRESS);
    }

    /**
     * Serves the address.
     *
     * @param configuration the entities of the file, which management changes
     * @param context the verticle's
     */
    static void serve(
            RouterCore core,
            LiveConfiguration configuration,
            Log log,
            Connections connections,
            Context context,
            Listeners listeners,
            Connectors connectors,
            ByteBufAllocator allocator) {
        List<EntitySource> sources = new ArrayList<>();
        sources.add(EntitySource.of(CoreRows.router(core, ManagementAddress::virtualMemoryBytes)));
        sources.add(EntitySource.of(CoreRows.connections(core)));
        sources.add(EntitySource.of(CoreRows.links(core)));
        sources.add(EntitySource.of(CoreRows.addresses(core)));
        sources.add(EntitySource.of(NodeRows.of(core)));
        sources.add(EntitySource.of(RouteRows.linkRoutes(core)));
        sources.add(EntitySource.of(RouteRows.autoLinks(core)));
        sources.add(EntitySource.of(CoreRows.exchanges(core)));
        sources.add(EntitySource.of(CoreRows.bindings(core)));
        sources.add(ConnectionLinkRoutes.source(core));
        sources.add(AddressSource.of(core));
        for (String type : List.of("log", "listener", "sslProfile", "authServicePlugin", "vhost", "mqtt", "dummy")) {
            sources.add(new ConfiguredSource(type, configuration, ConfiguredSource.LiveValues.NONE));
        }
        sources.add(new ConfiguredSource("connector", configuration, connectors::state));
        sources.add(new ConfiguredSource(
                "policy", configuration, (entity, attribute) -> policyCounter(connections, attribute)));
        sources.add(EntitySource.of("logStats", LOG_STATS_COLUMNS, () -> logStats(log)));
        sources.add(EntitySource.of("vhostStats", VHOST_STATS_COLUMNS, () -> vhostStats(configuration)));
        List<EntityLifecycle> lifecycles = new ArrayList<>(List.of(
                new AddressLifecycle(core),
                new ConnectionLifecycle(core),
                ConnectionLinkRoutes.lifecycle(core),
                new LinkLifecycle(core),
                new ConfiguredLifecycle("listener", configuration, listeners),
                new ConfiguredLifecycle("connector", configuration, connectors),
                new ConfiguredLifecycle(
                        "sslProfile", configuration, new Profiles(context, configuration, EntitySettings::sslProfile)),
                new ConfiguredLifecycle(
                        "mqtt", configuration, new Profiles(context, configuration, EntitySettings::mqtt)),
                new ConfiguredLifecycle("authServicePlugin", configuration, EntityEffect.NONE),
                new ConfiguredLifecycle("vhost", configuration, EntityEffect.NONE),
                new ConfiguredLifecycle("log", configuration, new LogEffect(context, configuration, log)),
                new ConfiguredLifecycle("dummy", configuration, EntityEffect.NONE)));
        lifecycles.addAll(RouteLifecycles.of(core));
        lifecycles.addAll(ExchangeLifecycles.of(core));
        ManagementAgent agent = new ManagementAgent(Schema.standard(), sources, lifecycles, view(core, log));
        ManagementAddress served = new ManagementAddress(core, new AgentEndpoint(agent, allocator));
        core.consume(
                AddressKey.mobile(ADDRESS), Distribution.CLOSEST, (amqp, settled, from) -> served.answer(amqp, from));
        core.consume(
                AddressKey.local(ADDRESS), Distribution.CLOSEST, (amqp, settled, from) -> served.answer(amqp, from));
    }

    private DeliveryState answer(ByteBuf request, @Nullable Connection from) {
        AmqpError rejection = endpoint.answer(request, from, this::reply);
        return rejection == null ? DeliveryState.ACCEPTED : DeliveryState.rejected(rejection);
    }

    private void reply(String address, ByteBuf message) {
        try {
            answers.send(core.route(address), message);
        } finally {
            message.release();
        }
    }

    private static RouterView view(RouterCore core, Log log) {
        return new RouterView() {
            @Override
            public List<String> managementNodes() {
                return NodeRows.managementNodes(core);
            }

            @Override
            public List<LogLine> log() {
                return log.entries().stream().map(ManagementAddress::logLine).toList();
            }

            @Override
            public Map<String, @Nullable Object> explain(Question question) {
                return AddressExplanation.of(core, question, "not enforced by this version: everybody may");
            }
        };
    }

    private static RouterView.LogLine logLine(LogEntry entry) {
        return new RouterView.LogLine(
                entry.module().name(),
                entry.level().name().toLowerCase(Locale.ROOT),
                entry.text(),
                entry.file(),
                entry.file() == null ? null : entry.line(),
                entry.time().getEpochSecond());
    }

    private static List<@Nullable Object[]> logStats(Log log) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (LogModule module : LogModule.values()) {
            rows.add(new @Nullable Object[] {
                module.name(),
                "logStats/" + module,
                log.count(module, LogLevel.TRACE),
                log.count(module, LogLevel.DEBUG),
                log.count(module, LogLevel.INFO),
                log.count(module, LogLevel.NOTICE),
                log.count(module, LogLevel.WARNING),
                log.count(module, LogLevel.ERROR),
                log.count(module, LogLevel.CRITICAL)
            });
        }
        return rows;
    }

    /** One for each vhost. Its counters stand still: no vhost lets anybody in or keeps anybody out in this version. */
    private static List<@Nullable Object[]> vhostStats(LiveConfiguration configuration) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (ConfiguredEntity vhost : configuration.entities(Schema.standard().type("vhost"))) {
            String hostname = vhost.text("hostname");
            String identity = "vhostStats/" + hostname;
            rows.add(new @Nullable Object[] {
                identity, identity, hostname, hostname, Map.of(), Map.of(), 0L, 0L, 0L, 0L, 0L, 0L, 0L
            });
        }
        return rows;
    }

    private static @Nullable Object policyCounter(Connections connections, String attribute) {
        return switch (attribute) {
            case "connectionsProcessed" -> connections.accepted();
            case "connectionsDenied", "totalDenials" -> connections.refused();
            case "connectionsCurrent" -> (long) connections.incoming();
            default -> null;
        };
    }

    /** Virtual size of this process in bytes, as the original shows it; null where the system does not tell. */
    private static @Nullable Long virtualMemoryBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("VmSize:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }
}
