package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.LoadedCircus;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code circusctl upgrade}: promise 1, and promise 7, an upgrade that cannot come up changes nothing. {@code -Dcircus.rounds=20} for the long
 * run.
 */
@ExtendWith(HomeExtension.class)
@Timeout(900)
class UpgradeCommandTest {
    private static final int ROUNDS = Integer.getInteger("circus.rounds", 3);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String COUNTER = "cmd = sleep 1000\nnumprocesses = 0\nautostart = false\n";

    private final Home home;

    UpgradeCommandTest(Home home) {
        this.home = home;
    }

    @Test
    void upgrades_under_load_are_noticed_by_nobody() {
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            for (int round = 0; round < ROUNDS; round++) {
                long before = managerPid(loaded.circus());
                Commands.Result upgrade = upgrade(loaded.circus(), "--probation", "1");
                assertThat(upgrade.mustSucceed().output().lines().map(line -> line.split(" ")[0]))
                        .containsSubsequence("observe", "plan", "hand-over", "relay", "probation", "done");
                assertThat(managerPid(loaded.circus())).isNotEqualTo(before);
                loaded.workersAreTheSame();
            }
            System.out.println(loaded.nothingWasNoticed());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc"})
    void each_request_is_answered_and_carried_out_once(String transport) {
        List<String> counters = List.of("c1", "c2", "c3", "c4");
        StringBuilder sections = new StringBuilder();
        counters.forEach(name -> sections.append("[watcher:" + name + "]\n").append(COUNTER));
        Circus tcp = home.circus("asked", "", sections.toString());
        Circus circus = transport.equals("tcp") ? tcp : tcp.atUnixSockets();
        circus.start();
        try (CounterAsker asker = CounterAsker.start(home, circus, counters)) {
            for (int round = 0; round < ROUNDS; round++) {
                upgrade(circus, "--probation", "1").mustSucceed();
            }
            JsonNode report = asker.stop();
            for (String name : counters) {
                JsonNode client = report.get(name);
                assertThat(client.get("failure").isNull()).as(client.toString()).isTrue();
                assertThat(client.get("answered").asInt()).as(name).isPositive();
                assertThat(circus.tell("get", name, "numprocesses"))
                        .isEqualTo("numprocesses: " + client.get("answered").asInt());
            }
            System.out.println(report);
        }
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_circusd_that_cannot_come_up_changes_nothing() {
        Circus circus = ticking("");
        Circus other = home.circus("other", "", "");
        long manager = managerPid(circus);
        List<Integer> workers = circus.awaitWorkers("tick", 2);

        refused(circus, "exit 3", "ended with exit code 3");
        refused(circus, "exec sleep 1000", "does not stand ready within 2 s", "--timeout", "2");
        refused(circus, "exec " + real() + " " + other.file(), "reads another configuration: its name is");
        refused(circus, "exec " + real() + " /nowhere.ini", "'/nowhere.ini' does not exist");
        assertThat(upgrade(circus, "--to", "/nowhere").errors()
                        + upgrade(circus, "--to", "/nowhere").output())
                .contains("there is no program /nowhere/bin/circusd");

        assertThat(managerPid(circus)).isEqualTo(manager);
        assertThat(circus.pids("tick")).isEqualTo(workers);
        linesAreExact(circus);
    }

    @Test
    void a_circusd_that_dies_or_hangs_in_its_probation_is_taken_back() {
        Path pidFile = home.path("pid");
        Circus circus = ticking("pidfile = " + pidFile);
        long manager = managerPid(circus);
        List<Integer> workers = circus.awaitWorkers("tick", 2);

        refused(circus, "CIRCUS_FAILPOINT=before-commit exec " + real() + " \"$@\"", "has taken everything back");
        assertThat(managerPid(circus)).isEqualTo(manager);
        // It goes on for as long as it takes until it is stopped, which is after it has begun to serve.
        refused(
                circus,
                "(while :; do sleep 0.3; grep -q 'for commands' " + home.path("ticking.err")
                        + ".new && kill -STOP $$ && exit; done) &\n" + "exec " + real() + " --log-output "
                        + home.path("ticking.err") + ".new \"$@\"",
                "it has not answered for 5 s",
                "--probation",
                "60");

        assertThat(managerPid(circus)).isEqualTo(manager);
        assertThat(Home.read(pidFile).strip()).isEqualTo(Long.toString(manager));
        assertThat(circus.pids("tick")).isEqualTo(workers);
        upgrade(circus, "--probation", "0").mustSucceed();
        assertThat(circus.pids("tick")).isEqualTo(workers);
        await("pid file").until(() -> Home.read(pidFile).strip().equals(Long.toString(managerPid(circus))));
        linesAreExact(circus);
    }

    @Test
    void a_plan_that_is_not_empty_is_shown_and_carried_out_only_where_it_is_wanted() {
        Circus circus = ticking("");
        List<Integer> workers = circus.awaitWorkers("tick", 2);
        long manager = managerPid(circus);
        circus.edit("numprocesses = 2", "numprocesses = 3");

        Commands.Result shown = upgrade(circus, "--probation", "0");

        assertThat(shown.exit()).as(shown.toString()).isEqualTo(1);
        assertThat(shown.output()).contains("numprocesses").contains("--apply");
        assertThat(managerPid(circus)).isEqualTo(manager);
        upgrade(circus, "--probation", "0", "--apply").mustSucceed();
        assertThat(circus.awaitWorkers("tick", 3)).containsAll(workers);
        assertThat(managerPid(circus)).isNotEqualTo(manager);
        linesAreExact(circus);
    }

    @Test
    void the_kernel_is_replaced_while_the_manager_stays() {
        Circus circus = ticking("");
        List<Integer> workers = circus.awaitWorkers("tick", 2);
        long manager = managerPid(circus);
        long kernel = pid(circus, "kernel");

        Commands.Result upgrade = upgrade(circus, "--kernel");

        assertThat(upgrade.mustSucceed().output()).contains("prove").contains("has taken the place of papa");
        assertThat(pid(circus, "kernel")).isEqualTo(kernel);
        assertThat(managerPid(circus)).isEqualTo(manager);
        assertThat(circus.pids("tick")).isEqualTo(workers);
        assertThat(upgrade(circus, "--kernel", "--to", "/nowhere").exit()).isEqualTo(1);
        assertThat(circus.tell("versions").lines())
                .hasSize(4)
                .anyMatch(line -> line.matches("papa +0\\.2\\.0 +" + kernel + " .*" + Installation.built() + ".*"));
        linesAreExact(circus);
    }

    /** Two workers that print numbered lines. */
    private Circus ticking(String options) {
        Circus circus = home.circus("ticking", options, """
                [watcher:tick]
                cmd = sh -c 'i=0; while :; do i=$((i+1)); echo "tick-$(circus.wid) $i"; sleep 0.02; done'
                numprocesses = 2
                use_papa = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(home.path("tick.log")));
        circus.start();
        return circus;
    }

    /** Ends everything, and finds each line once and in its order. */
    private void linesAreExact(Circus circus) {
        circus.terminate();
        home.mustBeEmpty();
        Map<String, Integer> last = new HashMap<>();
        List<String> faults = new ArrayList<>();
        Home.read(home.path("tick.log")).lines().forEach(line -> {
            String[] words = line.split(" ");
            int number = words.length == 2 ? Integer.parseInt(words[1]) : -1;
            if (number != last.getOrDefault(words[0], 0) + 1) {
                faults.add(line + " after " + last.get(words[0]));
            }
            last.put(words[0], number);
        });
        assertThat(faults).isEmpty();
        assertThat(last).hasSizeGreaterThanOrEqualTo(2);
    }

    private static Path real() {
        return Installation.built().resolve("bin/circusd");
    }

    private static long managerPid(Circus circus) {
        return pid(circus, "manager");
    }

    private static long pid(Circus circus, String program) {
        return circus.call("versions", Map.of()).fields().get(program) instanceof Map<?, ?> about
                        && about.get("pid") instanceof Number pid
                ? pid.longValue()
                : -1;
    }

    private Commands.Result upgrade(Circus circus, String... words) {
        List<String> command = new ArrayList<>(List.of("--endpoint", circus.endpoint(), "--timeout", "20", "upgrade"));
        command.addAll(List.of(words));
        return home.run(LIMIT, Installation.launcher("circusctl"), command.toArray(String[]::new));
    }

    /** An upgrade to a circusd that is a script; it must fail for this reason. */
    private void refused(Circus circus, String script, String reason, String... words) {
        Path unused = home.script("broken/bin/circusd", script + "\n");
        List<String> command =
                new ArrayList<>(List.of("--to", home.path("broken").toString()));
        command.addAll(List.of(words));
        Commands.Result result = upgrade(circus, command.toArray(String[]::new));
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.output()).contains(reason);
    }
}
