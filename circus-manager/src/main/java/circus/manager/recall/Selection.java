package circus.manager.recall;

import circus.manager.config.Glob;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whose output is meant: watchers by their names, workers as {@code web.1}, patterns for either, pids. Letters are compared in lower case.
 *
 * @param words none for everybody
 */
public record Selection(List<String> words) {
    public Selection {
        words = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
    }

    boolean has(Speaker speaker) {
        return words.isEmpty() || words.stream().anyMatch(word -> means(word, speaker));
    }

    /** Whether all of these watchers are meant, with all of their workers. */
    boolean meansAll(Collection<String> watchers) {
        return words.isEmpty()
                || watchers.stream().allMatch(watcher -> words.stream().anyMatch(word -> fits(word, watcher)));
    }

    /** Whether some of this watcher may be meant. */
    boolean mayMean(String watcher) {
        return words.isEmpty()
                || words.stream()
                        .anyMatch(word -> fits(word, watcher)
                                || word.startsWith(watcher + ".")
                                || word.matches("[0-9]+|.*[*?\\[].*"));
    }

    private static boolean means(String word, Speaker speaker) {
        return word.equals(Integer.toString(speaker.pid()))
                || fits(word, speaker.watcher())
                || fits(word, speaker.name());
    }

    private static boolean fits(String word, String name) {
        return word.equals(name) || Glob.matches(word, name);
    }

    /** The first word by which nobody is meant. */
    Optional<String> vain(Collection<String> watchers, Collection<Speaker> speakers) {
        return words.stream()
                .filter(word -> watchers.stream().noneMatch(name -> fits(word, name.toLowerCase(Locale.ROOT)))
                        && speakers.stream().noneMatch(speaker -> means(word, speaker)))
                .findFirst();
    }
}
