// SPDX-License-Identifier: Apache-2.0
package io.linkspan.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private final UnpooledByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
    private final ByteBuf input = allocator.directBuffer(64 * 1024);

    @AfterEach
    void giveBack() {
        assertThat(input.refCnt()).as("nothing kept is left").isEqualTo(1);
        input.release();
    }

    private boolean isSlice(int length) {
        input.clear().writeZero(64 * 1024);
        ByteBuf kept = Retention.keep(allocator, input, 100, length);
        boolean slice = input.refCnt() == 2;
        assertThat(kept.readableBytes()).isEqualTo(length);
        kept.release();
        return slice;
    }

    @Test
    void framesOfTheDefaultSizeAreCutFromAFullRead() {
        assertThat(isSlice(16 * 1024 - 60)).isTrue();
    }

    @Test
    void aFifthOfTheBufferIsTheLeastThatIsCut() {
        int fifth = 64 * 1024 / Retention.PINS_AT_MOST + 1;
        assertThat(isSlice(fifth)).isTrue();
        assertThat(isSlice(fifth - 1)).isFalse();
    }

    @Test
    void bytesBelowTheThresholdAreCopiedEvenFromASmallBuffer() {
        ByteBuf small = allocator.directBuffer(Retention.SLICE_THRESHOLD).writeZero(Retention.SLICE_THRESHOLD);
        assertThat(Retention.slices(small, Retention.SLICE_THRESHOLD - 1)).isFalse();
        assertThat(Retention.slices(small, Retention.SLICE_THRESHOLD)).isTrue();
        small.release();
    }

    @Test
    void whatASlicePinsIsTheBufferItWasCutFrom() {
        input.clear().writeZero(64 * 1024);
        ByteBuf slice = input.slice(0, 9 * 1024);
        assertThat(Retention.slices(slice, 9 * 1024)).isFalse();
    }

    @Test
    void nothingIsKeptOfNothing() {
        assertThat(isSlice(0)).isFalse();
    }
}
