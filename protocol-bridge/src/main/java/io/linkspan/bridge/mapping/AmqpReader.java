// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads AMQP sections as an MQTT message (MQ-2-1..9, second table of chapter 2).
 *
 * <p>A flyweight: {@link #read} points it at a message, whose payload stays where it is if it can. What it says is valid
 * until the next read and while the bytes stay. Confined to one loop.
 */
public final class AmqpReader {

    /** The longest text or binary of a property. MQTT 5.0, 1.5.4. */
    static final int MAX_FIELD_BYTES = 65_535;

    private final MappingOptions options;
    private final AmqpFields fields = new AmqpFields();
    private final PropertyCollector collector;
    private final ByteBuf converted = Unpooled.buffer(256);

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int durable;
    private long ttlMs;
    private long absoluteExpiryMs;
    private int qosAnnotation;
    private boolean retain;
    private @Nullable String topicAnnotation;
    private int qos;
    private long expirySeconds;
    private boolean expired;
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;
    private int payloadStart;
    private int payloadLength;
    private int bodySection;
    private int bodySections;
    private int applicationProperties;

    /**
     * A reader.
     *
     * @param options the choices of the mapping
     * @param replyTopic the topic of a {@code reply-to}, or null if it has none (second table, {@code reply-to})
     */
    public AmqpReader(MappingOptions options, UnaryOperator<@Nullable String> replyTopic) {
        this.options = options;
        this.collector = new PropertyCollector(options, replyTopic);
    }

    /**
     * Reads a whole message.
     *
     * @param settled whether its sender settled it
     * @param wantsProperties false for receivers before MQTT 5.0: {@link #properties()} stays empty
     * @param arrivedMs when it came to this router, from which its {@code ttl} counts; milliseconds since 1970
     * @param nowMs milliseconds since 1970
     * @throws MalformedException if the bytes are no message
     */
    public void read(
            ByteBuf bytes, int start, int end, boolean settled, boolean wantsProperties, long arrivedMs, long nowMs) {
        int body = readUpToBody(bytes, start, end, wantsProperties);
        readBody(body, end);
        finish(settled, wantsProperties, arrivedMs, nowMs);
    }

    /**
     * Reads a message that is still coming, if what is there goes up to the bytes of a data section: these become the
     * payload, as many as the section announces.
     *
     * @return false if the body is something else, or nothing is known of it yet
     * @throws MalformedException if the bytes are no message
     */
    public boolean readPrefix(
            ByteBuf bytes, int start, int end, boolean settled, boolean wantsProperties, long arrivedMs, long nowMs) {
        int body;
        try {
            body = readUpToBody(bytes, start, end, wantsProperties);
        } catch (MalformedException incomplete) {
            return false;
        }
        if (end - body < 8 || sectionCode(bytes, body) != Names.DATA || body + 3 != sectionValue(bytes, body)) {
            return false;
        }
        int value = body + 3;
        int length = bytes.getInt(value + 1);
        if (bytes.getUnsignedByte(value) != FormatCode.VBIN32 || length < 0) {
            return false;
        }
        payload = bytes;
        payloadStart = value + 5;
        payloadLength = length;
        finish(settled, wantsProperties, arrivedMs, nowMs);
        return true;
    }

    private void finish(boolean settled, boolean wantsProperties, long arrivedMs, long nowMs) {
        collector.findArtemis(applicationProperties);
        if (wantsProperties) {
            collector.write(applicationProperties);
        }
        if (collector.qosLevel() >= 0 && qosAnnotation < 0) {
            qosAnnotation = collector.qosLevel();
        }
        retain |= collector.retain();
        qos = qosAnnotation >= 0 ? qosAnnotation : settled || durable == 0 ? 0 : 1;
        expired = false;
        expirySeconds = MqttMessage.NO_EXPIRY;
        if (absoluteExpiryMs < 0 && ttlMs < 0) {
            return;
        }
        long leftMs = absoluteExpiryMs >= 0 ? absoluteExpiryMs - nowMs : arrivedMs + ttlMs - nowMs;
        // A ttl of 0 is for who takes the message at once (bridge specification, 2.1).
        expired = leftMs <= 0 && (absoluteExpiryMs >= 0 || nowMs > arrivedMs);
        if (!expired) {
            expirySeconds = Math.max(1, Math.min((leftMs + 999) / 1_000, 0xffffffffL));
        }
    }

    private int readUpToBody(ByteBuf bytes, int start, int end, boolean wantsProperties) {
        buffer = bytes;
        durable = -1;
        ttlMs = -1;
        absoluteExpiryMs = -1;
        qosAnnotation = -1;
        retain = false;
        topicAnnotation = null;
        applicationProperties = -1;
        payload = Unpooled.EMPTY_BUFFER;
        payloadStart = 0;
        payloadLength = 0;
        collector.begin(bytes, end);
        int i = start;
        while (i < end) {
            int code = sectionCode(bytes, i);
            if (code >= Names.DATA) {
                break;
            }
            int value = sectionValue(bytes, i);
            int after = TypeDecoder.skip(bytes, value, end);
            switch (code) {
                case Names.HEADER -> readHeader(value, after);
                case Names.MESSAGE_ANNOTATIONS -> readAnnotations(value, after);
                case Names.PROPERTIES -> readProperties(value, after, wantsProperties);
                case Names.APPLICATION_PROPERTIES -> {
                    applicationProperties = value;
                    collector.checkMap(value, after);
                }
                default -> {}
            }
            i = after;
        }
        return i;
    }

    private void readHeader(int value, int end) {
        fields.enterList(buffer, value, end);
        for (int field = 0; fields.next(); field++) {
            if (field == 0) {
                durable = fields.isTrue() ? 1 : fields.isFalse() ? 0 : -1;
            } else if (field == 2) {
                ttlMs = fields.number();
            }
        }
    }

    private void readAnnotations(int value, int end) {
        fields.enterMap(buffer, value, end);
        while (fields.next()) {
            boolean isOurs = fields.isText() && fields.startsWith("x-");
            int key = fields.at();
            boolean isQos = isOurs && fields.is(Names.QOS);
            boolean isRetain = isOurs && (fields.is(Names.RETAIN) || fields.is(Names.RETAIN_ELSEWHERE));
            boolean isTopic = isOurs && fields.is(Names.TOPIC);
            if (!fields.next()) {
                throw new MalformedException("message annotations with an odd number of values");
            }
            if (isQos) {
                long number = fields.number();
                qosAnnotation = number >= 0 && number <= 2 ? (int) number : -1;
            } else if (isRetain) {
                retain |= fields.isTrue();
            } else if (isTopic && fields.isText()) {
                topicAnnotation = buffer.toString(
                        fields.contentStart(), fields.contentEnd() - fields.contentStart(), StandardCharsets.UTF_8);
            } else if (isOurs) {
                collector.annotation(key, fields.at());
            }
        }
    }

    private void readProperties(int value, int end, boolean wantsProperties) {
        fields.enterList(buffer, value, end);
        for (int field = 0; fields.next(); field++) {
            if (field == 8) {
                absoluteExpiryMs = fields.number();
            } else if (wantsProperties && !fields.isNull()) {
                collector.property(field, fields.at());
            }
        }
    }

    /** Body sections and footer, to the end of the message. */
    private void readBody(int start, int end) {
        bodySection = 0;
        bodySections = 0;
        int first = 0;
        int i = start;
        while (i < end) {
            int code = sectionCode(buffer, i);
            int value = sectionValue(buffer, i);
            int after = TypeDecoder.skip(buffer, value, end);
            if (code != Names.FOOTER) {
                if (bodySections > 0 && (code != bodySection || code == Names.VALUE)) {
                    throw new MalformedException("section 0x" + Integer.toHexString(code) + " after a body of 0x"
                            + Integer.toHexString(bodySection));
                }
                bodySection = code;
                bodySections++;
                if (code == Names.DATA) {
                    addData(value, after);
                } else if (first == 0) {
                    first = i;
                }
            }
            i = after;
        }
        if (bodySection == Names.VALUE) {
            readValue(first, end);
        } else if (bodySection == Names.SEQUENCE) {
            readSequence(first, end);
        }
    }

    private void addData(int value, int after) {
        if (!AmqpFields.isBinaryFormat(buffer.getUnsignedByte(value))) {
            throw new MalformedException("a data section that is not binary");
        }
        int from = AmqpFields.contentStart(buffer, value);
        if (bodySections == 1) {
            payload = buffer;
            payloadStart = from;
            payloadLength = after - from;
            return;
        }
        if (bodySections == 2) {
            converted.clear();
            converted.writeBytes(buffer, payloadStart, payloadLength);
        }
        converted.writeBytes(buffer, from, after - from);
        useConverted();
    }

    private void readValue(int section, int end) {
        int value = sectionValue(buffer, section);
        int after = TypeDecoder.skip(buffer, value, end);
        int format = buffer.getUnsignedByte(value);
        if (AmqpFields.isBinaryFormat(format) || AmqpFields.isTextFormat(format)) {
            payload = buffer;
            payloadStart = AmqpFields.contentStart(buffer, value);
            payloadLength = after - payloadStart;
            if (AmqpFields.isTextFormat(format)) {
                collector.markAsText();
            }
            return;
        }
        Object decoded = TypeDecoder.readValue(buffer.slice(value, after - value));
        String text = BodyText.of(decoded);
        if (text != null) {
            converted.clear();
            ByteBufUtil.writeUtf8(converted, text);
            useConverted();
            collector.markAsText();
        } else if (withoutDescriptors(decoded) instanceof Binary binary) {
            converted.clear();
            converted.writeBytes(binary.octets());
            useConverted();
        } else if (withoutDescriptors(decoded) != null) {
            writeStructure(section, after, json -> BodyJson.write(decoded, json));
        }
    }

    private void readSequence(int first, int end) {
        StringBuilder json = new StringBuilder("[");
        int i = first;
        int last = first;
        while (i < end && sectionCode(buffer, i) == Names.SEQUENCE) {
            int value = sectionValue(buffer, i);
            last = TypeDecoder.skip(buffer, value, end);
            Object decoded = TypeDecoder.readValue(buffer.slice(value, last - value));
            if (!(decoded instanceof List<?> list)) {
                throw new MalformedException("an amqp-sequence that is not a list");
            }
            for (Object element : list) {
                if (json.length() > 1) {
                    json.append(',');
                }
                BodyJson.write(element, json);
            }
            i = last;
        }
        writeStructure(first, last, out -> out.append(json).append(']'));
    }

    private void writeStructure(int from, int to, Consumer<StringBuilder> toJson) {
        if (!options.bodyAsJson()) {
            payload = buffer;
            payloadStart = from;
            payloadLength = to - from;
            collector.contentType(Names.AMQP_ENCODED);
            return;
        }
        StringBuilder json = new StringBuilder();
        toJson.accept(json);
        converted.clear();
        ByteBufUtil.writeUtf8(converted, json);
        useConverted();
        collector.contentType(Names.JSON);
    }

    private void useConverted() {
        payload = converted;
        payloadStart = 0;
        payloadLength = converted.readableBytes();
    }

    private static @Nullable Object withoutDescriptors(@Nullable Object value) {
        Object inner = value;
        while (inner instanceof Described described) {
            inner = described.value();
        }
        return inner;
    }

    /** The code of the section at an index, 0x70 .. 0x78. */
    private static int sectionCode(ByteBuf bytes, int index) {
        return SectionDescriptor.code(bytes, index);
    }

    private static int sectionValue(ByteBuf bytes, int index) {
        return SectionDescriptor.valueIndex(bytes, index);
    }

    /** Whether bytes after a body begin a footer. */
    public static boolean isFooter(ByteBuf bytes, int start, int end) {
        return end - start >= 3
                && bytes.getByte(start) == 0
                && bytes.getUnsignedByte(start + 1) == FormatCode.SMALLULONG
                && bytes.getUnsignedByte(start + 2) == Names.FOOTER;
    }

    /** QoS the message asks for, 0 .. 2. */
    public int qos() {
        return qos;
    }

    /** Whether it is to be retained. */
    public boolean retain() {
        return retain;
    }

    /** Seconds it still lives, 1 .. 4294967295, or {@link MqttMessage#NO_EXPIRY}. */
    public long expirySeconds() {
        return expirySeconds;
    }

    /** Whether its time is over. */
    public boolean isExpired() {
        return expired;
    }

    /** The topic that its sender named, whose address does not say it; or null. */
    public @Nullable String topicAnnotation() {
        return topicAnnotation;
    }

    /** Where the payload is. */
    public ByteBuf payload() {
        return payload;
    }

    /** Index of its first byte. */
    public int payloadStart() {
        return payloadStart;
    }

    /** Its bytes. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Properties for MQTT 5.0 from reader to writer index, without expiry and subscription identifiers. */
    public ByteBuf properties() {
        return collector.written();
    }

    /** How many user properties no MQTT peer may get (MQ-2-6). */
    public int droppedUserProperties() {
        return collector.dropped();
    }

    /** Whether a text may stand in a property. */
    static boolean isLegal(ByteBuf bytes, int offset, int length) {
        return length <= MAX_FIELD_BYTES && Utf8.check(bytes, offset, length) != Utf8.Verdict.MALFORMED;
    }
}
