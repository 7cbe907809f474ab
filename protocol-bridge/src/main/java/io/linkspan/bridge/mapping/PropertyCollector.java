// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.bridge.codec.Property;
import io.linkspan.bridge.codec.PropertyWriter;
import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what becomes properties of MQTT 5.0 while the sections of an AMQP message are read, and writes it at the end.
 * It remembers places, not copies. Flyweight of one reader.
 */
final class PropertyCollector {

    /** Fields of the properties section. AMQP 1.0 part 3, 3.2.4. */
    private static final int MESSAGE_ID = 0;

    private static final int USER_ID = 1;
    private static final int TO = 2;
    private static final int SUBJECT = 3;
    private static final int REPLY_TO = 4;
    private static final int CORRELATION_ID = 5;
    private static final int CONTENT_TYPE = 6;
    private static final int GROUP_ID = 10;
    private static final int FIELDS = 13;

    private final MappingOptions options;
    private final UnaryOperator<@Nullable String> replyTopic;
    private final AmqpFields fields = new AmqpFields();
    private final AmqpFields pair = new AmqpFields();
    private final ByteBuf out = Unpooled.buffer(256);

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int end;
    /** Index of each field that is there, or 0; a field is never at index 0. */
    private final int[] places = new int[FIELDS];

    private int contentTypeAnnotation;
    private int userPropertiesAnnotation;
    private int indicator;
    private @Nullable String contentType;
    private int annotationsOfTheUser;
    private final int[] annotationKeys = new int[MAX_ANNOTATIONS];
    private int dropped;
    private int qosLevel;
    private boolean retain;
    /** Whether another broker wrote it for an MQTT client; the indices of what it wrote, or 0. */
    private boolean isArtemis;

    private int artemisContentType;
    private int artemisResponseTopic;
    private int artemisCorrelation;

    /** Annotations of the user that are turned back into user properties; more are left out. */
    static final int MAX_ANNOTATIONS = 64;

    PropertyCollector(MappingOptions options, UnaryOperator<@Nullable String> replyTopic) {
        this.options = options;
        this.replyTopic = replyTopic;
    }

    void begin(ByteBuf bytes, int limit) {
        buffer = bytes;
        end = limit;
        Arrays.fill(places, 0);
        contentTypeAnnotation = 0;
        userPropertiesAnnotation = 0;
        indicator = -1;
        contentType = null;
        annotationsOfTheUser = 0;
        dropped = 0;
        qosLevel = -1;
        retain = false;
        isArtemis = false;
        artemisContentType = 0;
        artemisResponseTopic = 0;
        artemisCorrelation = 0;
        out.clear();
    }

    /** A message annotation that begins with {@code x-}. */
    void annotation(int key, int value) {
        fieldAt(key);
        if (fields.is(Names.PAYLOAD_FORMAT)) {
            fieldAt(value);
            long number = fields.number();
            indicator = number == 0 || number == 1 ? (int) number : -1;
        } else if (fields.is(Names.CONTENT_TYPE)) {
            contentTypeAnnotation = value;
        } else if (fields.is(Names.USER_PROPERTIES)) {
            userPropertiesAnnotation = value;
        } else if (options.xUserPropertiesAsAnnotations()
                && !fields.startsWith("x-opt-")
                && annotationsOfTheUser < MAX_ANNOTATIONS) {
            annotationKeys[annotationsOfTheUser++] = key;
        }
    }

    void property(int field, int value) {
        if (field < FIELDS) {
            places[field] = value;
        }
    }

    void checkMap(int value, int limit) {
        fields.enterMap(buffer, value, limit);
        while (fields.next()) {
            if (!fields.isText() || !fields.next()) {
                throw new MalformedException("application properties that are not names and values");
            }
        }
    }

    void markAsText() {
        indicator = 1;
    }

    void contentType(String type) {
        contentType = type;
    }

    ByteBuf written() {
        return out;
    }

    int dropped() {
        return dropped;
    }

    int qosLevel() {
        return qosLevel;
    }

    boolean retain() {
        return retain;
    }

