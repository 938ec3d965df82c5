package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code so_reuseport}: workers with sockets of their own at one port, whatever happens to them and to circusd. */
@ExtendWith(HomeExtension.class)
class SlotSocketsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Tells everybody who connects its pid and the number of its socket; on SIGTERM it answers whom it has accepted, and ends. */
    private static final String WORKER = """
            exec /usr/bin/perl -e '$SIG{TERM} = sub { $end = 1 };
                open(my $s, "+<&=", $ARGV[0]) or die "no socket $ARGV[0]: $!";
                while (!$end) { accept(my $c, $s) or next; syswrite($c, "$$ $ARGV[0]\\n"); close $c }' "$@"
            """;

    private final Home home;

    SlotSocketsTest(Home home) {
        this.home = home;
    }

    private Circus circus(int port, String more) {
        return home.circus("slots", "", """
                [socket:Web]
                host = 127.0.0.1
                port = %d
                so_reuseport = true
                blocking = true
                [watcher:App]
                cmd = %s
                args = $(circus.sockets.WEB)
                use_sockets = true
                numprocesses = 2
                graceful_timeout = 2
                %s
                """.formatted(port, home.script("worker", WORKER), more));
    }

    /** The kernel's sockets that listen, by name without the arbiter's: the port of each. */
    private static Map<String, Integer> held(Circus circus) {
        Map<String, Integer> held = new TreeMap<>();
        Matcher line = Pattern.compile("(?m)^(?:> )?circus\\.[^.]+\\.(\\S+) .* port=(\\d+) .*$")
                .matcher(circus.askKernel("list sockets"));
        while (line.find()) {
            held.put(line.group(1), Integer.parseInt(line.group(2)));
        }
        return held;
    }

    private static int port(Circus circus) {
        return held(circus).getOrDefault("web", 0);
    }

    private static String ask(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return answer(socket);
        }
    }

    private static String answer(Socket socket) throws IOException {
        socket.setSoTimeout((int) LIMIT.toMillis());
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /** Asks until so many have answered: who (pid) has which socket (number). */
    private static Map<String, String> answers(int port, int count) throws IOException {
        Map<String, String> answers = new TreeMap<>();
        for (int asked = 0; answers.size() < count && asked < 3000; asked++) {
            String[] words = ask(port).split(" ");
            answers.put(words[0], words[1]);
        }
        return answers;
    }

    private static Set<String> texts(List<Integer> pids) {
        Set<String> texts = new HashSet<>();
        pids.forEach(pid -> texts.add(pid.toString()));
        return texts;
    }

    private static void signal(String name, int pid) {
        Commands.run(Duration.ofSeconds(5), "kill", "-" + name, Integer.toString(pid))
                .mustSucceed();
    }

    @Test
    void each_worker_has_a_socket_of_its_own_at_a_port_that_is_chosen_once() throws IOException {
        Circus circus = circus(0, "");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("App", 2);
        int port = port(circus);

        Map<String, String> answers = answers(port, 2);
        assertThat(answers.keySet()).isEqualTo(texts(pids));
        assertThat(new HashSet<>(answers.values())).hasSize(2);
        assertThat(held(circus)).isEqualTo(Map.of("web", port, "web.SLOT.app.1", port, "web.SLOT.app.2", port));

        circus.tell("decr", "App", "--waiting");
        assertThat(held(circus)).hasSize(2);
        assertThat(answers(port, 1).keySet()).isEqualTo(texts(circus.awaitWorkers("App", 1)));
        circus.tell("stop", "App", "--waiting");
        assertThat(held(circus)).isEqualTo(Map.of("web", port));
        circus.tell("start", "App", "--waiting");
        assertThat(answers(port, 1).keySet()).isEqualTo(texts(circus.awaitWorkers("App", 1)));
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void what_waits_for_a_worker_that_is_killed_is_answered_by_the_one_in_its_place() throws IOException {
        Circus circus = circus(0, "");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("App", 2);
        int port = port(circus);
        for (int pid : pids) {
            signal("STOP", pid);
            await("it accepts nobody any more")
                    .atMost(LIMIT)
                    .until(() -> Home.read(Path.of("/proc/" + pid + "/status")).contains("State:\tT"));
        }
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            waiting.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }

        signal("KILL", pids.get(0));
        signal("CONT", pids.get(1));

        Set<String> answered = new HashSet<>();
        for (Socket each : waiting) {
            answered.add(answer(each).split(" ")[0]);
            each.close();
        }
        assertThat(answered).isEqualTo(texts(circus.awaitWorkers("App", 2)));
    }

    @Test
    void a_reload_loses_no_connection() throws Exception {
        Circus circus = circus(0, "");
        circus.start();
        List<Integer> before = circus.awaitWorkers("App", 2);
        int port = port(circus);
        List<String> lost = new ArrayList<>();
        Thread asking = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    ask(port);
                } catch (IOException failure) {
                    lost.add(failure.toString());
                }
            }
        });
        asking.start();

        circus.tell("reload", "App", "--waiting");
        circus.tell("reload", "App", "--waiting");

        asking.interrupt();
        asking.join();
        assertThat(lost).isEmpty();
        assertThat(circus.awaitWorkers("App", 2)).doesNotContainAnyElementsOf(before);
        assertThat(held(circus)).hasSize(3);
        assertThat(answers(port, 2)).hasSize(2);
    }

    @Test
    void the_next_manager_goes_on_with_them() throws IOException {
        Circus circus = circus(0, "");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("App", 2);
        int port = port(circus);
        Map<String, String> before = answers(port, 2);
        Map<String, Integer> held = held(circus);
        circus.manager().kill9();

        signal("KILL", pids.get(1));
        circus.start();

        List<Integer> after = circus.awaitWorkers("App", 2);
        await("one is replaced").atMost(LIMIT).until(() -> !circus.pids("App").contains(pids.get(1)));
        assertThat(after).contains(pids.get(0));
        assertThat(held(circus)).isEqualTo(held);
        assertThat(answers(port, 2).values()).containsExactlyInAnyOrderElementsOf(before.values());
        assertThat(circus.manager().errors()).doesNotContain("another configuration");
    }

    @Test
    void a_port_that_is_taken_keeps_circusd_from_starting() throws IOException {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Circus circus = circus(taken.getLocalPort(), "");
            assertThat(circus.launch().awaitExit(LIMIT)).isEqualTo(1);
            assertThat(circus.manager().errors())
                    .contains("cannot open socket web at 127.0.0.1:" + taken.getLocalPort() + ": ")
                    .contains("EADDRINUSE");
        }
        home.mustBeEmpty();
    }

    @Test
    void use_papa_leaves_the_workers_their_sockets() throws IOException {
        Circus circus = circus(0, "use_papa = true");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("App", 2);
        int port = port(circus);
        Map<String, Integer> held = held(circus);
        circus.tell("quit");
        circus.manager().awaitExit(LIMIT);

        assertThat(held(circus)).isEqualTo(held);
        assertThat(answers(port, 2).keySet()).isEqualTo(texts(pids));
        circus.start();
        assertThat(circus.awaitWorkers("App", 2)).isEqualTo(pids);
        circus.terminate();
        home.mustBeEmpty();
    }
}
