package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.PapaUpgrade;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Watchers that the first connection starts. */
@ExtendWith(HomeExtension.class)
class OnDemandTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Serves connections to the socket of the number that is its first word, each by its pid; ends when one says so. */
    private static final String SERVER = """
            import os, socket, sys
            listening = socket.socket(fileno=int(sys.argv[1]))
            listening.setblocking(True)
            while True:
                connection, _ = listening.accept()
                connection.sendall(b"%d\\n" % os.getpid())
                if connection.recv(10).startswith(b"end"):
                    os._exit(0)
                connection.close()
            """;

    private final Home home;
    private final int port = Home.freePort();
    private final Circus circus;

    OnDemandTest(Home home) {
        this.home = home;
        home.write("server.py", SERVER);
        circus = home.circus("demand", "", """
                [socket:web]
                host = 127.0.0.1
                port = %d
                [watcher:plain]
                priority = 10
                cmd = sleep 1000
                [watcher:stopped]
                cmd = sleep 1000
                [watcher:web]
                on_demand = true
                numprocesses = 2
                use_sockets = true
                copy_env = true
                cmd = python3 %s $(circus.sockets.web)
                """.formatted(port, home.path("server.py")));
    }

    /** The pid of who serves a connection, which says what it wants to. */
    private int visit(String word) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
            socket.setSoTimeout(15_000);
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            int pid = Integer.parseInt(reader.readLine());
            socket.getOutputStream().write((word + "\n").getBytes(StandardCharsets.US_ASCII));
            return pid;
        } catch (IOException refused) {
            throw new AssertionError(refused);
        }
    }

    private void endAll() {
        for (int pid : circus.pids("web")) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        await("stopped").atMost(LIMIT).until(() -> circus.tell("status", "web").equals("stopped"));
    }

    @Test
    void the_first_connection_is_served_by_a_process_that_it_has_started_and_so_is_the_first_after_their_end() {
        circus.start();
        assertThat(circus.tell("stop", "stopped")).isEqualTo("ok");
        assertThat(circus.tell("start", "web")).isEqualTo("ok");
        assertThat(circus.tell("status", "web")).isEqualTo("stopped");
        assertThat(circus.pids("web")).isEmpty();

        int first = visit("bye");

        List<Integer> pids = circus.awaitWorkers("web", 2);
        assertThat(pids).contains(first);
        assertThat(circus.tell("status", "web")).isEqualTo("active");
        assertThat(circus.tell("status", "stopped")).isEqualTo("stopped");
        visit("end");
        visit("end");
        await("stopped").atMost(LIMIT).until(() -> circus.tell("status", "web").equals("stopped"));
        assertThat(circus.manager().errors()).doesNotContain("web stopped");

        int again = visit("bye");

        assertThat(pids).doesNotContain(again);
        assertThat(circus.awaitWorkers("web", 2)).contains(again);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void it_takes_no_round_of_check_delay() {
        circus.start();
        List<Long> millis = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            long before = System.nanoTime();
            visit("bye");
            millis.add((System.nanoTime() - before) / 1_000_000);
            circus.awaitWorkers("web", 2);
            endAll();
        }
        assertThat(millis).allMatch(each -> each < 4_000);
    }

    @Test
    void who_was_stopped_is_not_started_by_connections_and_serves_them_after_a_start() throws IOException {
        circus.start();
        circus.tell("stop", "--waiting", "web");
        try (Socket waiting = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(waiting.isConnected()).isTrue();
            assertThat(circus.tell("status", "web")).isEqualTo("stopped");
            assertThat(circus.pids("web")).isEmpty();

            circus.tell("start", "web");

            waiting.setSoTimeout(15_000);
            assertThat(waiting.getInputStream().read()).isPositive();
        }
    }

    @Test
    void a_killed_circusd_forgets_neither_that_it_was_armed_nor_what_it_had_started() throws IOException {
        circus.start();
        circus.manager().kill9();
        try (Socket waiting = new Socket(InetAddress.getLoopbackAddress(), port)) {
            circus.start();
            waiting.setSoTimeout(15_000);
            assertThat(waiting.getInputStream().read()).isPositive();
        }
        List<Integer> pids = circus.awaitWorkers("web", 2);

        circus.manager().kill9();
        circus.start();

        assertThat(circus.pids("web")).isEqualTo(pids);
        assertThat(circus.tell("status", "web")).isEqualTo("active");
        endAll();
        assertThat(pids).doesNotContain(visit("bye"));
    }

    @Test
    void what_was_stopped_stays_so_over_the_end_of_circusd() {
        circus.start();
        circus.tell("stop", "--waiting", "web");
        circus.manager().kill9();
        circus.start();
        assertThat(circus.manager().errors()).doesNotContain("web waits for a connection");
        assertThat(circus.tell("start", "web")).isEqualTo("ok");
        visit("bye");
        circus.awaitWorkers("web", 2);
    }

    @Test
    void another_papa_in_place_of_the_first_goes_on_to_tell() {
        circus.start();
        PapaUpgrade.run(home, circus.kernelSocket()).mustSucceed();
        visit("bye");
        circus.awaitWorkers("web", 2);
    }
}