    /** Writes all properties; {@code applicationProperties} is the index of that map, or -1. */
    void write(int applicationProperties) {
        if (indicator >= 0) {
            PropertyWriter.flag(out, Property.PAYLOAD_FORMAT_INDICATOR, indicator == 1);
        }
        writeContentType();
        writeResponseTopic();
        writeCorrelation();
        if (options.amqpMetadata()) {
            writeMetadata("amqp-message-id", MESSAGE_ID);
            writeMetadata("amqp-user-id", USER_ID);
            writeMetadata("amqp-to", TO);
            writeMetadata("amqp-subject", SUBJECT);
            writeMetadata("amqp-group-id", GROUP_ID);
        }
        for (int i = 0; i < annotationsOfTheUser && userPropertiesAnnotation == 0; i++) {
            writeUserProperty(annotationKeys[i], TypeDecoder.skip(buffer, annotationKeys[i], end));
        }
        if (userPropertiesAnnotation != 0) {
            writeUserPropertyList();
        } else if (applicationProperties >= 0) {
            writeApplicationProperties(applicationProperties);
        }
    }

    /** Finds what another broker wrote for an MQTT client (MQ-2-3). */
    void findArtemis(int map) {
        if (map < 0) {
            return;
        }
        fields.enterMap(buffer, map, end);
        while (fields.next()) {
            boolean candidate = fields.startsWith(Names.ARTEMIS);
            boolean isContentType = candidate && fields.is(Names.ARTEMIS_CONTENT_TYPE);
            boolean isResponse = candidate && fields.is(Names.ARTEMIS_RESPONSE_TOPIC);
            boolean isCorrelation = candidate && fields.is(Names.ARTEMIS_CORRELATION);
            boolean isQos = candidate && fields.is(Names.ARTEMIS_QOS);
            boolean isRetain = candidate && fields.is(Names.ARTEMIS_RETAIN);
            isArtemis |= candidate && fields.startsWith(Names.ARTEMIS_USER_PROPERTY);
            fields.next();
            if (isContentType && fields.isText()) {
                artemisContentType = fields.at();
            } else if (isResponse && fields.isText()) {
                artemisResponseTopic = fields.at();
            } else if (isCorrelation && (fields.isText() || AmqpFields.isBinaryFormat(fields.format()))) {
                artemisCorrelation = fields.at();
            } else if (isQos) {
                long level = fields.number();
                qosLevel = level >= 0 && level <= 2 ? (int) level : -1;
            } else if (isRetain) {
                retain = fields.isTrue();
            }
        }
        isArtemis |= artemisContentType + artemisResponseTopic + artemisCorrelation > 0 || qosLevel >= 0;
    }

    private void writeContentType() {
        if (contentType != null) {
            PropertyWriter.text(out, Property.CONTENT_TYPE, contentType);
            return;
        }
        int place = contentTypeAnnotation != 0
                ? contentTypeAnnotation
                : places[CONTENT_TYPE] != 0 ? places[CONTENT_TYPE] : artemisContentType;
        if (place != 0 && AmqpFields.isTextFormat(buffer.getUnsignedByte(place))) {
            copyField(Property.CONTENT_TYPE, place, true);
        }
    }

    private void writeResponseTopic() {
        String topic = null;
        if (places[REPLY_TO] != 0 && AmqpFields.isTextFormat(buffer.getUnsignedByte(places[REPLY_TO]))) {
            topic = replyTopic.apply(textAt(places[REPLY_TO]));
        } else if (artemisResponseTopic != 0) {
            String named = textAt(artemisResponseTopic);
            boolean legal = !named.isEmpty() && named.indexOf('+') < 0 && named.indexOf('#') < 0;
            topic = legal && Utf8.check(named) != Utf8.Verdict.MALFORMED ? named : null;
        }
        if (topic != null && Utf8.encode(topic).length <= AmqpReader.MAX_FIELD_BYTES) {
            PropertyWriter.text(out, Property.RESPONSE_TOPIC, topic);
        }
    }

    private void writeCorrelation() {
        int place = places[CORRELATION_ID] != 0 ? places[CORRELATION_ID] : artemisCorrelation;
        if (place == 0) {
            return;
        }
        int format = buffer.getUnsignedByte(place);
        if (AmqpFields.isBinaryFormat(format) || AmqpFields.isTextFormat(format)) {
            copyField(Property.CORRELATION_DATA, place, false);
            return;
        }
        Object value = TypeDecoder.readValue(valueAt(place));
        String text = BodyText.of(value);
        if (text != null) {
            PropertyWriter.text(out, Property.CORRELATION_DATA, value instanceof UUID ? Names.URN_UUID + text : text);
        }
    }

    private void writeMetadata(String name, int field) {
        if (places[field] == 0) {
            return;
        }
        Object value = TypeDecoder.readValue(valueAt(places[field]));
        byte[] bytes = value instanceof Binary binary ? binary.octets() : null;
        String text = BodyText.of(value);
        if (bytes != null && AmqpReader.isLegal(Unpooled.wrappedBuffer(bytes), 0, bytes.length)) {
            text = new String(bytes, StandardCharsets.UTF_8);
        }
        writeUserProperty(name, value instanceof UUID ? Names.URN_UUID + text : text);
    }

