// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Topics by their bytes. */
class TopicCacheTest {

    private final TopicCache cache = new TopicCache(TopicMapping.standard(), 200, true);

    @Test
    void sameBytesGiveTheSameTopic() {
        Topic first = Objects.requireNonNull(find("cities/london"));
        assertThat(first.address()).isEqualTo("cities.london");
        assertThat(first.levelCount()).isEqualTo(2);
        assertThat(find("cities/london")).isSameAs(first);
        assertThat(cache.of("cities/london")).isSameAs(first);
        assertThat(find("cities/londoo")).isNotSameAs(first);
    }

    @Test
    void cacheIsFullAtItsLimitAndStillFindsEverything() {
        for (int i = 0; i < 3 * TopicCache.MAX_TOPICS; i++) {
            Topic topic = Objects.requireNonNull(find("t/" + i));
            assertThat(topic.name()).isEqualTo("t/" + i);
        }
        assertThat(cache.size()).isLessThanOrEqualTo(TopicCache.MAX_TOPICS).isGreaterThan(TopicCache.MAX_TOPICS / 2);
    }

    @Test
    void nameBeyondTheLengthLimitIsNotHeld() {
        String atLimit = "x".repeat(TopicCache.MAX_CACHED_BYTES);
        assertThat(find(atLimit)).isSameAs(find(atLimit));
        assertThat(find(atLimit + "x")).isNotNull().isNotSameAs(find(atLimit + "x"));
    }

    @Test
    void topicThatNoClientMayPublishToIsNotHeld() {
        Topic deep = cache.of("/".repeat(300));
        assertThat(deep.levelCount()).isEqualTo(301);
        assertThat(find("/".repeat(300))).isNull();
        assertThat(find("a\u0001")).isNull();
        assertThat(cache.of("a\u0001").name()).isEqualTo("a\u0001");
        assertThat(find("a\u0001")).isNull();
    }

    private @Nullable Topic find(String name) {
        byte[] bytes = ("##" + name).getBytes(StandardCharsets.UTF_8);
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        return cache.find(buffer, 2, bytes.length - 2);
    }
}
