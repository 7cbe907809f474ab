// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static io.linkspan.management.agent.Agents.request;
import static io.linkspan.management.agent.Agents.told;
import static io.linkspan.management.agent.Agents.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.address.DeliveryOptions;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.core.rows.RouteRows;
import io.linkspan.management.json.Json;
import io.linkspan.management.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CREATE and DELETE of link routes, autoLinks, exchanges and bindings: management protocol, 6.3. */
class RouteChangesTest {
    private final RouterCore core =
            new RouterCore(CoreSettings.standalone("R"), CoreEvents.NONE, new SplittableRandom(1));
    private final Asked agent = agent();

    private Asked agent() {
        List<EntityLifecycle> lifecycles = new ArrayList<>(RouteLifecycles.of(core));
        lifecycles.addAll(ExchangeLifecycles.of(core));
        lifecycles.add(new AddressLifecycle(core));
        return new Asked(new ManagementAgent(
                Schema.standard(),
                List.of(
                        EntitySource.of(RouteRows.linkRoutes(core)),
                        EntitySource.of(RouteRows.autoLinks(core)),
                        EntitySource.of(CoreRows.exchanges(core)),
                        EntitySource.of(CoreRows.bindings(core)),
                        AddressSource.of(core)),
                lifecycles,
                Agents.router(List.of())));
    }

    private AgentResponse create(String type, String body) {
        return agent.handle(
                withBody(request("operation", "CREATE", "type", type), Objects.requireNonNull(Json.parse(body))));
    }

    private static Map<?, ?> made(AgentResponse response) {
        assertThat(told(response)).isEqualTo("201 Created");
        return (Map<?, ?>) Objects.requireNonNull(response.body());
    }

    private void deleted(String type, Map<?, ?> entity) {
        AgentRequest delete = request(
                "operation", "DELETE", "type", type, "identity", Objects.requireNonNull(entity.get("identity")));
        assertThat(told(agent.handle(delete))).isEqualTo("204 No Content");
        assertThat(told(agent.handle(delete))).isEqualTo("404 Not Found");
    }

    @Test
    void aLinkRouteIsAnsweredWithOldAndNewNames() {
        Map<?, ?> route = made(create(
                "linkRoute", "{\"name\": \"lr\", \"prefix\": \"lr.q\", \"dir\": \"in\", \"containerId\": \"broker\"}"));
        assertThat(route.get("name")).isEqualTo("lr");
        assertThat(route.get("prefix")).isEqualTo("lr.q");
        assertThat(route.get("direction")).isEqualTo("in");
        assertThat(route.get("dir")).isEqualTo("in");
        assertThat(route.get("operStatus")).isEqualTo("inactive");
        assertThat(core.linkRoutes().all()).hasSize(1);
        deleted("linkRoute", route);
        assertThat(core.linkRoutes().isEmpty()).isTrue();
    }

    @Test
    void anAutoLinkIsAnsweredWithItsPhase() {
        Map<?, ?> autoLink = made(create(
                "autoLink", "{\"addr\": \"q\", \"dir\": \"in\", \"connection\": \"c\", \"externalAddr\": \"x\"}"));
        assertThat(autoLink.get("address")).isEqualTo("q");
        assertThat(autoLink.get("phase")).isEqualTo(1);
        assertThat(autoLink.get("externalAddress")).isEqualTo("x");
        assertThat(autoLink.get("operStatus")).isEqualTo("inactive");
        deleted("autoLink", autoLink);
        assertThat(core.autoLinks().all()).isEmpty();
        assertThat(core.address("M1q")).isNull();
    }