    private void writeUserPropertyList() {
        if (!isList(buffer.getUnsignedByte(userPropertiesAnnotation))) {
            dropped++;
            return;
        }
        fields.enterList(buffer, userPropertiesAnnotation, end);
        while (fields.next()) {
            if (!isList(fields.format())) {
                dropped++;
                continue;
            }
            pair.enterList(buffer, fields.at(), fields.contentEnd());
            int name = pair.next() ? pair.at() : 0;
            int value = pair.next() ? pair.at() : 0;
            if (value != 0 && AmqpFields.isTextFormat(buffer.getUnsignedByte(name))) {
                writeUserProperty(name, value);
            } else {
                dropped++;
            }
        }
    }

    private void writeApplicationProperties(int map) {
        fields.enterMap(buffer, map, end);
        while (fields.next()) {
            int key = fields.at();
            boolean isNamedByArtemis = isArtemis && fields.startsWith(Names.ARTEMIS);
            String name = isNamedByArtemis ? textAt(key) : "";
            fields.next();
            if (name.startsWith(Names.ARTEMIS_USER_PROPERTY)) {
                int dot = name.indexOf('.', Names.ARTEMIS_USER_PROPERTY.length());
                writeUserProperty(name.substring(dot + 1), BodyText.of(TypeDecoder.readValue(valueAt(fields.at()))));
            } else if (!Names.ARTEMIS_SINGLE.contains(name)) {
                writeUserProperty(key, fields.at());
            }
        }
    }

    /** A name in place and a value of any type: texts are copied, scalars become texts, the rest is left out. */
    private void writeUserProperty(int name, int value) {
        int nameStart = AmqpFields.contentStart(buffer, name);
        int nameLength = TypeDecoder.skip(buffer, name, end) - nameStart;
        int format = buffer.getUnsignedByte(value);
        if (AmqpFields.isTextFormat(format)) {
            int valueStart = AmqpFields.contentStart(buffer, value);
            int valueLength = TypeDecoder.skip(buffer, value, end) - valueStart;
            if (AmqpReader.isLegal(buffer, nameStart, nameLength)
                    && AmqpReader.isLegal(buffer, valueStart, valueLength)) {
                out.writeByte(Property.USER_PROPERTY.id());
                out.writeShort(nameLength).writeBytes(buffer, nameStart, nameLength);
                out.writeShort(valueLength).writeBytes(buffer, valueStart, valueLength);
            } else {
                dropped++;
            }
            return;
        }
        Object decoded = TypeDecoder.readValue(valueAt(value));
        writeUserProperty(textAt(name), decoded == null ? "" : BodyText.of(decoded));
    }

    private void writeUserProperty(String name, @Nullable String value) {
        if (value == null) {
            return; // Binary, lists and maps have no text (second table, application-properties).
        }
        boolean legal = Utf8.check(name) != Utf8.Verdict.MALFORMED
                && Utf8.check(value) != Utf8.Verdict.MALFORMED
                && Utf8.encode(name).length <= AmqpReader.MAX_FIELD_BYTES
                && Utf8.encode(value).length <= AmqpReader.MAX_FIELD_BYTES;
        if (legal) {
            PropertyWriter.userProperty(out, name, value);
        } else {
            dropped++;
        }
    }

    private void copyField(Property property, int place, boolean isText) {
        int start = AmqpFields.contentStart(buffer, place);
        int length = TypeDecoder.skip(buffer, place, end) - start;
        if (isText ? AmqpReader.isLegal(buffer, start, length) : length <= AmqpReader.MAX_FIELD_BYTES) {
            out.writeByte(property.id()).writeShort(length).writeBytes(buffer, start, length);
        }
    }

    private String textAt(int place) {
        int start = AmqpFields.contentStart(buffer, place);
        return buffer.toString(start, TypeDecoder.skip(buffer, place, end) - start, StandardCharsets.UTF_8);
    }

    private ByteBuf valueAt(int place) {
        return buffer.slice(place, TypeDecoder.skip(buffer, place, end) - place);
    }

    private void fieldAt(int place) {
        fields.at(buffer, place, end);
    }

    private static boolean isList(int format) {
        return format == FormatCode.LIST0 || format == FormatCode.LIST8 || format == FormatCode.LIST32;
    }
}
