package circus.tests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.PythonCircus;
import circus.tests.harness.Tmux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The tools of Circus 0.19.0 in Python, unmodified, against our daemon. Runs where {@code -Dcircus.python} names a checkout of it. */
@Tag(PythonCircus.TAG)
@ExtendWith(HomeExtension.class)
class PythonToolsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Home home;
    private final Circus circus;

    PythonToolsTest(Home home) {
        this.home = home;
        circus = home.circus("tools", "", """
                [watcher:Sleeper]
                cmd = sleep 1000
                numprocesses = 2
                graceful_timeout = 3
                [watcher:single]
                cmd = sleep 1000
                singleton = True
                [watcher:noauto]
                cmd = sleep 1000
                autostart = False
                """);
    }

    @Test
    void circus_top_shows_what_circusd_publishes() {
        String statistics = "tcp://127.0.0.1:" + Home.freePort();
        circus.edit("[circus]\n", "[circus]\nstats_endpoint = " + statistics + "\nstatsd = True\n");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("sleeper", 2);
        try (Tmux terminal = Tmux.open(
                home,
                110,
                40,
                Map.of("PYTHONPATH", PythonCircus.checkout().toString()),
                List.of(
                        DebianPython.PROGRAM,
                        "-c",
                        "from circus.stats.client import main; main()",
                        "--endpoint",
                        statistics))) {
            String screen = terminal.await(
                    "both workers and circusd", text -> text.contains("(circusd)") && text.contains("" + pids.get(1)));
            assertThat(screen).contains("Circus Top", "sleeper", "" + pids.get(0), "(papa)", "(avg)", "(older)");
            terminal.press("C-c");
        }
        circus.terminate();
    }

    @Test
    void circusctl_asks_and_changes_with_one_command_each() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        int single = circus.awaitWorkers("single", 1).get(0);

        tells("list", "noauto,single,sleeper");
        tells("list noauto", "");
        assertThat(ctl("list sleeper").text()).matches("\\d+,\\d+");
        tells("status", "Sleeper: active\nnoauto: stopped\nsingle: active");
        tells("status noauto", "stopped");
        tells("numwatchers", "3");
        tells("numprocesses", "3");
        tells("get sleeper numprocesses graceful_timeout", "numprocesses: 2\ngraceful_timeout: 3.0");
        assertThat(ctl("options sleeper").text()).contains("cmd: sleep 1000", "stop_signal: 15", "respawn: True");
        tells("globaloptions pubsub_endpoint", "pubsub_endpoint: " + circus.eventEndpoint());
        assertThat(ctl("globaloptions").text()).contains("endpoint: " + circus.endpoint(), "check_delay: 5.0");
        tells("listsockets", "");
        assertThat(ctl("dstats").text()).contains("Main Process:", "  circusd ");
        assertThat(ctl("stats").text()).contains("Sleeper:", "single:", "sleep");
        assertThat(ctl("stats single " + single).text()).startsWith(single + ": " + single + "  sleep");
        assertThat(ctl("--json list sleeper").text()).matches("\\{\"status\": \"ok\", \"time\": [\\d.]+, \"pids\": .*");

        tells("incr sleeper --waiting", "3");
        tells("incr sleeper 2 --waiting", "5");
        tells("decr sleeper 3 --waiting", "2");
        tells("incr single --waiting", "This watcher is a Singleton - not changing the number of processes");
        tells("stop sleeper --waiting", "ok");
        tells("status sleeper", "stopped");
        tells("start --waiting sleeper", "ok");
        tells("restart --waiting sl* --match glob", "ok");
        tells("reload sleeper --waiting --sequential", "ok");
        tells("set sleeper numprocesses 3 graceful_timeout 1", "ok");
        circus.awaitWorkers("sleeper", 3);
        tells("add --start more sleep 1001", "ok");
        circus.awaitWorkers("more", 1);
        tells("rm more", "ok");
        tells("list", "noauto,single,sleeper");
        tells("signal sleeper CONT", "ok");
        tells("signal single " + single + " 9", "ok");
        await("another process")
                .until(() -> !circus.pids("single").contains(single)
                        && circus.pids("single").size() == 1);
        int next = circus.pids("single").get(0);
        tells("kill single " + next + " --signum INT --graceful_timeout 2", "ok");
        await("another process")
                .until(() -> !circus.pids("single").contains(next)
                        && circus.pids("single").size() == 1);
        tells("reloadconfig --waiting", "ok");
        refuses("status nope", 3, "error");
        refuses("incr nope", 3, "error: program nope not found");
        refuses("set sleeper zz 1", 1, "unknown key 'zz'");
        tells("quit --waiting", "ok");
        assertThat(circus.manager().awaitExit(LIMIT)).isZero();
    }

    @Test
    void circusctl_converses_at_its_prompt() throws Exception {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        Process tool = start(words("circus.circusctl", "--endpoint", circus.endpoint()));
        tool.outputWriter().write("list\nincr sleeper --waiting\nstatus noauto\nget sleeper numprocesses\nhelp\n");
        tool.outputWriter().close();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(tool.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(said)
                .startsWith("circusctl 0.19.0\nSleeper: active\nnoauto: stopped\nsingle: active\n")
                .contains(
                        "(circusctl) noauto,single,sleeper\n",
                        "(circusctl) 3\n",
                        "(circusctl) stopped\n",
                        "(circusctl) numprocesses: 3\n");
    }

    @Test
    void circusctl_listens_to_events() throws Exception {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        Path said = home.path("listen.out");
        start(words("circus.circusctl", "--endpoint", circus.eventEndpoint(), "listen", "watcher.sleeper"), said);
        await("an event").atMost(LIMIT).until(() -> {
            ctl("incr sleeper --waiting");
            return Home.read(said).contains("b'watcher.sleeper.spawn': b'{\"process_pid\": ");
        });
    }

    @Test
    void both_clients_of_the_library_ask_and_are_answered() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);

        String said = run(PythonCircus.program(
                        home.resource("python/clients.py").toString(), circus.endpoint()))
                .mustSucceed()
                .text();

        assertThat(said)
                .isEqualTo("CircusClient noauto single sleeper\nCircusClient 3\nCircusClient program nope not found\n"
                        + "AsyncCircusClient 3 active\nAsyncCircusClient 4\nAsyncCircusClient stopped");
    }

    @Test
    void the_plugin_statsd_counts_events() throws IOException {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(2000);
            plugin("statsd.StatsdEmitter", "application_name:app:::host:127.0.0.1:::port:" + server.getLocalPort());
            List<String> came = new ArrayList<>();
            await("an event as statistics").atMost(LIMIT).until(() -> {
                ctl("restart sleeper --waiting");
                came.addAll(received(server));
                return came.contains("circus.app.watcher.sleeper.start:1|c");
            });
            assertThat(came).contains("circus.app.watcher.sleeper.spawn:1|c", "circus.app.watcher.sleeper.stop:1|c");
        }
    }

    @Test
    void the_plugin_full_stats_asks_for_figures() throws IOException {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(2000);
            plugin(
                    "statsd.FullStats",
                    "application_name:app:::host:127.0.0.1:::loop_rate:1:::port:" + server.getLocalPort());
            List<String> came = new ArrayList<>();
            await("figures").atMost(LIMIT).until(() -> {
                came.addAll(received(server));
                return came.contains("circus.app.watcher._stats.Sleeper.watchers_num:2|g");
            });
            assertThat(came)
                    .anyMatch(line -> line.matches("circus.app.watcher._stats.Sleeper.mem_sum:\\d+(\\.\\d+)?\\|g"));
        }
    }

    @Test
    void the_plugin_flapping_stops_and_starts_by_casts() throws IOException {
        circus.edit(
                "[watcher:noauto]", "[watcher:flaps]\ncmd = sh -c 'sleep 0.3'\nautostart = False\n[watcher:noauto]");
        circus.start();
        Path log = plugin("flapping.Flapping", "attempts:3:::window:20:::retry_in:4");
        await("the plugin runs").atMost(LIMIT).until(() -> Home.read(log).contains("Starting"));
        circus.tell("start", "--waiting", "flaps");

        await("stopped by a cast")
                .atMost(LIMIT)
                .until(() -> circus.ctl("status", "flaps").text(), "stopped"::equals);
        assertThat(Home.read(log)).contains("flaps: flapping detected: retry in  4s");
        await("started by a cast")
                .atMost(LIMIT)
                .until(() -> circus.ctl("status", "flaps").text(), "active"::equals);
    }

    @Test
    void the_plugin_watchdog_kills_by_casts() throws IOException {
        circus.start();
        int before = circus.awaitWorkers("single", 1).get(0);
        plugin("watchdog.WatchDog", "loop_rate:1:::max_count:1:::watchers_regex:single:::port:" + Home.freePort());

        await("killed, for it gave no sign of life")
                .atMost(LIMIT)
                .until(() -> !circus.pids("single").contains(before)
                        && circus.pids("single").size() == 1);
    }

    @Test
    void circusd_stats_is_a_watcher_and_circus_top_shows_what_it_tells() throws Exception {
        String statistics = "tcp://127.0.0.1:" + Home.freePort();
        String command =
                "%s -c 'from circus import stats;stats.main() # $(circus.sockets.web)' --endpoint %s --pubsub %s --statspoint %s"
                        .formatted(DebianPython.PROGRAM, circus.endpoint(), circus.eventEndpoint(), statistics);
        circus.edit(
                "[watcher:noauto]",
                "[socket:web]\nhost = 127.0.0.1\nport = " + Home.freePort() + "\n[watcher:circusd-stats]\ncmd = "
                        + command
                        + "\nuse_sockets = True\nsingleton = True\ncopy_env = True\n[env:circusd-stats]\nPYTHONPATH = "
                        + PythonCircus.checkout() + "\n[watcher:noauto]");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("sleeper", 2);

        String screen = run(PythonCircus.program(
                        home.resource("python/screen.py").toString(),
                        "12",
                        DebianPython.PROGRAM,
                        "-m",
                        "circus.stats.client",
                        "--endpoint",
                        statistics))
                .mustSucceed()
                .text();

        System.err.println(screen);
        assertThat(screen.lines().toList())
                .contains("Circus Top", "circus", "single", "sleeper", "sockets")
                .anyMatch(line -> line.matches(".*\\(circusd\\) .*"))
                .anyMatch(line -> line.matches(".*\\(circusd-stats\\) .*"))
                .anyMatch(line -> line.matches(" +127\\.0\\.0\\.1:\\d+ +0"))
                .anyMatch(line -> line.matches("  " + pids.get(0) + " +\\d+\\.\\d\\d +\\d+\\.\\d\\d +\\d+\\.\\d\\d"))
                .anyMatch(line -> line.matches("  " + pids.get(1) + " +\\d+\\.\\d\\d +\\d+\\.\\d\\d +\\d+\\.\\d\\d"));
    }

    /** What has come within a second or two. */
    private static List<String> received(DatagramSocket server) throws IOException {
        List<String> came = new ArrayList<>();
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        try {
            while (came.size() < 50) {
                server.receive(packet);
                came.add(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
            }
        } catch (java.net.SocketTimeoutException over) {
            // That was all.
        }
        return came;
    }

    /** As circus-plugin does; the file with what it says. */
    private Path plugin(String name, String config) throws IOException {
        Path log = home.path("plugin.log");
        start(
                PythonCircus.program(
                        "-c",
                        "from circus import plugins;plugins.main()",
                        "--endpoint",
                        circus.endpoint(),
                        "--pubsub",
                        circus.eventEndpoint(),
                        "--config",
                        config,
                        "circus.plugins." + name),
                log);
        return log;
    }

    private void tells(String line, String output) {
        assertThat(ctl(line).text()).as(line).isEqualTo(output);
    }

    private void refuses(String line, int exit, String error) {
        Commands.Result result = run(words(line));
        assertThat(result.exit()).as(line).isEqualTo(exit);
        assertThat(result.errors()).as(line).contains(error);
    }

    private Commands.Result ctl(String line) {
        return run(words(line)).mustSucceed();
    }

    private List<String> words(String line) {
        List<String> words = words("circus.circusctl", "--endpoint", circus.endpoint(), "--timeout", "20");
        words.addAll(List.of(line.split(" ", -1)));
        return words;
    }

    private static List<String> words(String module, String... arguments) {
        return PythonCircus.words(module, arguments);
    }

    private Commands.Result run(List<String> words) {
        return Commands.run(
                LIMIT, new ProcessBuilder(words).directory(home.directory().toFile()));
    }

    private Process start(List<String> words) throws IOException {
        return home.prepared(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void start(List<String> words, Path output) {
        try {
            Files.createFile(output);
            home.prepared(words)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
