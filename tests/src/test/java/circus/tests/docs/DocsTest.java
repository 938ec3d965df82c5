package circus.tests.docs;

import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs what the pages show, in an unpacked release, as a reader would who types it line by line. */
@ExtendWith(HomeExtension.class)
class DocsTest {
    /** How long a reader waits before typing on, when what came is not yet what the page shows. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The projects of examples/java, each with a page of its own. */
    private static final List<String> EXAMPLES = List.of("embed", "client", "hook", "stream", "plugin", "command");

    static Stream<String> pages() throws IOException {
        Path top = Installation.checkout();
        try (Stream<Path> docs = Files.list(top.resolve("docs"))) {
            Stream<Path> examples = EXAMPLES.stream().map(name -> top.resolve("examples/java/" + name + "/README.md"));
            List<Path> found = Stream.of(Stream.of(top.resolve("README.md")), docs, examples)
                    .flatMap(each -> each)
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
        List<Path> files = Stream.concat(
                        Stream.of(
                                "examples/web.ini",
                                "examples/hooks.ini",
                                "examples/logs.ini",
                                "examples/plugins.ini",
                                "examples/python.ini"),
                        EXAMPLES.stream().map(name -> "examples/java/" + name + "/circus.ini"))
                .map(release::resolve)
                .filter(Files::exists)
                .toList();
        for (Path example : files) {
            String text = Home.read(example);
            for (Map.Entry<String, String> port : ports.entrySet()) {
                text = text.replace(port.getKey(), port.getValue());
            }
            home.write(home.directory().relativize(example).toString(), text);
            home.remember(example);
        }
        home.write(".curlrc", "silent\nshow-error\n"); // A progress meter is for terminals.
        Map<String, String> environment = Map.of(
                "CURL_HOME",
                home.directory().toString(),
                Installation.MARK,
                home.directory().toString(),
                "CIRCUSCTL_ENDPOINT",
                "tcp://127.0.0.1:" + ports.get("5555"),
                "JAVA_HOME",
                System.getProperty("java.home"));
        Sample sample = new Sample(ports);

        StringBuilder session = new StringBuilder();
        try (Terminal terminal = new Terminal(release, environment)) {
            for (Page.Step step :
                    Page.read(Installation.checkout().resolve(page)).steps()) {
                run(step, terminal, sample, session);
            }
        } catch (ConditionTimeoutException different) {
            throw new AssertionError(page + " shows something else than\n" + session, different);
        }

        made(release).forEach(home::remember);
        home.mustBeEmpty();
    }

    /** Configurations that the page has had its reader write. */
    private static List<Path> made(Path release) {
        try (Stream<Path> files = Files.list(release)) {
            return files.filter(file -> file.toString().endsWith(".ini")).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Types a command; again, until what comes is what the page shows. */
    private static void run(Page.Step step, Terminal terminal, Sample sample, StringBuilder session) {
        String command = sample.fill(step.command());
        List<String> first = type(command, terminal, session);
        if (step.output().isEmpty() || sample.matches(step.output(), first)) {
            return;
        }
        int before = session.length();
        await("line " + step.line()).atMost(PATIENCE).until(() -> {
            session.setLength(before);
            return sample.matches(step.output(), type(command, terminal, session));
        });
    }

    private static List<String> type(String command, Terminal terminal, StringBuilder session) {
        List<String> came = terminal.run(command);
        session.append("$ ").append(command).append('\n');
        came.forEach(line -> session.append(line).append('\n'));
        return came;
    }
}
