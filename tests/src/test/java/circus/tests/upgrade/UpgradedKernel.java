package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code papa upgrade} against a kernel of a test, and what can be seen of that kernel from outside. */
final class UpgradedKernel {
    private static final Duration LIMIT = Duration.ofSeconds(150);

    private UpgradedKernel() {}

    static Commands.Result run(Home home, Kernel kernel, String... options) {
        List<String> words = new ArrayList<>(
                List.of("upgrade", "--unix-socket", kernel.socket().toString()));
        words.addAll(List.of(options));
        return home.run(LIMIT, Installation.launcher("papa"), words.toArray(String[]::new));
    }

    /** A home whose {@code bin/papa} is a script; {@code $PAPA} is the real one. */
    static Path fake(Home home, String name, String script) {
        home.script(name + "/bin/papa", "PAPA='" + Installation.built() + "/bin/papa'\n" + script + "\n");
        return home.path(name);
    }

    static void mustHaveReplaced(Commands.Result result) {
        assertThat(result.exit()).as(result + "").isZero();
        assertThat(result.output()).containsSubsequence("proving: ", "quiet: ", "replaced: papa ");
        assertThat(result.errors()).isEmpty();
    }

    static void mustHaveChangedNothing(Commands.Result result, String why) {
        assertThat(result.exit()).as(result + "").isEqualTo(1);
        assertThat(result.errors())
                .startsWith("cannot upgrade to ")
                .contains(why)
                .contains("nothing has changed");
        assertThat(result.output()).doesNotContain("replaced");
    }

    /** The words of the kernel's program. */
    static List<String> words(Kernel kernel) {
        return List.of(read(kernel, "cmdline").split("\0"));
    }

    static String read(Kernel kernel, String file) {
        try {
            return Files.readString(Path.of("/proc", kernel.daemon().pid() + "", file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What its descriptors are, in their order; what comes and goes by itself is left out. */
    static List<String> descriptors(Kernel kernel) {
        try (Stream<Path> all = Files.list(Path.of("/proc", kernel.daemon().pid() + "", "fd"))) {
            return all.map(UpgradedKernel::target).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link)
                    .toString()
                    .replaceFirst(":\\[\\d+]$", "")
                    .replaceFirst("/task/\\d+/", "/task/");
        } catch (IOException closed) {
            return "closed just now";
        }
    }
}
