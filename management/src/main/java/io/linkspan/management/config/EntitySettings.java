// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the settings of single entities of a running router, by the rules for those of a file. Immutable; reading
 * passwords and names of services blocks, so that it is not done on a loop.
 */
public final class EntitySettings {
    private final RouterSettings.Mode mode;
    private final List<ConfiguredEntity> sslProfiles;
    private final List<ConfiguredEntity> mqttProfiles;
    private final Surroundings surroundings;

    EntitySettings(
            RouterSettings.Mode mode,
            List<ConfiguredEntity> sslProfiles,
            List<ConfiguredEntity> mqttProfiles,
            Surroundings surroundings) {
        this.mode = mode;
        this.sslProfiles = List.copyOf(sslProfiles);
        this.mqttProfiles = List.copyOf(mqttProfiles);
        this.surroundings = surroundings;
    }

    /**
     * Settings, and what was found on the way to them.
     *
     * @param settings null if the entity cannot be used
     * @param refusal why it cannot; null if it can
     * @param warnings what is doubtful
     */
    public record Reading<T>(@Nullable T settings, @Nullable String refusal, List<Problem> warnings) {
        static <T> Reading<T> of(@Nullable T settings, Problems problems) {
            String refusal = problems.firstWrong();
            return refusal == null
                    ? new Reading<>(settings, null, problems.list())
                    : new Reading<>(null, refusal, List.of());
        }
    }

    /** The settings of a listener, its profiles looked up. */
    public Reading<ListenerSettings> listener(ConfiguredEntity listener) {
        Problems problems = new Problems("");
        Problems ofProfiles = new Problems("");
        Map<String, SslProfileSettings> tls = new LinkedHashMap<>();
        for (ConfiguredEntity profile : sslProfiles) {
            boolean used = profile.name().equals(listener.textOrNull("sslProfile"));
            tls.put(profile.name(), SslProfileRules.read(profile, surroundings, used ? problems : ofProfiles));
        }
        Map<String, MqttProfile> mqtt = new LinkedHashMap<>();
        for (ConfiguredEntity profile : mqttProfiles) {
            mqtt.put(profile.name(), MqttRules.read(profile.name(), profile, ofProfiles));
        }
        MqttProfile otherwise = MqttRules.read(
                "default", ConfiguredEntity.absent(Schema.standard().type("mqtt")), ofProfiles);
        ListenerSettings settings =
                new ListenerRules(mode, tls, mqtt, otherwise, surroundings, problems).read(listener);
        return Reading.of(settings, problems);
    }

    /** The settings of a connector. */
    public Reading<ConnectorSettings> connector(ConfiguredEntity connector) {
        Problems problems = new Problems("");
        Optional<ConnectorSettings> settings = ConnectorRules.read(connector, mode, surroundings, problems);
        return Reading.of(settings.orElse(null), problems);
    }

    /** The settings of an sslProfile. */
    public Reading<SslProfileSettings> sslProfile(ConfiguredEntity profile) {
        Problems problems = new Problems("");
        return Reading.of(SslProfileRules.read(profile, surroundings, problems), problems);
    }

    /** The settings of an mqtt profile. */
    public Reading<MqttProfile> mqtt(ConfiguredEntity profile) {
        Problems problems = new Problems("");
        return Reading.of(MqttRules.read(profile.name(), profile, problems), problems);
    }
}
