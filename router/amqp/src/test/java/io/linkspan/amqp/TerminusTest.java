// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("AMQP 1.0 part 3, 3.5: sources and targets")
class TerminusTest {
    private static final Symbol ROUTER = new Symbol("qd.router");

    @Test
    void allFieldsOfASourceAreRead() {
        RawValue properties = RawValue.of(Map.of(new Symbol("lifetime-policy"), 1));
        RawValue filter = RawValue.of(Map.of(new Symbol("f"), "x"));
        Terminus source = read(Frame.described(
                Descriptors.SOURCE,
                "a",
                new UnsignedInteger(2),
                new Symbol("never"),
                new UnsignedInteger(60),
                true,
                properties,
                new Symbol("copy"),
                filter,
                null,
                null,
                AmqpArray.ofSymbols(List.of(ROUTER, new Symbol("b")))));
        assertThat(source.isSource()).isTrue();
        assertThat(source.address()).isEqualTo("a");
        assertThat(source.durable()).isEqualTo(2);
        assertThat(source.expiryPolicy()).isEqualTo(new Symbol("never"));
        assertThat(source.timeout()).isEqualTo(60);
        assertThat(source.dynamic()).isTrue();
        assertThat(source.dynamicNodeProperties()).isEqualTo(properties);
        assertThat(source.distributionMode()).isEqualTo(new Symbol("copy"));
        assertThat(source.filter()).isEqualTo(filter);
        assertThat(source.capabilities()).containsExactly(ROUTER, new Symbol("b"));
    }

    @Test
    void anEmptyTerminusHasDefaults() {
        for (Terminus terminus : List.of(
                read(Frame.described(Descriptors.SOURCE)),
                read(Frame.described(Descriptors.TARGET, null, null, null, null, null, null, null)),
                Terminus.target(null))) {
            assertThat(terminus.address()).isNull();
            assertThat(terminus.durable()).isZero();
            assertThat(terminus.expiryPolicy()).isNull();
            assertThat(terminus.timeout()).isZero();
            assertThat(terminus.dynamic()).isFalse();
            assertThat(terminus.dynamicNodeProperties()).isNull();
            assertThat(terminus.distributionMode()).isNull();
            assertThat(terminus.filter()).isNull();
            assertThat(terminus.capabilities()).isEmpty();
            assertThat(terminus.isCoordinator()).isFalse();
        }
    }

    @Test
    void absentAndNullAreNoTerminus() {
        assertThat(Terminus.of(null)).isNull();
        assertThat(Terminus.of(RawValue.NULL)).isNull();
    }

    @Test
    void aBareSymbolIsOneCapability() {
        assertThat(read(Frame.described(Descriptors.TARGET, null, null, null, null, null, null, ROUTER))
                        .capabilities())
                .containsExactly(ROUTER);
    }

    @Test
    void aCoordinatorHasCapabilitiesOnly() {
        Terminus coordinator = read(Frame.described(Descriptors.COORDINATOR, new Symbol("amqp:local-transactions")));
        assertThat(coordinator.isCoordinator()).isTrue();
        assertThat(coordinator.address()).isNull();
        assertThat(coordinator.dynamic()).isFalse();
        assertThat(coordinator.capabilities()).containsExactly(new Symbol("amqp:local-transactions"));
        assertThat(Terminus.coordinator(List.of()).capabilities()).isEmpty();
        assertThatThrownBy(() -> coordinator.withAddress("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("LNK-08: changing the address leaves every other field as it came")
    void changingOneFieldLeavesTheOthersAsTheyCame() {
        // durable as a uint of four octets, an empty list32, and a field of a later version.
        RawValue raw = raw("005329d00000002300000009" + "a10161" + "7000000000" + "40404040" + "a30162"
                + "d00000000400000000" + "a1056c61746572");
        Terminus changed = Objects.requireNonNull(Terminus.of(raw)).withAddress("longer");
        String hex = ByteBufUtil.hexDump(changed.raw().buffer());
        assertThat(hex)
                .endsWith("a1066c6f6e676572" + "7000000000" + "40404040" + "a30162" + "d00000000400000000"
                        + "a1056c61746572");
        assertThat(changed.address()).isEqualTo("longer");
        assertThat(changed.capabilities()).containsExactly(new Symbol("b"));
    }

    @Test
    void aTerminusThatIsNotChangedIsTheSameBytes() {
        RawValue raw = raw("005328d000000006000000024040");
        assertThat(Objects.requireNonNull(Terminus.of(raw)).raw()).isEqualTo(raw);
    }

    @Test
    void builtTerminiHaveTheFieldsGiven() {
        Terminus source = Terminus.source("a")
                .withDurable(1)
                .withExpiryPolicy(new Symbol("session-end"))
                .withTimeout(5)
                .withDynamic(true)
                .withDynamicNodeProperties(RawValue.of(Map.of()))
                .withCapability(ROUTER);
        assertThat(source.address()).isEqualTo("a");
        assertThat(source.durable()).isEqualTo(1);
        assertThat(source.expiryPolicy()).isEqualTo(new Symbol("session-end"));
        assertThat(source.timeout()).isEqualTo(5);
        assertThat(source.dynamic()).isTrue();
        assertThat(source.dynamicNodeProperties()).isEqualTo(RawValue.of(Map.of()));
        assertThat(source.capabilities()).containsExactly(ROUTER);
        assertThat(source.withCapabilities(List.of(ROUTER, ROUTER)).capabilities())
                .hasSize(2);
        assertThat(source.withCapabilities(List.of()).capabilities()).isEmpty();
        assertThat(source).isEqualTo(read(Objects.requireNonNull(source.raw().decode())));
    }

    @Test
    void symbolsAreASymbolOrAnArrayOfThem() {
        assertThat(Terminus.symbols(RawValue.NULL)).isEmpty();
        for (Object wrong : List.of(
                "text",
                List.of(ROUTER),
                new AmqpArray(FormatCode.STR8, null, List.of("a")),
                new AmqpArray(FormatCode.SYM8, new Symbol("d"), List.of(ROUTER)))) {
            assertThatThrownBy(() -> Terminus.symbols(RawValue.of(wrong))).isInstanceOf(MalformedException.class);
        }
    }

    private static Terminus read(Object value) {
        return Objects.requireNonNull(Terminus.of(RawValue.of(value)));
    }

    private static RawValue raw(String hex) {
        byte[] octets = ByteBufUtil.decodeHexDump(hex);
        return RawValue.copyOf(Unpooled.wrappedBuffer(octets), 0, octets.length);
    }
}
