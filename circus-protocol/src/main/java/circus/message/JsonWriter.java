package circus.message;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON exactly as Python's {@code json.dumps} does: ASCII only, and blanks after {@code :} and {@code ,}; or, with an indent, as
 * {@code json.dumps(…, indent=2, sort_keys=True)}. One use, one thread.
 */
final class JsonWriter {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder out = new StringBuilder(256);
    private final int indent;

    /** @param indent blanks for each level, with sorted keys; 0 for one line in the given order */
    JsonWriter(int indent) {
        this.indent = indent;
    }

    JsonWriter value(@Nullable Object value) {
        value(value, 0);
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Double || value instanceof Float) {
            number(((Number) value).doubleValue());
        } else if (value instanceof Number || value instanceof JsonText) {
            out.append(value);
        } else if (value instanceof Json.Written written) {
            out.append(written.text());
        } else if (value instanceof Map<?, ?> map) {
            object(map, depth);
        } else if (value instanceof Iterable<?> list) {
            array(list, depth);
        } else {
            throw new IllegalArgumentException(
                    "cannot write a " + value.getClass().getName() + " as JSON");
        }
    }

    private void object(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : indent > 0 ? new TreeMap<>(map).entrySet() : map.entrySet()) {
            between(first, depth + 1);
            string(String.valueOf(entry.getKey()));
            out.append(": ");
            value(entry.getValue(), depth + 1);
            first = false;
        }
        end(depth, '}');
    }

    private void array(Iterable<?> list, int depth) {
        Iterator<?> items = list.iterator();
        if (!items.hasNext()) {
            out.append("[]");
            return;
        }
        out.append('[');
        boolean first = true;
        while (items.hasNext()) {
            between(first, depth + 1);
            value(items.next(), depth + 1);
            first = false;
        }
        end(depth, ']');
    }

    private void between(boolean first, int depth) {
        if (!first) {
            out.append(',');
        }
        if (indent > 0) {
            newLine(depth);
        } else if (!first) {
            out.append(' ');
        }
    }

    private void end(int depth, char bracket) {
        if (indent > 0) {
            newLine(depth);
        }
        out.append(bracket);
    }

    private void newLine(int depth) {
        out.append('\n').append(" ".repeat(depth * indent));
    }

    private void number(double value) {
        if (Double.isNaN(value)) {
            out.append("NaN");
        } else if (Double.isInfinite(value)) {
            out.append(value > 0 ? "Infinity" : "-Infinity");
        } else {
            out.append(PythonText.number(value));
        }
    }

    private void string(String text) {
        if (isPlain(text)) {
            out.append('"').append(text).append('"');
            return;
        }
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        out.append(c);
                    } else {
                        unicode(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** Whether each of its characters stands for itself: then they go at once, and not one by one. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private void unicode(char c) {
        out.append("\\u")
                .append(HEX[c >> 12])
                .append(HEX[c >> 8 & 15])
                .append(HEX[c >> 4 & 15])
                .append(HEX[c & 15]);
    }
}
