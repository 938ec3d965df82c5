package circus.options;

import java.util.List;

/** What a watcher appends to its command: text that is split as a shell would, a list that is taken as it is, or nothing. */
public sealed interface Arguments {
    /** Split into words when a process is started. */
    record Text(String text) implements Arguments {}

    /** Each element is one word. */
    record Words(List<String> words) implements Arguments {
        public Words {
            words = List.copyOf(words);
        }
    }

    /** Nothing was given; JSON's null. */
    record None() implements Arguments {}
}
