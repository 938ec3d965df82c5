package circus.tests.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What circusd tells systemd, or whoever else sets NOTIFY_SOCKET and WATCHDOG_USEC. */
@ExtendWith(HomeExtension.class)
class ManagerNoticeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String WORKER = "[watcher:w]\ncmd = /bin/sleep 600\ncopy_env = true\n";

    private final Home home;

    ManagerNoticeTest(Home home) {
        this.home = home;
    }

    private Daemon watched(Circus circus, String name) {
        Daemon manager = circus.launchBelow("env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=200000");
        circus.awaitCommands(manager);
        return manager;
    }

    private static String serving(Circus circus, long pid) {
        return "READY=1 MAINPID=" + pid + " STATUS=serving at " + circus.endpoint();
    }

    @Test
    void that_it_serves_that_it_lives_and_that_it_ends() {
        for (String name : List.of(
                home.path("notify").toString(), "@circusd-" + home.directory().getFileName())) {
            Circus circus = home.circus("told", "", WORKER);
            try (NotifySocket notify = NotifySocket.open(home, name, "listening")) {
                Daemon manager = watched(circus, name);
                notify.awaitTold(serving(circus, manager.pid()), 1);
                notify.awaitTold("WATCHDOG=1", 5);
                int worker = circus.awaitWorkers("w", 1).get(0);
                assertThat(Home.read(Path.of("/proc/" + worker + "/environ")))
                        .contains("JAVA_HOME=")
                        .doesNotContain("NOTIFY_SOCKET", "WATCHDOG_USEC");
                circus.terminate();
                notify.awaitTold("STOPPING=1", 1);
                assertThat(notify.heard().get(0)).isEqualTo("STATUS=starting");
                assertThat(notify.heard())
                        .filteredOn(line -> !line.startsWith("WATCHDOG"))
                        .hasSize(3);
            }
            home.mustBeEmpty();
        }
    }

    @Test
    void that_its_kernel_has_gone_and_that_it_serves_again() {
        String name = home.path("notify").toString();
        Circus circus = home.circus("bereaved", "", WORKER);
        try (NotifySocket notify = NotifySocket.open(home, name, "listening")) {
            Daemon manager = watched(circus, name);
            List<Integer> workers = circus.awaitWorkers("w", 1);
            String kernel = circus.askKernel("stats").replaceFirst("(?s).* pid=(\\d+) .*", "$1");
            Commands.run(LIMIT, "kill", "-9", kernel).mustSucceed();
            notify.awaitTold("STATUS=the kernel has gone", 1);
            notify.awaitTold(serving(circus, manager.pid()), 2);
            long signs = NotifySocket.count(notify.heard(), "WATCHDOG=1");
            notify.awaitTold("WATCHDOG=1", (int) signs + 3);
            assertThat(circus.pids("w")).isEqualTo(workers);
            // The next kernel is a child of circusd, and not to be taken for the service.
            assertThat(notify.heardFrom(manager.pid())).hasSameSizeAs(notify.heard());
            circus.terminate();
        }
        home.mustBeEmpty();
    }

    @Test
    void which_process_it_is_after_an_upgrade() {
        String name = home.path("notify").toString();
        Circus circus = home.circus("upgraded", "", WORKER);
        try (NotifySocket notify = NotifySocket.open(home, name, "listening")) {
            Daemon first = watched(circus, name);
            List<Integer> workers = circus.awaitWorkers("w", 1);
            circus.ctl("upgrade", "--probation", "1").mustSucceed();
            notify.awaitTold(first.pid(), "RELOADING=1", 1);
            notify.awaitTold("READY=1 MAINPID=", 2);
            long second = managerPid(circus);
            assertThat(second).isNotEqualTo(first.pid());
            assertThat(notify.heardFrom(second)).contains(serving(circus, second));
            notify.awaitTold(second, "WATCHDOG=1", 5);

            circus.tell("restart", "--waiting");
            int worker = circus.awaitWorkers("w", 1).get(0);
            assertThat(workers).doesNotContain(worker);
            assertThat(Home.read(Path.of("/proc/" + worker + "/environ"))).doesNotContain("NOTIFY_SOCKET", "WATCHDOG");
            circus.tell("quit", "--terminate", "--waiting");
            notify.awaitTold(second, "STOPPING=1", 1);
            assertThat(first.awaitExit(LIMIT)).isZero();
        }
        home.mustBeEmpty();
    }

    @Test
    void that_it_is_the_one_again_which_has_taken_back() {
        String name = home.path("notify").toString();
        Circus circus = home.circus("back", "", """
                [watcher:w]
                cmd = sh -c 'while :; do echo tick; sleep 0.05; done'
                stdout_stream.filename = %s
                """.formatted(home.path("ticks")));
        Path unused = home.script(
                "broken/bin/circusd",
                "CIRCUS_FAILPOINT=before-commit exec " + Installation.built().resolve("bin/circusd") + " \"$@\"\n");
        try (NotifySocket notify = NotifySocket.open(home, name, "listening")) {
            Daemon manager = watched(circus, name);
            Commands.Result upgrade = home.run(
                    Duration.ofMinutes(2),
                    Installation.launcher("circusctl"),
                    "--endpoint",
                    circus.endpoint(),
                    "upgrade",
                    "--probation",
                    "60",
                    "--to",
                    home.path("broken").toString());
            assertThat(upgrade.output() + upgrade.errors()).contains("has taken everything back");
            notify.awaitTold(manager.pid(), "RELOADING=1", 1);
            notify.awaitTold(manager.pid(), serving(circus, manager.pid()), 2);
            assertThat(notify.heard())
                    .filteredOn(line -> line.contains("MAINPID="))
                    .allMatch(line -> line.contains("MAINPID=" + manager.pid() + " "));
            int signs = (int) NotifySocket.count(notify.heardFrom(manager.pid()), "WATCHDOG=1");
            notify.awaitTold(manager.pid(), "WATCHDOG=1", signs + 3);
            circus.terminate();
        }
        home.mustBeEmpty();
    }

    @Test
    void one_that_is_full_or_gone_holds_nothing_up_and_is_told_later_how_things_are() {
        String name = home.path("notify").toString();
        Circus circus = home.circus("patient", "", WORKER);
        try (NotifySocket notify = NotifySocket.open(home, name, "full")) {
            Daemon manager = watched(circus, name);
            circus.awaitWorkers("w", 1);
            await("it is told once")
                    .atMost(LIMIT)
                    .until(() -> manager.errors()
                                    .lines()
                                    .filter(line -> line.contains("cannot tell NOTIFY_SOCKET"))
                                    .count()
                            == 1);
            assertThat(notify.heard()).isEmpty();
            notify.listen();
            notify.awaitTold(serving(circus, manager.pid()), 1);
            notify.awaitTold("WATCHDOG=1", 3);
        }
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void the_watchdog_of_another_is_not_served() {
        String name = home.path("notify").toString();
        Circus circus = home.circus("others", "", WORKER);
        try (NotifySocket notify = NotifySocket.open(home, name, "listening")) {
            Daemon manager = circus.launchBelow("env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=1000", "WATCHDOG_PID=1");
            circus.awaitCommands(manager);
            circus.terminate();
            notify.awaitTold("STOPPING=1", 1);
            assertThat(notify.heard()).noneMatch(line -> line.startsWith("WATCHDOG"));
        }
        home.mustBeEmpty();
    }

    private static long managerPid(Circus circus) {
        return circus.tell("versions")
                .lines()
                .filter(line -> line.startsWith("circusd "))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[2]))
                .findFirst()
                .orElseThrow();
    }
}
