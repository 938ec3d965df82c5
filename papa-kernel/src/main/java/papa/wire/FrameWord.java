package papa.wire;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The first word of every line that a kernel sends in a framed session: one declaration for both ends. */
enum FrameWord {
    OK,
    ERROR,
    PROCESS,
    OUT,
    ERR,
    GAP,
    EXIT,
    END,
    GONE,
    KNOCK,
    COPIES;

    private static final Map<String, FrameWord> BY_WORD =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(FrameWord::word, each -> each));

    private final String word = name().toLowerCase(Locale.ROOT);

    String word() {
        return word;
    }

    static @Nullable FrameWord find(String word) {
        return BY_WORD.get(word);
    }
}