    @Test
    @DisplayName("options of addresses are taken by CREATE, shown by READ and acted upon by the core")
    void optionsOfAddresses() {
        Map<?, ?> address = made(create(
                "org.apache.qpid.dispatch.router.config.address",
                "{\"prefix\": \"o\", \"resendReleased\": true, \"expireQueued\": true, \"releaseAfterSeconds\": 30}"));
        assertThat(address.get("resendReleased")).isEqualTo(true);
        assertThat(address.get("expireQueued")).isEqualTo(true);
        assertThat(address.get("releaseAfterSeconds")).isEqualTo(30);
        AddressEntity entity = core.table().entities().match("o/x");
        assertThat(Objects.requireNonNull(entity).options()).isEqualTo(new DeliveryOptions(true, true, 30));
        deleted("router.config.address", address);
        assertThat(core.table().entities().match("o/x")).isNull();
        Map<?, ?> plain = made(create("router.config.address", "{\"prefix\": \"p\"}"));
        assertThat(plain.get("resendReleased")).isEqualTo(false);
        assertThat(plain.get("expireQueued")).isEqualTo(false);
        assertThat(plain.get("releaseAfterSeconds")).isEqualTo(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fallback", "enableFallback"})
    @DisplayName(
            "MAT-16 the flag of the fallback destination may be given by either name, with either name of the type")
    void bothNamesOfFallback(String flag) {
        Map<?, ?> made = made(create("router.config.address", "{\"prefix\": \"a\", \"" + flag + "\": true}"));
        assertThat(made.get("enableFallback")).isEqualTo(true);
        deleted("router.config.address", made);
        made = made(create(
                "org.apache.qpid.dispatch.router.config.address", "{\"prefix\": \"a\", \"" + flag + "\": true}"));
        assertThat(made.get("fallback")).isEqualTo(true);
    }

    @Test
    void exchangesAndBindingsComeAndGo() {
        Map<?, ?> exchange = made(create("exchange", "{\"name\": \"e\", \"address\": \"in\"}"));
        Map<?, ?> binding = made(create(
                "binding",
                "{\"name\": \"b\", \"exchangeName\": \"e\", \"bindingKey\": \"a.#\", \"nextHopAddress\": \"out\"}"));
        assertThat(binding.get("exchangeName")).isEqualTo("e");
        deleted("binding", binding);
        deleted("exchange", exchange);
        assertThat(core.exchanges().all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "linkRoute | {} | Either a 'prefix' or 'pattern' attribute must be provided",
                "linkRoute | {\"prefix\": \"a\", \"pattern\": \"b\", \"direction\": \"in\"} | Cannot specify both a 'prefix' and a 'pattern' attribute",
                "linkRoute | {\"prefix\": 5, \"direction\": \"in\"} | Prefix must be a non-empty string type",
                "linkRoute | {\"pattern\": \"/\", \"direction\": \"in\"} | Pattern invalid - no tokens",
                "linkRoute | {\"prefix\": \"a\"} | No 'direction' attribute provided - it is mandatory",
                "linkRoute | {\"prefix\": \"a\", \"direction\": \"x\"} | Invalid value for 'direction'",
                "linkRoute | {\"prefix\": \"a\", \"direction\": \"in\", \"distribution\": \"closest\"} | Invalid value for 'distribution'",
                "linkRoute | {\"prefix\": \"a\", \"direction\": \"in\", \"connection\": \"c\", \"containerId\": \"d\"} | Both connection and containerId cannot be specified. Specify only one",
                "router.config.address | {\"prefix\": \"a\", \"releaseAfterSeconds\": 86401} | releaseAfterSeconds must be from 0 to 86400",
                "router.config.address | {\"prefix\": \"a\", \"releaseAfterSeconds\": -1} | releaseAfterSeconds must be from 0 to 86400",
                "autoLink | {\"direction\": \"in\"} | address and direction fields are mandatory",
                "autoLink | {\"address\": \"a\", \"direction\": \"x\"} | Invalid value for 'direction'",
                "autoLink | {\"address\": \"a\", \"direction\": \"in\", \"phase\": 10} | autoLink phase must be between 0 and 9",
                "autoLink | {\"address\": \"a\", \"direction\": \"in\", \"connection\": \"c\", \"containerId\": \"d\"} | Both connection and containerId cannot be specified. Specify only one",
                "exchange | {\"address\": \"a\"} | exchange requires a unique name",
                "exchange | {\"name\": \"x\"} | exchange address is mandatory",
                "exchange | {\"name\": \"e\", \"address\": \"other\"} | duplicate exchange name",
                "exchange | {\"name\": \"x\", \"address\": \"in\"} | duplicate exchange address",
                "exchange | {\"name\": \"x\", \"address\": \"a\", \"matchMethod\": \"jms\"} | Exchange matchMethod must be either 'amqp' or 'mqtt'",
                "exchange | {\"name\": \"x\", \"address\": \"a\", \"phase\": 10} | phase must be in the range 0-9",
                "binding | {\"nextHopAddress\": \"a\"} | Binding configuration requires an exchange",
                "binding | {\"exchangeName\": \"none\", \"nextHopAddress\": \"a\"} | Named exchange does not exist",
                "binding | {\"exchangeName\": \"e\"} | No next hop specified",
                "binding | {\"exchangeName\": \"e\", \"nextHopAddress\": \"a\", \"nextHopPhase\": -1} | phase must be in the range 0-9",
                "binding | {\"name\": \"b\", \"exchangeName\": \"e\", \"nextHopAddress\": \"z\"} | Duplicate next hop name"
            })
    void mistakesAreToldInTheOriginalsWordsAndLeaveNothing(String type, String body, String text) {
        made(create("exchange", "{\"name\": \"e\", \"address\": \"in\"}"));
        made(create("binding", "{\"name\": \"b\", \"exchangeName\": \"e\", \"nextHopAddress\": \"out\"}"));
        AgentResponse response = create(type, body);
        assertThat(told(response)).isEqualTo("400 " + text);
        assertThat(response.body()).isNull();
        assertThat(core.linkRoutes().isEmpty()).isTrue();
        assertThat(core.autoLinks().all()).isEmpty();
        assertThat(core.exchanges().all()).hasSize(1);
        assertThat(core.exchanges().bindings()).hasSize(1);
    }
}
