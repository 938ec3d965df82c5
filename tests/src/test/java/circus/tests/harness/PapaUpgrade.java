package circus.tests.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code papa upgrade}, as an operator does it. */
public final class PapaUpgrade {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private PapaUpgrade() {}

    /** To the program that the checkout has built, unless {@code more} tells of another. */
    public static Commands.Result run(Home home, Path socket, String... more) {
        List<String> words = new ArrayList<>(List.of("upgrade", "--unix-socket", socket.toString()));
        words.addAll(List.of(more));
        return home.run(LIMIT, Installation.launcher("papa"), words.toArray(String[]::new));
    }
}
