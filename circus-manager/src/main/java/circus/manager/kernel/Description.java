package circus.manager.kernel;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import papa.client.PapaException;
import papa.wire.Words;
import papa.wire.WordsException;

/** One line in which the kernel describes something: a name, then {@code key=value} words. Unknown keys are kept. */
record Description(String name, Map<String, String> fields) {
    private static final String ANNOTATION = "annotate.";

    static List<Description> parseAll(String text) throws PapaException {
        List<Description> all = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (!line.isBlank()) {
                all.add(parse(line));
            }
        }
        return all;
    }

    static Description parse(String line) throws PapaException {
        List<String> words = split(line.strip());
        if (words.isEmpty()) {
            throw new PapaException("cannot understand the kernel: an empty line describes nothing");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                fields.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return new Description(words.get(0), fields);
    }

    /** The words of a line, as ordinary text. */
    static List<String> split(String line) throws PapaException {
        try {
            return Words.splitQuoted(Words.utf8(line)).stream().map(Words::text).toList();
        } catch (WordsException e) {
            throw new PapaException("cannot understand the kernel's line \"" + line + "\": " + e.getMessage(), e);
        }
    }

    Optional<String> find(String key) {
        return Optional.ofNullable(fields.get(key));
    }

    long number(String key) throws PapaException {
        String value = fields.get(key);
        if (value == null) {
            throw new PapaException("cannot understand the kernel: " + key + " of " + name + " is missing");
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new PapaException(
                    "cannot understand the kernel: " + key + " of " + name + " is no number but " + value, e);
        }
    }

    Instant time(String key) throws PapaException {
        return instant(number(key));
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    Map<String, String> annotations() {
        Map<String, String> annotations = new LinkedHashMap<>();
        fields.forEach((key, value) -> {
            if (key.startsWith(ANNOTATION)) {
                annotations.put(key.substring(ANNOTATION.length()), value);
            }
        });
        return annotations;
    }
}
