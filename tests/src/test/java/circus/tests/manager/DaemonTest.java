package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** circusd as seen from outside: its pid file, --daemon, its name among processes, and signals. */
@ExtendWith(HomeExtension.class)
class DaemonTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SLEEPER = "[watcher:w]\ncmd = sleep 1000\n";

    private final Home home;

    DaemonTest(Home home) {
        this.home = home;
    }

    // ---- the pid file

    @Test
    void the_pid_file_is_there_while_it_runs_and_goes_with_it() throws IOException {
        Circus circus = home.circus("one", "pidfile = run/one.pid", SLEEPER);
        Files.createDirectory(home.path("run"));

        Daemon daemon = circus.start();

        Path file = home.path("run/one.pid");
        assertThat(file).hasContent(daemon.pid() + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        circus.terminate();
        assertThat(file).doesNotExist();
    }

    @Test
    void the_pid_file_names_the_next_circusd_after_a_detach_and_after_a_kill() {
        Circus circus = home.circus("two", "pidfile = " + home.path("two.pid"), SLEEPER);
        circus.start();
        List<Integer> workers = circus.awaitWorkers("w", 1);

        circus.tell("detach");
        Daemon second = circus.start();
        assertThat(home.path("two.pid")).hasContent(second.pid() + "\n");

        second.kill9();
        assertThat(home.path("two.pid")).hasContent(second.pid() + "\n");
        Daemon third = circus.start();
        assertThat(home.path("two.pid")).hasContent(third.pid() + "\n");
        assertThat(circus.pids("w")).isEqualTo(workers);
    }

    @Test
    void of_two_that_start_at_once_with_one_pid_file_one_serves_and_the_file_is_its() {
        Circus a = home.circus("a", "pidfile = " + home.path("both.pid"), SLEEPER);
        Circus b = home.circus("b", "pidfile = " + home.path("both.pid"), SLEEPER);

        Daemon first = a.launch();
        Daemon second = b.launch();

        await("one serves, one has ended")
                .atMost(LIMIT)
                .until(() -> first.isAlive() != second.isAlive()
                        && (first.errors() + second.errors()).contains("Arbiter now waiting"));
        Daemon serving = first.isAlive() ? first : second;
        Daemon refused = first.isAlive() ? second : first;
        assertThat(refused.awaitExit(LIMIT)).isEqualTo(1);
        assertThat(refused.errors()).contains("belongs to process " + serving.pid());
        assertThat(home.path("both.pid")).hasContent(serving.pid() + "\n");
    }

    // ---- --daemon

    @Test
    void in_the_background_the_pid_file_is_the_daemons_and_its_directory_is_where_it_was_started() throws IOException {
        Circus circus = home.circus("back", "pidfile = back.pid\nlogoutput = back.log", SLEEPER);

        Commands.Result result = daemon(circus);

        result.mustSucceed();
        assertThat(result.output() + result.errors()).isEmpty();
        Path process = Path.of("/proc", Home.read(home.path("back.pid")).strip());
        assertThat(Files.readSymbolicLink(process.resolve("cwd"))).isEqualTo(home.directory());
        assertThat(Files.readSymbolicLink(process.resolve("fd/1"))).isEqualTo(Path.of("/dev/null"));
        assertThat(circus.ctl("list", "w").exit()).isZero();
        assertThat(Home.read(home.path("back.log"))).contains("Arbiter now waiting for commands");
        assertThat(circus.tell("quit", "--terminate", "--waiting")).isEqualTo("ok");
        home.mustBeEmpty();
        assertThat(home.path("back.pid")).doesNotExist();
    }

    @Test
    void every_failure_to_start_is_told_on_stderr_and_by_the_exit_code() throws IOException {
        mustFail(home.circus("broken", "", "[watcher:w]\nnumprocesses = two\n"), "broken.ini:", "two");
        mustFail(home.circus("nolog", "logoutput = " + home.path("no/dir/x.log"), SLEEPER), "cannot log to", "no/dir");
        mustFail(
                home.circus("nopid", "pidfile = " + home.path("no/x.pid"), SLEEPER),
                home.path("no") + " doesn't exist");
        home.write("taken.pid", ProcessHandle.current().pid() + "\n");
        mustFail(
                home.circus("taken", "pidfile = " + home.path("taken.pid"), SLEEPER),
                "the pid file " + home.path("taken.pid") + " belongs to process "
                        + ProcessHandle.current().pid());
        try (ServerSocket other = new ServerSocket(Home.freePort(), 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            mustFail(
                    home.circus("port", "", SLEEPER + "[socket:web]\nhost = 127.0.0.1\nport = " + port + "\n"),
                    "cannot open socket web at 127.0.0.1:" + port);
            Circus endpoint = home.circus("endpoint", "", SLEEPER);
            String text = Home.read(endpoint.file()).replace(endpoint.endpoint(), "tcp://127.0.0.1:" + port);
            home.write("endpoint.ini", text);
            mustFail(endpoint, "cannot listen on tcp://127.0.0.1:" + port, "in use by");
        }
        home.write("file", "");
        mustFail(
                home.circus("nokernel", "papa_endpoint = ipc://" + home.path("file/papa.sock"), SLEEPER),
                "cannot use " + home.path("file") + " for the kernel's socket: it is no directory");
        home.mustBeEmpty();
    }

    private void mustFail(Circus circus, String... told) {
        Commands.Result result = daemon(circus);
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.errors()).contains(told).doesNotContain("Exception", "\tat ");
    }

    @Test
    void who_is_killed_while_it_starts_in_the_background_is_told_of() throws IOException {
        Circus circus = home.circus("killed", "", SLEEPER);
        // It reads its configuration for ever.
        Commands.run(LIMIT, "mkfifo", home.path("endless.ini").toString()).mustSucceed();
        home.write("killed.ini", "[circus]\ninclude = endless.ini\n");
        Daemon parent = circus.launch("--daemon");

        ProcessHandle starting = await("it starts")
                .atMost(LIMIT)
                .until(
                        () -> ProcessHandle.of(parent.pid()).stream()
                                .flatMap(ProcessHandle::children)
                                .filter(child ->
                                        read("/proc/" + child.pid() + "/comm").equals("java\n")
                                                || read("/proc/" + child.pid() + "/comm")
                                                        .equals("circusd\n"))
                                .findFirst()
                                .orElse(null),
                        child -> child != null);
        starting.destroyForcibly();

        assertThat(parent.awaitExit(LIMIT)).isEqualTo(1);
        assertThat(parent.errors()).contains("circusd: ended by signal 9 before it served");
    }

    private Commands.Result daemon(Circus circus) {
        return home.run(LIMIT, Installation.launcher("circusd"), circus.file().toString(), "--daemon");
    }

    // ---- the name among processes

    @Test
    void is_called_circusd_among_processes_or_as_proc_name_says() {
        Daemon one = home.circus("named", "", SLEEPER).start();
        Daemon other = home.circus("other", "proc_name = shop manager", SLEEPER).start();

        assertThat(read("/proc/" + one.pid() + "/comm")).isEqualTo("circusd\n");
        assertThat(read("/proc/" + one.pid() + "/cmdline")).startsWith("circusd\0");
        assertThat(read("/proc/" + other.pid() + "/comm")).isEqualTo("shop manager\n");
    }

    // ---- signals

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "QUIT"})
    void ends_in_good_order(String signal) throws IOException {
        Circus circus = home.circus("quits", "pidfile = quits.pid", SLEEPER);
        Daemon daemon = circus.start();
        circus.awaitWorkers("w", 1);

        daemon.signal(signal);

        assertThat(daemon.awaitExit(LIMIT)).isZero();
        assertThat(daemon.errors()).contains("Got signal SIG_" + signal, "w stopped");
        assertThat(daemon.output()).isEmpty();
        assertThat(home.path("quits.pid")).doesNotExist();
        home.mustBeEmpty();
    }

    @Test
    void signals_that_its_parent_ignored_are_heard_all_the_same() {
        Circus circus = home.circus("hears", "", SLEEPER);
        Daemon daemon = circus.launchBelow("env", "--ignore-signal=INT,HUP");
        circus.awaitCommands(daemon);
        List<Integer> before = circus.awaitWorkers("w", 1);
        daemon.signal("HUP");
        await("another worker").atMost(LIMIT).until(() -> {
            List<Integer> now = circus.pids("w");
            return now.size() == 1 && !now.equals(before);
        });
        daemon.signal("INT");
        assertThat(daemon.awaitExit(LIMIT)).isZero();
    }

    @Test
    void a_thread_dump_by_jcmd_ends_nothing_and_nothing_is_left_of_what_the_jvm_writes() throws IOException {
        Circus circus = home.circus("dumped", "", SLEEPER);
        Daemon daemon = circus.start();

        Commands.Result dump = Commands.run(
                LIMIT,
                Installation.java().resolveSibling("jcmd").toString(),
                Integer.toString(daemon.pid()),
                "Thread.print");

        dump.mustSucceed();
        assertThat(dump.output()).contains("Full thread dump");
        assertThat(circus.ctl("list").exit()).isZero();
        assertThat(Installation.dumps(daemon.pid())).isDirectoryNotContaining("glob:**.vm");
        assertThat(Path.of("/tmp/hs_pid" + daemon.pid() + ".log")).doesNotExist();

        circus.terminate();
        assertThat(Installation.dumps(daemon.pid())).doesNotExist();
    }

    @Test
    void what_a_circusd_that_was_killed_has_left_is_removed_by_the_next() {
        Circus circus = home.circus("killed", "", SLEEPER);
        Daemon killed = circus.start();
        assertThat(Installation.dumps(killed.pid())).isDirectory();
        killed.kill9();
        assertThat(Installation.dumps(killed.pid())).isDirectory();

        Daemon next = circus.start();
        assertThat(Installation.dumps(killed.pid())).doesNotExist();
        next.signal("QUIT");
        assertThat(next.awaitExit(LIMIT)).isZero();
        assertThat(Installation.dumps(next.pid())).doesNotExist();
    }

    @Test
    void other_signals_are_logged_and_have_no_effect() {
        Circus circus = home.circus("bears", "", SLEEPER);
        Daemon daemon = circus.start();
        List<Integer> workers = circus.awaitWorkers("w", 1);

        for (String signal : List.of("WINCH", "USR1")) {
            daemon.signal(signal);
            await(signal + " is logged")
                    .atMost(LIMIT)
                    .until(() -> daemon.errors().contains("Got signal SIG_" + signal));
        }

        assertThat(circus.pids("w")).isEqualTo(workers);
    }

    // ---- order

    @Test
    void starts_by_priority_with_pauses_between() {
        StringBuilder sections = new StringBuilder();
        int priority = 1;
        for (String name : List.of("low", "middle", "high")) {
            sections.append("[watcher:" + name + "]\npriority = " + priority++ + "\nworking_dir = " + home.directory()
                    + "\ncopy_env = true\ncmd = sh -c 'echo " + name + " >> order; exec sleep 1000'\n");
        }
        Circus circus = home.circus("order", "warmup_delay = 0.4", sections.toString());

        long before = System.nanoTime();
        circus.start();
        await("all run").atMost(LIMIT).until(() -> order().size() == 3);

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(800));
        assertThat(order()).containsExactly("high", "middle", "low");
        long again = System.nanoTime();
        circus.tell("stop", "--waiting");
        circus.tell("start", "--waiting");
        assertThat(Duration.ofNanos(System.nanoTime() - again)).isGreaterThan(Duration.ofMillis(800));
        assertThat(order().subList(3, 6)).containsExactly("high", "middle", "low");
    }

    private List<String> order() {
        return Home.read(home.path("order")).lines().toList();
    }

    private static String read(String file) {
        return Home.read(Path.of(file));
    }
}
