package circus.manager.config;

import circus.message.Json;
import circus.message.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A JSON object of a file with recorded behaviour, and what tests ask of it. */
record Vector(Map<String, ?> fields) {
    /** The {@code vectors} of a resource beside this class. */
    static Stream<Vector> all(String resource) {
        try (InputStream in = Objects.requireNonNull(Vector.class.getResourceAsStream(resource), resource)) {
            return new Vector(Json.readObject(in.readAllBytes())).objects("vectors").stream();
        } catch (IOException | JsonException e) {
            throw new AssertionError(e);
        }
    }

    int id() {
        return ((Long) value("id")).intValue();
    }

    boolean has(String key) {
        return fields.containsKey(key);
    }

    Object value(String key) {
        return Objects.requireNonNull(fields.get(key), key);
    }

    String text(String key) {
        return (String) value(key);
    }

    /** An object; empty when there is none. */
    Map<String, Object> object(String key) {
        return has(key) ? map(value(key)) : new LinkedHashMap<>();
    }

    /** An object whose values are texts; empty when there is none. */
    Map<String, String> texts(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        object(key).forEach((name, value) -> texts.put(name, (String) value));
        return texts;
    }

    /** A list of texts. */
    List<String> list(String key) {
        return ((List<?>) value(key)).stream().map(String.class::cast).toList();
    }

    /** A list of objects. */
    List<Vector> objects(String key) {
        return ((List<?>) value(key))
                .stream().map(each -> new Vector(map(each))).toList();
    }

    private static Map<String, Object> map(Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((key, each) -> map.put((String) key, each));
        return map;
    }
}
