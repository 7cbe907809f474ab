// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads configuration files of qdrouterd and of Linkspan.
 *
 * <p>The way of a file: its text becomes sections ({@link ConfGrammar}, or {@link JsonGrammar} for {@code *.json}),
 * sections become entities by the schema ({@link EntityReader}), entities become typed settings (the Rules classes).
 * Each step goes on after a problem, so that all problems are told at once.
 */
public final class ConfigurationReader {
    /** Largest file that is read, in bytes. */
    public static final int MAX_FILE_BYTES = 16 << 20;

    private final Schema schema = Schema.standard();
    private final Surroundings surroundings;
    private final Problems problems;

    private ConfigurationReader(String path, Surroundings surroundings) {
        this.surroundings = surroundings;
        this.problems = new Problems(path);
    }

    /** Reads a file; that it cannot be opened is a problem like others. Blocks. */
    public static ConfigurationResult readFile(String path, Surroundings surroundings) {
        return readFile(path, text -> read(path, text, surroundings));
    }

    /** Reads a file as {@link #readFile} does and adds advice. Blocks. */
    public static ConfigurationResult checkFile(String path, Surroundings surroundings) {
        return readFile(path, text -> check(path, text, surroundings));
    }

    private static ConfigurationResult readFile(String path, Function<String, ConfigurationResult> reader) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (IOException | InvalidPathException e) {
            return failed(path, "Not found: Configuration file could not be opened", "a file that can be read");
        }
        if (bytes.length > MAX_FILE_BYTES) {
            return failed(path, "Configuration file is too large", "at most " + MAX_FILE_BYTES + " bytes");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return reader.apply(text);
        } catch (CharacterCodingException e) {
            return failed(path, "Configuration file is not UTF-8", "UTF-8");
        }
    }

    private static ConfigurationResult failed(String path, String message, String expected) {
        return new ConfigurationResult(
                Optional.empty(), List.of(new Problem(Severity.FATAL, path, 0, "", "", "", message, expected)));
    }

    /**
     * Reads the text of a file.
     *
     * @param path its path as given; {@code .json} at the end makes it raw JSON, and problems show it
     * @param text the whole text
     * @param surroundings asked for passwords and names of ports
     */
    public static ConfigurationResult read(String path, String text, Surroundings surroundings) {
        ConfigurationReader reader = new ConfigurationReader(path, surroundings);
        RouterConfiguration configuration = reader.configuration(path, text);
        return new ConfigurationResult(
                reader.problems.anyFatal() ? Optional.empty() : Optional.of(configuration), reader.problems.list());
    }

    /** Reads the text of a file as {@link #read} does and adds advice. */
    public static ConfigurationResult check(String path, String text, Surroundings surroundings) {
        ConfigurationReader reader = new ConfigurationReader(path, surroundings);
        RouterConfiguration configuration = reader.configuration(path, text);
        if (!reader.problems.anyFatal()) {
            new Advice(reader.problems).add(configuration);
        }
        return new ConfigurationResult(
                reader.problems.anyFatal() ? Optional.empty() : Optional.of(configuration), reader.problems.list());
    }

    private RouterConfiguration configuration(String path, String text) {
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        if (text.isEmpty()) {
            problems.syntax(0, "Configuration: Configuration file was empty", "at least a router section");
        }
        List<Section> sections = path.endsWith(".json") && !text.isEmpty()
                ? JsonGrammar.read(lines, problems)
                : ConfGrammar.read(lines, problems);
        List<ConfiguredEntity> entities = new ArrayList<>(EntityReader.read(sections, schema, problems));
        ConfiguredEntity routerEntity = singleton("router", entities);
        ConfiguredEntity policy = singleton("policy", entities);
        RouterSettings router = RouterRules.read(routerEntity, problems);
        Map<String, LogSettings> logs = LogRules.read(of("log", entities), schema.type("log"), problems);
        new LaterRules(problems).check(entities);
        new VhostRules(schema, problems).check(of("vhost", entities));
        Map<String, SslProfileSettings> sslProfiles = new LinkedHashMap<>();
        for (ConfiguredEntity profile : of("sslProfile", entities)) {
            sslProfiles.put(profile.name(), SslProfileRules.read(profile, surroundings, problems));
        }
        List<AddressSettings> addresses = new ArrayList<>();
        AddressRules addressRules = new AddressRules(problems);
        for (ConfiguredEntity address : of("address", entities)) {
            addressRules.read(address).ifPresentOrElse(addresses::add, () -> entities.remove(address));
        }
        RouteRules routeRules = new RouteRules(problems);
        List<LinkRouteSettings> linkRoutes = new ArrayList<>();
        for (ConfiguredEntity route : of("linkRoute", entities)) {
            routeRules.linkRoute(route).ifPresentOrElse(linkRoutes::add, () -> entities.remove(route));
        }
        List<AutoLinkSettings> autoLinks = new ArrayList<>();
        for (ConfiguredEntity autoLink : of("autoLink", entities)) {
            routeRules.autoLink(autoLink).ifPresentOrElse(autoLinks::add, () -> entities.remove(autoLink));
        }
        List<ListenerSettings> listeners = listeners(router, sslProfiles, entities);
        List<ConnectorSettings> connectors = new ArrayList<>();
        for (ConfiguredEntity connector : of("connector", entities)) {
            ConnectorRules.read(connector, router.mode(), surroundings, problems)
                    .ifPresentOrElse(connectors::add, () -> entities.remove(connector));
        }
        return new RouterConfiguration(
                router,
                listeners,
                List.copyOf(connectors),
                Collections.unmodifiableMap(sslProfiles),
                List.copyOf(addresses),
                List.copyOf(linkRoutes),
                List.copyOf(autoLinks),
                logs,
                (int) policy.integer("maxConnections"),
                List.copyOf(entities));
    }

    private List<ListenerSettings> listeners(
            RouterSettings router, Map<String, SslProfileSettings> sslProfiles, List<ConfiguredEntity> entities) {
        Map<String, MqttProfile> mqttProfiles = new LinkedHashMap<>();
        for (ConfiguredEntity mqtt : of("mqtt", entities)) {
            mqttProfiles.put(mqtt.name(), MqttRules.read(mqtt.name(), mqtt, problems));
        }
        MqttProfile defaultProfile = MqttRules.read("default", ConfiguredEntity.absent(schema.type("mqtt")), problems);
        ListenerRules rules =
                new ListenerRules(router.mode(), sslProfiles, mqttProfiles, defaultProfile, surroundings, problems);
        return of("listener", entities).stream().map(rules::read).toList();
    }

    private List<ConfiguredEntity> of(String shortName, List<ConfiguredEntity> entities) {
        EntityType type = schema.type(shortName);
        return entities.stream().filter(entity -> entity.type() == type).toList();
    }

    /** The one entity of a type; made with its defaults and added if the file has none. */
    private ConfiguredEntity singleton(String shortName, List<ConfiguredEntity> entities) {
        List<ConfiguredEntity> configured = of(shortName, entities);
        if (!configured.isEmpty()) {
            return configured.get(0);
        }
        ConfiguredEntity absent = ConfiguredEntity.absent(schema.type(shortName));
        absent.identify(shortName + "/None", shortName + "/None");
        entities.add(absent);
        return absent;
    }
}
