package circus.manager.config;

import circus.options.Option;
import circus.options.OptionFamily;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the option that somebody probably meant. Pure functions; any thread. */
final class Misspelling {
    /** More changes than this make another word. */
    private static final int MOST = 2;

    private static final List<String> SECTIONS =
            List.of("circus", "env", "DEFAULT", "watcher:", "socket:", "plugin:", "env:");

    private Misspelling() {}

    /** The nearest of the known keys, when it is near enough. */
    static Optional<String> of(String key, Collection<Option<?>> options, List<OptionFamily> families) {
        Optional<String> known = nearest(key, options.stream().map(Option::key).toList());
        if (known.isPresent()) {
            return known;
        }
        for (OptionFamily family : families) {
            int end = key.indexOf(family.prefix().charAt(family.prefix().length() - 1));
            if (end > 0 && isNear(key.substring(0, end + 1), family.prefix())) {
                return Optional.of(family.prefix() + key.substring(end + 1));
            }
        }
        return Optional.empty();
    }

    /** The nearest of some words, when it is near enough. */
    static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(each -> isNear(word, each))
                .min(Comparator.comparingInt(each -> distance(word, each)));
    }

    /** The section that was probably meant: its kind in another spelling, and the same name. */
    static Optional<String> ofSection(String title) {
        int end = title.indexOf(':');
        String kind = end < 0 ? title : title.substring(0, end);
        return SECTIONS.stream()
                .filter(known -> known.endsWith(":") == (end >= 0))
                .map(known -> known.replace(":", ""))
                .filter(known -> isNear(kind, known))
                .min(Comparator.comparingInt(known -> distance(kind, known)))
                .map(known -> "[" + known + title.substring(kind.length()) + "]");
    }

    /** A short word allows fewer changes, since any two short words are alike. */
    private static boolean isNear(String key, String known) {
        return distance(key, known) <= Math.min(MOST, known.length() / 3);
    }

    /** How many characters must be added, removed, replaced or swapped with their neighbour; case and blanks at the edges do not count. */
    static int distance(String one, String other) {
        String a = one.strip().toLowerCase(Locale.ROOT);
        String b = other.strip().toLowerCase(Locale.ROOT);
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
