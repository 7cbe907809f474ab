// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.bridge.codec.Property;
import io.linkspan.bridge.codec.PropertyView;
import io.linkspan.bridge.text.Utf8;
import io.linkspan.bridge.text.Utf8Stream;
import io.linkspan.bridge.topic.Topic;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes an MQTT message as AMQP sections (MQ-2-1..9, first table of chapter 2).
 *
 * <p>What stands before the payload of a message without properties is the same for every message of its topic but for
 * the time, so it is kept with the topic and copied. Confined to one loop.
 */
public final class AmqpWriter {

    private static final long MAX_TTL_MS = 0xffffffffL;
    private static final int TIMESTAMP_BYTES = 8;
    private static final int UUID_TEXT_LENGTH = 36;

    private final MappingOptions options;
    private final Supplier<UUID> messageIds;
    private final PropertyView properties = new PropertyView();
    private final Utf8Stream text = new Utf8Stream();

    /**
     * A writer.
     *
     * @param options the choices of the mapping
     * @param messageIds makes message identifiers; asked only if the options want them
     */
    public AmqpWriter(MappingOptions options, Supplier<UUID> messageIds) {
        this.options = options;
        this.messageIds = messageIds;
    }

    /** Appends a whole message. */
    public void write(MqttMessage message, ByteBuf out) {
        if (options.mqttTextBody() && isText(message)) {
            writeSections(message, out);
            Compound.section(out, Names.VALUE);
            Compound.copy(out, FormatCode.STR8, message.buffer(), message.payloadStart(), message.payloadLength());
        } else {
            writePrefix(message, out);
            out.writeBytes(message.buffer(), message.payloadStart(), message.payloadLength());
        }
    }

    /** Appends everything before the payload of a message whose payload comes in pieces, as one data section. */
    public void writePrefix(MqttMessage message, ByteBuf out) {
        if (message.hasProperties() || options.dependsOnPublisher()) {
            writeSections(message, out);
        } else {
            writeFromTemplate(message, out);
        }
        Compound.section(out, Names.DATA);
        Compound.sized(out, FormatCode.VBIN8, message.payloadLength());
    }

    private boolean isText(MqttMessage message) {
        if (!message.hasProperties()) {
            return false;
        }
        properties.reread(message.buffer(), message.propertiesStart(), message.propertiesEnd());
        if (properties.number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 0) {
            return false;
        }
        text.reset();
        return text.accept(message.buffer(), message.payloadStart(), message.payloadLength()) && text.complete();
    }

    private void writeFromTemplate(MqttMessage message, ByteBuf out) {
        Topic topic = message.topic();
        int index = 2 * message.qos() + (message.retain() ? 1 : 0);
        byte[] template = topic.template(index);
        if (template == null) {
            int start = out.writerIndex();
            writeSections(message, out);
            template = new byte[out.writerIndex() - start - TIMESTAMP_BYTES];
            out.getBytes(start, template);
            topic.keepTemplate(index, template);
        } else {
            out.writeBytes(template).writeLong(message.receivedMs());
        }
    }

    /** Header, message annotations, properties and application properties. */
    private void writeSections(MqttMessage message, ByteBuf out) {
        properties.clear();
        Map<String, String> first = Map.of();
        boolean repeats = false;
        if (message.hasProperties()) {
            properties.reread(message.buffer(), message.propertiesStart(), message.propertiesEnd());
            if (properties.userProperties() > 0) {
                first = firstValues();
                repeats = first.size() < properties.userProperties();
            }
        }
        writeHeader(message, out);
        writeAnnotations(message, first, repeats, out);
        writeProperties(message, out);
        writeApplicationProperties(first, out);
    }

    private void writeHeader(MqttMessage message, ByteBuf out) {
        Compound.section(out, Names.HEADER);
        int durable = message.qos() > 0 ? FormatCode.TRUE : FormatCode.FALSE;
        if (message.expirySeconds() < 0) {
            out.writeByte(FormatCode.LIST8).writeByte(2).writeByte(1).writeByte(durable);
        } else {
            out.writeByte(FormatCode.LIST8)
                    .writeByte(8)
                    .writeByte(3)
                    .writeByte(durable)
                    .writeByte(FormatCode.NULL);
            out.writeByte(FormatCode.UINT).writeInt((int) Math.min(message.expirySeconds() * 1_000, MAX_TTL_MS));
        }
    }

