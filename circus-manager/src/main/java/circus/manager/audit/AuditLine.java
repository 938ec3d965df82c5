package circus.manager.audit;

import circus.message.Json;
import circus.options.AuditFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit, without its end. Whatever a client has sent is in it as JSON has it, in ASCII without control characters, so that
 * nobody can make it look like two lines, or like other words. Pure functions.
 */
final class AuditLine {
    /** No line is longer, in bytes. */
    static final int MOST_BYTES = 8 * 1024;

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:/@+-]{1,200}");

    private AuditLine() {}

    static String of(Map<String, @Nullable Object> fields, AuditFormat format) {
        String line = format == AuditFormat.JSON ? Json.write(fields) : text(fields);
        // Does not happen, since all that comes from outside was shortened before; but the bound is to hold whatever is
        // told here.
        return line.length() <= MOST_BYTES ? line : line.substring(0, MOST_BYTES);
    }

    /** {@code job=17 uid=1000 pid=- from=127.0.0.1:40312 command=rm properties={"name": "web"} result=ok}. */
    private static String text(Map<String, @Nullable Object> fields) {
        StringBuilder line = new StringBuilder();
        fields.forEach((name, value) -> {
            if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append(name).append('=').append(word(value));
        });
        return line.toString();
    }

    private static String word(@Nullable Object value) {
        if (value == null) {
            return "-";
        }
        boolean plain = value instanceof String text && PLAIN.matcher(text).matches() && !text.equals("-");
        return plain ? (String) value : Json.write(value);
    }
}
