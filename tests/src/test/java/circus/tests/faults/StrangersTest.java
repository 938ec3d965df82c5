package circus.tests.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Footprint;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Promise 9, where nothing else is in the way: all folders and socket files let everybody in, and another user of the machine says what would
 * be carried out if it came from ourselves.
 */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class StrangersTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int STRANGER = 64_321;
    private static final int EACH_TIME = 3;
    private static final int MOST_SOCKETS = 8;

    /** Of ZMTP 3.0: greeting, READY of a DEALER or a SUB; then messages. */
    private static final String GREETING = "\u00ff" + "\0".repeat(8) + "\u007f\3\0NULL" + "\0".repeat(48);

    private static final String DEALER = GREETING + "\4\u001c\5READY\u000bSocket-Type\0\0\0\6DEALER";
    private static final String SUB = GREETING + "\4\u0019\5READY\u000bSocket-Type\0\0\0\3SUB";

    private final Home home;
    private final String script;

    StrangersTest(Home home) {
        this.home = home;
        // As a word: other users need not be able to read the file.
        script = Home.read(home.resource("faults/stranger.pl"));
    }

    @Test
    void another_user_is_turned_away_at_each_socket_and_nothing_else_happens() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can be somebody else");
        Rounds rounds = Rounds.of(Fault.STRANGERS, 2);
        try (LoadedCircus loaded = LoadedCircus.startAtUnixSockets(home)) {
            Circus circus = loaded.circus();
            Path kernel = circus.kernelSocket();
            Path endpoint = file(circus.endpoint());
            Path events = file(circus.eventEndpoint());
            letIn(List.of(kernel, endpoint, events));
            assertThat(told(List.of(), kernel, "", "hello\n")).contains("capabilities=");
            assertThat(told(List.of(), endpoint, DEALER, message(command("numwatchers"))))
                    .contains("\"numwatchers\"");
            assertThat(told(List.of(), events, SUB)).startsWith("\u00ff");
            int papa = Papa.pid(circus);
            Footprint papaBefore = Footprint.of(papa);
            Footprint managerBefore = Footprint.of(circus.manager().pid());
            List<String> stranger = Home.as(STRANGER);
            rounds.each(round -> {
                for (int i = 0; i < EACH_TIME; i++) {
                    rounds.timed(
                            () -> assertThat(told(stranger, kernel, "hello\nlist processes\nset colour red\nupgrade\n"))
                                    .startsWith("Error: cannot let uid " + STRANGER + " in: ")
                                    .hasLineCount(1));
                    rounds.timed(() -> assertThat(told(
                                    stranger,
                                    endpoint,
                                    DEALER,
                                    message(command("numwatchers")),
                                    message(command("quit"))))
                            .isEmpty());
                    rounds.timed(() -> assertThat(told(stranger, events, SUB, message("\1")))
                            .isEmpty());
                }
                loaded.workersAreTheSame();
            });
            await("nothing of them is left").atMost(SOON).untilAsserted(() -> {
                assertThat(sockets(papa, papaBefore)).isLessThan(MOST_SOCKETS);
                assertThat(sockets(circus.manager().pid(), managerBefore)).isLessThan(MOST_SOCKETS);
            });
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        rounds.passed();
    }

    private static int sockets(int pid, Footprint before) {
        return Footprint.of(pid).moreThan(before).getOrDefault("socket", 0);
    }

    private static Path file(String endpoint) {
        return Path.of(endpoint.substring("ipc://".length()));
    }

    private void letIn(List<Path> sockets) throws IOException {
        Files.setPosixFilePermissions(home.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
        for (Path socket : sockets) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
    }

    private static String command(String word) {
        return "{\"id\": \"" + word + "\", \"command\": \"" + word + "\", \"properties\": {}}";
    }

    private static String message(String body) {
        return "\0" + (char) body.length() + body;
    }

    /** What somebody is told who says this, one after the other. */
    private String told(List<String> below, Path socket, String... texts) {
        List<String> words = new ArrayList<>(below);
        words.addAll(List.of("perl", "-e", script, socket.toString()));
        for (String text : texts) {
            words.add(HexFormat.of().formatHex(text.getBytes(ISO_8859_1)));
        }
        String told =
                Commands.run(SOON, words.toArray(String[]::new)).mustSucceed().text();
        return new String(HexFormat.of().parseHex(told), ISO_8859_1);
    }
}
