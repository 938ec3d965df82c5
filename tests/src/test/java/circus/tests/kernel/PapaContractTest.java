package circus.tests.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import circus.tests.harness.Transcript;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What Python papa 1.0.6 did, ours does: sessions recorded from it, replayed whole. Where ours differs on purpose:
 *
 * <ul>
 *   <li>{@code list _} is answered as any wrong word; there it shows an error of Python's;
 *   <li>{@code make socket interface=} works; there it names a module that Python no longer has;
 *   <li>{@code stdout=} knows 0 and 1; there any other word is taken for 1, and still counts as a difference;
 *   <li>descriptors have numbers from 64 on; output comes at once, and so in more batches than a poll would make;
 *   <li>a closed channel does not end the other one, two watchers get the same, and one that vanished is let go
 *       (faults.txt).
 * </ul>
 */
@ExtendWith(HomeExtension.class)
class PapaContractTest {
    private final Home home;

    PapaContractTest(Home home) {
        this.home = home;
    }

    @Test
    void values_and_errors_are_those_of_papa_and_an_idle_kernel_ends_when_asked() {
        Kernel kernel = home.kernel();

        Transcript.named("values").replay(kernel, home.directory());

        assertThat(kernel.daemon().awaitExit(Duration.ofSeconds(5))).isZero();
        home.mustBeEmpty();
    }

    @Test
    void sockets_are_made_listed_and_removed_as_in_papa() {
        Transcript.named("sockets").replay(home.kernel(), home.directory());

        assertThat(home.path("c.sock")).doesNotExist();
        assertThat(home.path("u.sock")).doesNotExist();
    }

    @Test
    void processes_are_made_and_watched_as_in_papa() {
        home.script("w3.sh", "echo one\nsleep .3\necho err1 >&2\nsleep .3\nprintf 'no newline'\nsleep .3\nexit 3\n");

        Transcript.named("processes").replay(home.kernel(), home.directory());
    }

    @Test
    void what_goes_wrong_in_papa_goes_well() {
        Transcript.named("faults").replay(home.kernel(), home.directory());
    }

    /** The client's own words, and what Python papa answered; papa_client_trial.py wrote them down. */
    @Test
    void the_python_client_is_answered_as_python_papa_answers_it() {
        Kernel kernel = home.kernel();

        Transcript.named("client").replay(kernel, home.directory());

        assertThat(kernel.daemon().awaitExit(Duration.ofSeconds(5))).isZero();
        home.mustBeEmpty();
    }

    @Test
    void an_ipv6_socket_is_made_where_the_machine_has_ipv6() {
        boolean available = canBind("::1");
        try (PapaSession session = home.kernel().session()) {
            String reply = session.ask("make socket six family=inet6");

            assertThat(reply)
                    .matches(
                            available
                                    ? "six family=inet6 type=stream backlog=5 host=::1 port=\\d+ fileno=\\d+"
                                    : "Error: .*");
        }
    }

    @Test
    void help_names_every_word_and_explains_each() {
        try (PapaSession session = home.kernel().session()) {
            String help = session.ask("help");

            for (String word :
                    new String[] {"list", "make", "remove", "watch", "set", "get", "quit", "exit-if-idle", "hello"}) {
                assertThat(help).as("help").contains(word);
                assertThat(session.ask("help " + word))
                        .as("help %s", word)
                        .contains(word)
                        .doesNotContain("Unknown command");
            }
            assertThat(session.ask("h m p")).contains("make").contains("process");
        }
    }

    @Test
    void a_kernel_that_holds_something_does_not_end_when_asked() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("set kept 1");
            assertThat(session.ask("exit-if-idle")).isEqualTo("not idle");
            session.ask("set kept");
            assertThat(session.ask("make process nap /bin/sleep 60")).startsWith("nap pid=");
            assertThat(session.ask("exit-if-idle")).isEqualTo("not idle");
        }
        assertThat(kernel.daemon().isAlive()).isTrue();
    }

    @Test
    void a_client_that_vanished_while_it_watched_loses_nothing() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("make process once /bin/echo hello");
            await("it has ended").until(() -> session.ask("list processes once").contains("running=False"));
            session.send("watch processes once\n");
            session.readUntil(text -> text.contains("closed:once") && text.endsWith("] "));
        }

        try (PapaSession session = kernel.session()) {
            session.send("watch processes once\n");
            String again = session.readUntil(text -> text.contains("closed:once") && text.endsWith("] "));

            assertThat(again).contains(":6\nhello\n").contains("closed:once:");
            session.send("\n");
            assertThat(session.readUntil(text -> text.endsWith("> "))).isEqualTo("Nothing left to watch\n> ");
            assertThat(session.ask("list processes")).isEmpty();
        }
    }

    @Test
    void hello_lets_any_bytes_through_in_quotes() {
        try (PapaSession session = home.kernel().session()) {
            String greeting = session.ask("hello");
            assertThat(greeting)
                    .startsWith("papa 0.2.0 wire=1 instance=")
                    .contains("quoted")
                    .contains("lease");

            session.ask("set odd \"a  b\\n\\x00\\\"" + latin("é") + "\"");

            assertThat(session.ask("get odd")).isEqualTo("a  b\n\0\"" + latin("é"));
            assertThat(session.ask("list values odd")).startsWith("odd \"a  b\\n\\x00\\\"");
        }
    }

    private static String latin(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    private static boolean canBind(String host) {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return probe.isBound();
        } catch (IOException none) {
            return false;
        }
    }
}
