package circus.options;

import java.util.Locale;
import java.util.Optional;

/** How a line of the audit is written. */
public enum AuditFormat {
    /** {@code key=value} words, for people and grep. */
    TEXT,
    /** One JSON object to a line, for programs. */
    JSON;

    /** As the option is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its word, in any case. */
    static Optional<AuditFormat> find(String word) {
        for (AuditFormat format : values()) {
            if (format.name().equalsIgnoreCase(word)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }
}
