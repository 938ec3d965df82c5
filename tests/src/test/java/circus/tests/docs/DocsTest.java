package circus.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs what the pages show, in an unpacked release, as a reader would who types it line by line. */
@ExtendWith(HomeExtension.class)
class DocsTest {
    /** How long a reader waits before typing on, when what came is not yet what the page shows. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static Stream<String> pages() throws IOException {
        Path top = Installation.checkout();
        try (Stream<Path> docs = Files.list(top.resolve("docs"))) {
            List<Path> found = Stream.concat(Stream.of(top.resolve("README.md")), docs)
                    .filter(page -> page.toString().endsWith(".md"))
                    .filter(page -> !Page.read(page).steps().isEmpty())
                    .sorted()
                    .toList();
            return found.stream().map(page -> top.relativize(page).toString());
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void what_the_page_shows_is_what_happens(String page, Home home) {
        Path release = home.release();
        Map<String, String> ports = Map.of(
                "9999", Integer.toString(Home.freePort()),
                "5555", Integer.toString(Home.freePort()),
                "5556", Integer.toString(Home.freePort()));
        Path example = release.resolve("examples/web.ini");
        String text = Home.read(example);
        for (Map.Entry<String, String> port : ports.entrySet()) {
            text = text.replace(port.getKey(), port.getValue());
        }
        home.write(home.directory().relativize(example).toString(), text);
        home.remember(example);
        Map<String, String> environment = Map.of(
                Installation.MARK,
                home.directory().toString(),
                "CIRCUSCTL_ENDPOINT",
                "tcp://127.0.0.1:" + ports.get("5555"),
                "JAVA_HOME",
                System.getProperty("java.home"));
        Sample sample = new Sample(ports);

        try (Terminal terminal = new Terminal(release, environment)) {
            for (Page.Step step :
                    Page.read(Installation.checkout().resolve(page)).steps()) {
                run(page, step, terminal, sample);
            }
        }

        home.mustBeEmpty();
    }

    private static void run(String page, Page.Step step, Terminal terminal, Sample sample) {
        String command = sample.fill(step.command());
        List<List<String>> came = new java.util.ArrayList<>();
        came.add(terminal.run(command));
        if (step.output().isEmpty()) {
            return;
        }
        await(page + ":" + step.line() + ": " + command).atMost(PATIENCE).untilAsserted(() -> {
            List<String> last = came.get(came.size() - 1);
            if (!sample.matches(step.output(), last)) {
                came.add(terminal.run(command));
                assertThat(last).isEqualTo(step.output());
            }
        });
    }
}
