package circus.tests.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code papa upgrade}, as an operator does it. */
public final class PapaUpgrade {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private PapaUpgrade() {}

    /** As another user, by a launcher of another place. */
    public static Commands.Result as(int user, Home home, Path launcher, Path socket) {
        List<String> words = new ArrayList<>(Home.as(user));
        words.add(launcher.toString());
        return run(home, Path.of("/usr/bin/env"), words, socket);
    }

    /** To the program that the checkout has built, unless {@code more} tells of another. */
    public static Commands.Result run(Home home, Path socket, String... more) {
        return run(home, Installation.launcher("papa"), List.of(), socket, more);
    }

    private static Commands.Result run(Home home, Path program, List<String> before, Path socket, String... more) {
        List<String> words = new ArrayList<>(before);
        words.addAll(List.of("upgrade", "--unix-socket", socket.toString()));
        words.addAll(List.of(more));
        return home.run(LIMIT, program, words.toArray(String[]::new));
    }
}