    private void writeAnnotations(MqttMessage message, Map<String, String> first, boolean repeats, ByteBuf out) {
        Compound.section(out, Names.MESSAGE_ANNOTATIONS);
        int map = Compound.open(out, FormatCode.MAP32);
        int count = 2;
        Compound.symbol(out, Names.QOS);
        out.writeByte(FormatCode.UBYTE).writeByte(message.qos());
        if (message.retain()) {
            Compound.symbol(out, Names.RETAIN);
            out.writeByte(FormatCode.TRUE);
            count += 2;
        }
        Topic topic = message.topic();
        if (message.mapping().isLossy()
                && !topic.name().equals(message.mapping().toTopic(topic.address()))) {
            Compound.symbol(out, Names.TOPIC);
            Compound.string(out, topic.name());
            count += 2;
        }
        if (properties.has(Property.PAYLOAD_FORMAT_INDICATOR)) {
            Compound.symbol(out, Names.PAYLOAD_FORMAT);
            out.writeByte(FormatCode.UBYTE).writeByte((int) properties.number(Property.PAYLOAD_FORMAT_INDICATOR, 0));
            count += 2;
        }
        if (properties.has(Property.CONTENT_TYPE) && !isAscii(Property.CONTENT_TYPE)) {
            Compound.symbol(out, Names.CONTENT_TYPE);
            writeText(Property.CONTENT_TYPE, FormatCode.STR8, out);
            count += 2;
        }
        if (options.publishClientId()) {
            Compound.symbol(out, Names.CLIENT_ID);
            Compound.string(out, message.publisher().clientId());
            count += 2;
        }
        if (options.xUserPropertiesAsAnnotations()) {
            for (Map.Entry<String, String> entry : first.entrySet()) {
                if (goesToAnnotations(entry.getKey())) {
                    Compound.symbol(out, entry.getKey());
                    Compound.string(out, entry.getValue());
                    count += 2;
                }
            }
        }
        if (repeats) {
            Compound.symbol(out, Names.USER_PROPERTIES);
            writeAllUserProperties(out);
            count += 2;
        }
        Compound.close(out, map, count);
    }

    private void writeAllUserProperties(ByteBuf out) {
        int list = Compound.open(out, FormatCode.LIST32);
        int count = 0;
        ByteBuf source = properties.buffer();
        for (int i = properties.start(); i < properties.end(); i = PropertyView.skip(source, i)) {
            if (source.getByte(i) == Property.USER_PROPERTY.id()) {
                int nameLength = source.getUnsignedShort(i + 1);
                int value = i + 3 + nameLength;
                int pair = Compound.open(out, FormatCode.LIST32);
                Compound.copy(out, FormatCode.STR8, source, i + 3, nameLength);
                Compound.copy(out, FormatCode.STR8, source, value + 2, source.getUnsignedShort(value));
                Compound.close(out, pair, 2);
                count++;
            }
        }
        Compound.close(out, list, count);
    }

    /** Ends with the creation time, whose value is the last eight bytes. */
    private void writeProperties(MqttMessage message, ByteBuf out) {
        Compound.section(out, Names.PROPERTIES);
        int list = Compound.open(out, FormatCode.LIST32);
        if (options.generateMessageId()) {
            writeUuid(messageIds.get(), out);
        } else {
            out.writeByte(FormatCode.NULL);
        }
        String user = message.publisher().user();
        if (options.publishUserId() && user != null) {
            byte[] bytes = Utf8.encode(user);
            Compound.sized(out, FormatCode.VBIN8, bytes.length);
            out.writeBytes(bytes);
        } else {
            out.writeByte(FormatCode.NULL);
        }
        Compound.string(out, message.topic().address());
        out.writeByte(FormatCode.NULL); // subject
        if (properties.has(Property.RESPONSE_TOPIC)) {
            Compound.string(out, message.mapping().toAddress(properties.text(Property.RESPONSE_TOPIC)));
        } else {
            out.writeByte(FormatCode.NULL);
        }
        writeCorrelation(out);
        if (properties.has(Property.CONTENT_TYPE) && isAscii(Property.CONTENT_TYPE)) {
            writeText(Property.CONTENT_TYPE, FormatCode.SYM8, out);
        } else {
            out.writeByte(FormatCode.NULL);
        }
        out.writeByte(FormatCode.NULL); // content-encoding
        if (message.expirySeconds() >= 0) {
            Compound.timestamp(out, message.receivedMs() + message.expirySeconds() * 1_000);
        } else {
            out.writeByte(FormatCode.NULL);
        }
        Compound.timestamp(out, message.receivedMs());
        Compound.close(out, list, 10);
    }

