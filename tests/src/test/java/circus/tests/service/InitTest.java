package circus.tests.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code papa --init -- COMMAND}: with scripts for a manager, and with circusd. Needs root, as CI has. */
@ExtendWith(HomeExtension.class)
class InitTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** A pid namespace of its own: papa is the first process there. */
    private static final List<String> CONTAINER = List.of("unshare", "-pf", "--mount-proc");

    private final Home home;
    private final Path socket;

    InitTest(Home home) {
        this.home = home;
        this.socket = home.path("papa.sock");
    }

    private Daemon init(List<String> below, String... words) {
        List<String> all = new ArrayList<>(List.of("--unix-socket", socket.toString(), "--init"));
        all.addAll(List.of(words));
        return home.papaBelow(below, all.toArray(String[]::new));
    }

    private Path manager(String script) {
        return home.script("manager", script);
    }

    private static String found(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    private void awaitLog(Daemon papa, String text) {
        await(text).atMost(LIMIT).until(() -> papa.errors().contains(text));
    }

    /** Waits until there is one. */
    private int managerPid() {
        String stats = await("a manager runs")
                .atMost(LIMIT)
                .until(() -> ask("stats"), text -> text.contains(" manager=") && !text.contains(" manager=0 "));
        return Integer.parseInt(found(stats, " manager=(\\d+)"));
    }

    private String ask(String line) {
        try (PapaSession session = PapaSession.connect(socket)) {
            session.ask("hello");
            return session.ask(line);
        }
    }

    @Test
    void once_it_ends_as_its_command_ends() {
        for (Map.Entry<String, Integer> each : Map.of("exit 0", 0, "exit 3", 3, "kill -9 $$", 137, "kill -15 $$", 143)
                .entrySet()) {
            Daemon papa = init(List.of(), "--once", "--", "/bin/sh", "-c", each.getKey());
            assertThat(papa.awaitExit(LIMIT)).as(each.getKey()).isEqualTo(each.getValue());
        }
        assertThat(socket).doesNotExist();
        home.mustBeEmpty();
    }

    @Test
    void a_command_that_cannot_be_started_is_told_as_a_shell_tells_it() {
        Path noProgram = home.write("no-program", "hello");
        assertThat(init(List.of(), "--", "no-such-program").awaitExit(LIMIT)).isEqualTo(127);
        assertThat(init(List.of(), "--", home.path("nothing").toString()).awaitExit(LIMIT))
                .isEqualTo(127);
        Daemon papa = init(List.of(), "--once", "--", noProgram.toString());
        assertThat(papa.awaitExit(LIMIT)).isEqualTo(126);
        assertThat(papa.errors()).contains("cannot start the manager: ").contains("Permission denied (EACCES)");
    }

    @Test
    void its_command_has_its_streams_directory_and_environment_and_knows_where_it_is() throws IOException {
        Path script = manager("""
                echo "in $(pwd) for $PAPA_SOCKET, said $SAID"
                env | grep -E 'LISTEN_|NOTIFY|WATCHDOG|_JAVA' && exit 9
                cat /proc/self/status > status
                echo $$ > pid
                ps -o sid= -p $$ | tr -d ' ' > sid
                ulimit -n > files
                echo to stderr >&2
                exit 4
                """);
        Daemon papa = init(
                List.of("env", "SAID=hello", "LISTEN_FDS=1", "NOTIFY_SOCKET=@papa-nobody", "WATCHDOG_USEC=1000000"),
                "--once",
                "--",
                script.toString());
        assertThat(papa.awaitExit(LIMIT)).isEqualTo(4);
        assertThat(papa.output()).isEqualTo("in " + home.directory() + " for " + socket + ", said hello\n");
        assertThat(papa.errors()).contains("to stderr\n");
        String status = Files.readString(home.path("status"));
        assertThat(status)
                .containsPattern("SigBlk:\\s+0{16}\n")
                .containsPattern("SigIgn:\\s+(0{16}|0000000180000000)\n");
        assertThat(Home.read(home.path("sid"))).isEqualTo(Home.read(home.path("pid")));
        assertThat(Home.read(home.path("files")))
                .isEqualTo(Commands.run(LIMIT, "sh", "-c", "ulimit -n").output());
    }

    @Test
    void signals_go_to_the_manager_and_after_term_it_is_not_started_again() {
        Path script = manager("""
                for s in HUP USR1 USR2 WINCH CONT; do trap "echo $s >> $PWD/got" $s; done
                trap 'echo TERM >> got; exit 7' TERM
                echo ready > got
                while :; do sleep 0.1; done
                """);
        Daemon papa = init(List.of(), "--", script.toString());
        Path got = home.path("got");
        await("it waits").atMost(LIMIT).until(() -> Home.read(got).equals("ready\n"));
        ask("make process worker /bin/sleep 600");
        for (String signal : List.of("HUP", "USR1", "USR2", "WINCH", "CONT", "TERM")) {
            papa.signal(signal);
            await(signal).atMost(LIMIT).until(() -> Home.read(got).endsWith(signal + "\n"));
        }
        assertThat(papa.awaitExit(LIMIT)).isEqualTo(7);
        assertThat(Home.read(got)).isEqualTo("ready\nHUP\nUSR1\nUSR2\nWINCH\nCONT\nTERM\n");
        home.mustBeEmpty();
    }

    @Test
    void a_manager_that_dies_is_started_again_later_each_time_and_the_workers_stay() {
        Path script = manager("sleep 600 & wait\n");
        Daemon papa = init(List.of(), "--", script.toString());
        int first = managerPid();
        String worker = found(ask("make process worker /bin/sleep 600"), " pid=(\\d+)");
        Commands.run(LIMIT, "kill", "-9", Integer.toString(first)).mustSucceed();
        for (String delay : List.of("0.1", "0.2", "0.4", "0.8")) {
            awaitLog(papa, "was ended by signal 9: it is started again in " + delay + " seconds");
            int next = managerPid();
            assertThat(next).isNotEqualTo(first);
            first = next;
            Commands.run(LIMIT, "kill", "-9", Integer.toString(next)).mustSucceed();
        }
        assertThat(ask("list processes")).contains("worker ").contains(" pid=" + worker + " ");
        papa.signal("TERM");
        papa.awaitExit(LIMIT);
        home.mustBeEmpty();
    }

    @Test
    void one_that_leaves_in_order_is_the_end_only_if_nothing_is_held() {
        Path script = manager("echo . >> starts; [ -e done ] && exit 0; touch done; sleep 1\n");
        Daemon papa = init(List.of(), "--", script.toString());
        ask("make process worker /bin/sleep 600");
        awaitLog(papa, "has ended with 0: it is started again in 0.1 seconds");
        await("it was started again")
                .atMost(LIMIT)
                .until(() -> Home.read(home.path("starts")).length() >= 4);
        assertThat(ask("exit-if-idle")).isEqualTo("not idle");
        String worker = found(ask("list processes"), " pid=(\\d+)");
        ask("remove processes worker");
        Commands.run(LIMIT, "kill", worker).mustSucceed();
        assertThat(papa.awaitExit(LIMIT)).isZero();
        assertThat(papa.errors()).contains("has ended with 0, and nothing is held: papa ends, too");
        home.mustBeEmpty();
    }

    @Test
    void as_the_first_process_it_reaps_what_it_adopts_and_term_from_outside_reaches_the_manager() throws IOException {
        Path script = manager("""
                trap 'exit 5' TERM
                (sleep 0.2 &)
                (setsid sleep 0.2 &)
                setsid sh -c 'sleep 0.2 & exec sleep 0.1' &
                echo $$ > pid
                while :; do sleep 0.1; done
                """);
        Daemon outside = init(CONTAINER, "--", script.toString());
        int worker = Integer.parseInt(
                found(ask("make process w path=/bin -- sh -c \"(sleep 0.2 &); exec sleep 0.1\""), " pid=(\\d+)"));
        assertThat(worker).as("a pid of a small world").isLessThan(1000);
        await("the manager has started all that it leaves behind")
                .atMost(LIMIT)
                .until(() -> !Home.read(home.path("pid")).isEmpty());
        String papa = first(outside);
        await("nothing is left but papa, the manager and its sleep")
                .atMost(LIMIT)
                .untilAsserted(() -> {
                    String children = Files.readString(Path.of("/proc/" + papa + "/task/" + papa + "/children"));
                    assertThat(children.strip()).as("adopted, and not reaped").isEmpty();
                    assertThat(ask("list processes")).contains("state=ended");
                });
        assertThat(ask("stats")).contains(" pid=1 ").contains(" strangers=0 ");

        Commands.run(LIMIT, "kill", "-TERM", papa).mustSucceed();
        assertThat(outside.awaitExit(LIMIT)).isEqualTo(5);
        home.mustBeEmpty();
    }

    private static final String SUCCESSOR = """
            import os, signal, socket, sys, time
            papa = socket.socket(socket.AF_UNIX)
            papa.connect(os.environ['PAPA_SOCKET'])
            def answer():
                text = b''
                while not text.endswith(b'> '):
                    text += papa.recv(4096)
                return text.decode()
            answer()
            papa.sendall(b'manager\\n')
            print(os.getpid(), answer().split('\\n')[0], flush=True)
            signal.signal(signal.SIGTERM, lambda *a: sys.exit(6))
            os.kill(int(sys.argv[1]), 9) if len(sys.argv) > 1 else None
            while True:
                time.sleep(60)
            """;

    private Daemon successor(String... toKill) {
        Path script = home.script(
                "successor",
                "export PAPA_SOCKET=" + socket + "\nexec python3 successor.py " + String.join("", toKill) + "\n");
        return home.papaBelow(List.of(script.toString()));
    }

    @Test
    void who_says_that_he_is_the_manager_is_it_and_the_former_one_may_end() {
        home.write("successor.py", SUCCESSOR);
        Path script = manager("echo $$ >> managers; echo manager-$(wc -l < managers)\nexec sleep 600\n");
        Daemon papa = init(List.of(), "--", script.toString());
        int first = managerPid();
        // It comes from elsewhere: neither a child of papa nor of the manager.
        Daemon second = successor(Integer.toString(first));
        await("it is the manager")
                .atMost(LIMIT)
                .until(() -> second.output().startsWith(second.pid() + " manager pid=" + second.pid()));
        await("the former one has gone").atMost(LIMIT).until(() -> !Files.exists(Path.of("/proc/" + first)));
        assertThat(managerPid()).isEqualTo(second.pid());

        second.kill9();
        awaitLog(
                papa, "the manager, pid " + second.pid() + ", has ended, nobody knows how: it is started again in 0.1");
        int third = managerPid();
        assertThat(Home.read(home.path("managers"))).isEqualTo(first + "\n" + third + "\n");

        Daemon fourth = successor();
        await("it is the manager").atMost(LIMIT).until(() -> managerPid() == fourth.pid());
        papa.signal("TERM");
        assertThat(fourth.awaitExit(LIMIT)).isEqualTo(6);
        assertThat(papa.awaitExit(LIMIT)).isZero();
        home.mustBeEmpty();
    }

    @Test
    void a_child_of_the_former_manager_is_adopted_with_its_exit_code() {
        home.write("successor.py", SUCCESSOR);
        Path script = manager("python3 successor.py $$ & wait\nsleep 600\n");
        Daemon papa = init(List.of(), "--", script.toString());
        awaitLog(papa, "the manager is pid ");
        int successor = Integer.parseInt(found(papa.errors(), "the manager is pid (\\d+) from now on"));
        await("the former one has gone")
                .atMost(LIMIT)
                .until(() -> Home.read(Path.of("/proc/" + successor + "/stat")).contains(" S " + papa.pid() + " "));
        assertThat(ask("stats")).contains(" strangers=0 ");
        papa.signal("TERM");
        assertThat(papa.awaitExit(LIMIT)).isEqualTo(6);
        home.mustBeEmpty();
    }

    @Test
    void without_init_there_is_no_manager() {
        try (PapaSession session = home.kernel().session()) {
            assertThat(session.ask("manager"))
                    .isEqualTo("Error: cannot make you the manager: this papa runs without --init, and has none");
        }
    }

    @Test
    void a_root_that_cannot_be_written_to_is_enough() {
        // One folder may be written to; where that is, papa finds out.
        Path script = home.script("inside", """
                touch $(dirname $0)/x && exit 3
                touch /run/x && exit 4
                case $PAPA_SOCKET in /dev/shm/circus-0/papa.sock) ;; *) echo $PAPA_SOCKET; exit 5;; esac
                [ -S "$PAPA_SOCKET" ] || exit 6
                exit 42
                """);
        Path outside = home.script("outside", """
                mount --make-rprivate / && mount -t tmpfs none /dev/shm || exit 1
                mount -o remount,bind,ro / || exit 2
                for m in /tmp /run /home /work /var; do
                    if mountpoint -q $m; then mount -o remount,bind,ro $m || exit 2; fi
                done
                exec "$@"
                """);
        Path release = home.release();
        Commands.Result result = home.run(
                LIMIT,
                Path.of("/usr/bin/unshare"),
                "-mpf",
                "--mount-proc",
                outside.toString(),
                release.resolve("bin/papa").toString(),
                "--init",
                "--once",
                "--",
                script.toString());
        assertThat(result.exit()).as(result.toString()).isEqualTo(42);
        home.mustBeEmpty();
    }

    @Test
    void a_user_without_privileges_can_run_it() throws IOException {
        Files.setPosixFilePermissions(home.directory(), PosixFilePermissions.fromString("rwx--x--x"));
        Path release = home.release();
        Path own = Files.createDirectory(home.path("own"));
        Files.setAttribute(own, "unix:uid", 65534);
        Path script = home.script("inside", "[ $(id -u) = 65534 ] && [ -S $PAPA_SOCKET ] && exit 42\n");
        Commands.Result result = home.run(
                LIMIT,
                Path.of("/usr/bin/setpriv"),
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                release.resolve("bin/papa").toString(),
                "--unix-socket",
                own.resolve("papa.sock").toString(),
                "--init",
                "--once",
                "--",
                script.toString());
        assertThat(result.exit()).as(result.toString()).isEqualTo(42);
        home.mustBeEmpty();
    }

    @Test
    void circusd_is_killed_as_a_container_may_see_it_and_nothing_else_happens() throws IOException {
        Circus circus = home.circus("web", "use_papa = true", """
                [watcher:w]
                cmd = /bin/sleep 600
                numprocesses = 2
                graceful_timeout = 5
                """).onDefaultKernel();
        Daemon outside = init(
                CONTAINER,
                "--",
                Installation.launcher("circusd").toString(),
                circus.file().toString());
        List<Integer> workers = circus.awaitWorkers("w", 2);
        int manager = managerPid();
        Commands.run(LIMIT, "nsenter", "-t", first(outside), "-p", "-m", "kill", "-9", Integer.toString(manager))
                .mustSucceed();
        await("another one").atMost(LIMIT).until(() -> managerPid() != manager);
        assertThat(circus.awaitWorkers("w", 2)).isEqualTo(workers);

        circus.ctl("quit", "--terminate", "--waiting").mustSucceed();
        assertThat(outside.awaitExit(LIMIT)).isZero();
        home.mustBeEmpty();
    }

    @Test
    void circusd_gets_term_from_outside_and_all_that_it_leaves_is_ended() throws IOException {
        Circus circus = home.circus("web", "use_papa = true", """
                [watcher:w]
                cmd = /bin/sleep 600
                """).onDefaultKernel();
        Daemon outside = init(
                CONTAINER,
                "--",
                Installation.launcher("circusd").toString(),
                circus.file().toString());
        circus.awaitWorkers("w", 1);
        Commands.run(LIMIT, "kill", "-TERM", first(outside)).mustSucceed();
        assertThat(outside.awaitExit(LIMIT)).isZero();
        home.mustBeEmpty();
    }

    private void upgrade() {
        home.run(Duration.ofSeconds(150), Installation.launcher("papa"), "upgrade", "--unix-socket", socket.toString())
                .mustSucceed();
    }

    @Test
    void a_new_program_knows_its_manager_and_goes_on_with_it() throws IOException {
        Path script = manager("echo $$ >> managers\nsleep 600 & wait\n");
        Daemon outside = init(CONTAINER, "--", script.toString());
        int first = managerPid();
        String worker = found(ask("make process worker /bin/sleep 600"), " pid=(\\d+)");
        upgrade();
        upgrade();
        assertThat(managerPid()).isEqualTo(first);
        assertThat(ask("stats")).contains(" pid=1 ").contains(" strangers=0 ");

        Commands.run(LIMIT, "nsenter", "-t", first(outside), "-p", "-m", "kill", "-9", Integer.toString(first))
                .mustSucceed();
        awaitLog(outside, "the manager, pid " + first + ", was ended by signal 9: it is started again in 0.1 seconds");
        int second = managerPid();
        assertThat(Home.read(home.path("managers"))).isEqualTo(first + "\n" + second + "\n");
        upgrade();
        assertThat(ask("list processes")).contains(" pid=" + worker + " ");
        Commands.run(LIMIT, "kill", "-TERM", first(outside)).mustSucceed();
        assertThat(outside.awaitExit(LIMIT)).isEqualTo(143);
        home.mustBeEmpty();
    }

    @Test
    void a_manager_that_was_handed_over_to_is_known_to_a_new_program() {
        home.write("successor.py", SUCCESSOR);
        Path script = manager("exec sleep 600\n");
        Daemon papa = init(List.of(), "--", script.toString());
        int first = managerPid();
        Daemon second = successor(Integer.toString(first));
        await("it is the manager").atMost(LIMIT).until(() -> managerPid() == second.pid());
        upgrade();
        assertThat(managerPid()).isEqualTo(second.pid());
        papa.signal("TERM");
        assertThat(second.awaitExit(LIMIT)).isEqualTo(6);
        assertThat(papa.awaitExit(LIMIT)).isZero();
        home.mustBeEmpty();
    }

    /** The first process of the namespace that a program has made, seen from outside. */
    private static String first(Daemon unshare) throws IOException {
        return found(
                Files.readString(Path.of("/proc/" + unshare.pid() + "/task/" + unshare.pid() + "/children")), "(\\d+)");
    }
}
