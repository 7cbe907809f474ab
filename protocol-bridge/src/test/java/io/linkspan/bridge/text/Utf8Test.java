// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** UTF-8, against the decoder of the platform. */
class Utf8Test {

    @Test
    void everyCodePointIsJudged() {
        for (int codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
            if (codePoint >= 0xd800 && codePoint <= 0xdfff) {
                continue;
            }
            byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
            Utf8.Verdict expected = codePoint == 0
                    ? Utf8.Verdict.MALFORMED
                    : Character.isISOControl(codePoint)
                                    || (codePoint & 0xfffe) == 0xfffe
                                    || (codePoint >= 0xfdd0 && codePoint <= 0xfdef)
                            ? Utf8.Verdict.DISCOURAGED
                            : Utf8.Verdict.CLEAN;
            Utf8.Verdict found = Utf8.check(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
            if (found != expected) {
                assertThat(found).as("U+%04X", codePoint).isEqualTo(expected);
            }
        }
    }

    @Test
    void randomBytesAreJudgedAsThePlatformDoes() {
        Random random = new Random(7);
        int wellFormed = 0;
        for (int i = 0; i < 300_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(5)];
            for (int k = 0; k < bytes.length; k++) {
                int kind = random.nextInt(4);
                bytes[k] = (byte)
                        (kind == 0
                                ? random.nextInt(0x20, 0x7f)
                                : kind == 1 ? random.nextInt(0xc0, 0x100) : random.nextInt(0x80, 0xc0));
            }
            boolean legal = isLegal(bytes);
            wellFormed += legal ? 1 : 0;
            ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
            assertThat(Utf8.check(buffer, 0, bytes.length) != Utf8.Verdict.MALFORMED)
                    .isEqualTo(legal);
            Utf8Stream stream = new Utf8Stream();
            int cut = random.nextInt(bytes.length + 1);
            boolean accepted = stream.accept(buffer, 0, cut) && stream.accept(buffer, cut, bytes.length - cut);
            assertThat(accepted && stream.complete()).isEqualTo(legal);
        }
        assertThat(wellFormed).isGreaterThan(10_000);
    }

    private static boolean isLegal(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