    private void writeCorrelation(ByteBuf out) {
        if (!properties.has(Property.CORRELATION_DATA)) {
            out.writeByte(FormatCode.NULL);
            return;
        }
        UUID uuid = correlationUuid();
        if (uuid != null) {
            writeUuid(uuid, out);
        } else {
            writeText(Property.CORRELATION_DATA, FormatCode.VBIN8, out);
        }
    }

    /** The UUID in a correlation of the form that the other direction writes, or null. */
    private @Nullable UUID correlationUuid() {
        int prefix = Names.URN_UUID.length();
        if (properties.length(Property.CORRELATION_DATA) != prefix + UUID_TEXT_LENGTH) {
            return null;
        }
        String urn = properties
                .buffer()
                .toString(
                        properties.offset(Property.CORRELATION_DATA),
                        prefix + UUID_TEXT_LENGTH,
                        StandardCharsets.ISO_8859_1);
        if (!urn.startsWith(Names.URN_UUID)) {
            return null;
        }
        try {
            UUID uuid = UUID.fromString(urn.substring(prefix));
            return uuid.toString().equals(urn.substring(prefix)) ? uuid : null;
        } catch (IllegalArgumentException notAUuid) {
            return null;
        }
    }

    private void writeApplicationProperties(Map<String, String> first, ByteBuf out) {
        int count = 0;
        int map = 0;
        for (Map.Entry<String, String> entry : first.entrySet()) {
            if (options.xUserPropertiesAsAnnotations() && goesToAnnotations(entry.getKey())) {
                continue;
            }
            if (count == 0) {
                Compound.section(out, Names.APPLICATION_PROPERTIES);
                map = Compound.open(out, FormatCode.MAP32);
            }
            Compound.string(out, entry.getKey());
            Compound.string(out, entry.getValue());
            count += 2;
        }
        if (count > 0) {
            Compound.close(out, map, count);
        }
    }

    private Map<String, String> firstValues() {
        Map<String, String> first = new LinkedHashMap<>();
        ByteBuf source = properties.buffer();
        for (int i = properties.start(); i < properties.end(); i = PropertyView.skip(source, i)) {
            if (source.getByte(i) == Property.USER_PROPERTY.id()) {
                int nameLength = source.getUnsignedShort(i + 1);
                int value = i + 3 + nameLength;
                first.putIfAbsent(
                        Utf8.decode(source, i + 3, nameLength),
                        Utf8.decode(source, value + 2, source.getUnsignedShort(value)));
            }
        }
        return first;
    }

    private static boolean goesToAnnotations(String name) {
        return Names.isAnnotationOfTheUser(name) && name.chars().allMatch(c -> c < 0x80);
    }

    private boolean isAscii(Property property) {
        int end = properties.offset(property) + properties.length(property);
        for (int i = properties.offset(property); i < end; i++) {
            if (properties.buffer().getByte(i) < 0) {
                return false;
            }
        }
        return true;
    }

    private void writeText(Property property, int shortFormat, ByteBuf out) {
        Compound.copy(out, shortFormat, properties.buffer(), properties.offset(property), properties.length(property));
    }

    private static void writeUuid(UUID uuid, ByteBuf out) {
        out.writeByte(FormatCode.UUID);
        out.writeLong(uuid.getMostSignificantBits()).writeLong(uuid.getLeastSignificantBits());
    }
}
