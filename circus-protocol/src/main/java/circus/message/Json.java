package circus.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON to plain values and back; the only user of Jackson. Any thread.
 *
 * <p>Reads any JSON that Python's {@code json.loads} reads: objects become maps in the order of their keys (of a repeated key the last
 * value counts), arrays lists, whole numbers {@code Long} (or {@code BigInteger} where that is too small), others {@code Double}. Nesting
 * is limited to 200 levels, so that no stack has too little room for it (Python gives up at about 1,000). Writes byte for byte what {@code json.dumps} writes.
 */
public final class Json {
    static final int MOST_LEVELS = 200;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MOST_LEVELS).build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /**
     * A value that was written before, and is to stand in another as it is.
     *
     * @param text by {@link #write}
     */
    public record Written(String text) {}

    private Json() {}

    /** Reads exactly one JSON text. */
    public static @Nullable Object read(byte[] text) throws JsonException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new JsonException("cannot read JSON: there is nothing");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new JsonException("cannot read JSON: something follows after its end");
            }
            return value;
        } catch (IOException notJson) {
            throw new JsonException("cannot read JSON: " + notJson.getMessage());
        }
    }

    /** Reads a JSON text that must be an object. */
    public static Map<String, @Nullable Object> readObject(byte[] text) throws JsonException {
        if (read(text) instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                object.put(String.valueOf(entry.getKey()), entry.getValue());
            }
            return object;
        }
        throw new JsonException("cannot read JSON: expected an object");
    }

    /** Reads a JSON text that must be an object. */
    public static Map<String, @Nullable Object> readObject(String text) throws JsonException {
        return readObject(text.getBytes(StandardCharsets.UTF_8));
    }

    /** One line, with the keys in the order of the map. */
    public static String write(@Nullable Object value) {
        return new JsonWriter(0).value(value).toString();
    }

    /** {@link #write} to be put into a larger object later. */
    public static JsonText text(@Nullable Object value) {
        return new JsonText(write(value));
    }

    /** {@link #write} in bytes. */
    public static byte[] bytes(@Nullable Object value) {
        return write(value).getBytes(StandardCharsets.US_ASCII);
    }

    /** Many lines for people: indented by 2, keys sorted. */
    public static String pretty(@Nullable Object value) {
        return new JsonWriter(2).value(value).toString();
    }

    /** An instant as all messages carry it: seconds since the epoch, with a fraction. */
    public static double seconds(Instant time) {
        int nanos = time.getNano();
        // Whole microseconds, as all of ours are, come out as they are, without digits that rounding adds.
        return nanos % 1_000 == 0
                ? (time.getEpochSecond() * 1_000_000 + nanos / 1_000) / 1e6
                : time.getEpochSecond() + nanos * 1e-9;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> wholeNumber(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("a JSON value cannot begin with " + token);
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            object.put(key, value(parser));
        }
        return object;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }

    private static Number wholeNumber(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? parser.getBigIntegerValue()
                : (Number) parser.getLongValue();
    }
}
