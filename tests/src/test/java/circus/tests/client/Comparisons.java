package circus.tests.client;

import java.util.List;

/** The files of {@code resources/comparison}. */
public final class Comparisons {
    public static final List<String> NAMES = List.of(
            "reading",
            "running",
            "numbers",
            "setting",
            "adding",
            "signalling",
            "reloading",
            "malformed",
            "conflicts",
            "tools");

    private Comparisons() {}
}
