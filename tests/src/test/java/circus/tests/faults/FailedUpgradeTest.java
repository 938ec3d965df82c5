package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.failpoint.Failpoint;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.LoadedCircus;
import circus.tests.workers.Glutton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Promise 7: an upgrade to a circusd that is no good changes nothing, however it is no good, and nobody notices it. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class FailedUpgradeTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String TAKEN_BACK = "has taken everything back";
    private static final Path REAL = Installation.built().resolve("bin/circusd");

    /** Where it may die once it has begun to manage; a start with nothing to settle does not come to the others. */
    private static final List<Failpoint> PLACES = List.of(
            Failpoint.BEFORE_COMMIT,
            Failpoint.COMMITTED,
            Failpoint.BEFORE_WRITE,
            Failpoint.AFTER_WRITE,
            Failpoint.TORN_WRITE,
            Failpoint.IN_RECOVERY);

    private final Home home;

    /** The log of the circusd that is no good, where it matters how far it has come. */
    private final Path log;

    FailedUpgradeTest(Home home) {
        this.home = home;
        log = home.path("successor.log");
    }

    /**
     * What is wrong with it.
     *
     * @param script of its launcher
     * @param reason that circusctl tells
     * @param words of circusctl
     */
    private record Successor(String script, String reason, List<String> words) {
        Successor(String script, String reason, String... words) {
            this(script, reason, List.of(words));
        }
    }

    /** In the order in which they are tried. */
    private List<Successor> successors(Circus circus, Rounds rounds) {
        String exec = "exec " + REAL + " ";
        Path other = home.path("other.ini");
        Path jar = home.path("glutton.jar");
        return List.of(
                failing(Failpoint.TORN_WRITE, 1 + rounds.random().nextInt(20)),
                new Successor(
                        "rm -f " + log + "\nexport CIRCUS_JAVA_OPTS=-javaagent:" + jar + "=" + log + "\n" + exec
                                + "--log-output " + log + " \"$@\"",
                        TAKEN_BACK,
                        "--probation",
                        "60"),
                new Successor(
                        "sed 's/^numprocesses = 2$/numprocesses = 3/' " + circus.file() + " > " + other + "\n" + exec
                                + other,
                        "--apply"),
                whenItServes(
                        "for file in " + circus.kernelSocket() + ".*.events " + circus.kernelSocket() + ".*.output "
                                + circus.kernelSocket() + ".*.workers " + home.path("state")
                                + "/*; do head -c 5000 /dev/urandom > $file; done; kill -9 $$"),
                new Successor("exec sleep 1000", "does not stand ready within 1 s", "--timeout", "1"),
                failing(
                        PLACES.get(rounds.random().nextInt(PLACES.size())),
                        1 + rounds.random().nextInt(3)),
                new Successor("exit 3", "ended with exit code 3"),
                new Successor("ulimit -v 300000\n" + exec + "\"$@\"", "ended with exit code 1"),
                new Successor(
                        "sed 's/^endpoint = .*/endpoint = tcp:\\/\\/127.0.0.1:1/' " + circus.file() + " > " + other
                                + "\n" + exec + other,
                        "reads another configuration: its endpoint is"),
                whenItServes("kill -STOP $$"));
    }

    private static Successor failing(Failpoint place, int count) {
        // The one that settles what was found comes once or twice.
        int times = place == Failpoint.IN_RECOVERY ? 1 : count;
        return new Successor(
                Failpoint.VARIABLE + "=" + place.text() + ":" + times + " exec " + REAL + " \"$@\"",
                TAKEN_BACK,
                "--probation",
                "60");
    }

    /** Something is done to it, by its pid {@code $$}, when it has begun to serve. */
    private Successor whenItServes(String deed) {
        return new Successor(
                "rm -f " + log + "\n(while kill -0 $$; do sleep 0.1; if grep -q 'for commands' " + log + "; then "
                        + deed + "; exit; fi; done 2>/dev/null) &\nexec " + REAL + " --log-output " + log + " \"$@\"",
                TAKEN_BACK,
                "--probation",
                "60");
    }

    @Test
    void an_upgrade_to_a_circusd_that_is_no_good_is_noticed_by_nobody() throws Exception {
        Rounds rounds = Rounds.of(Fault.MANAGER_UPGRADE_FAILED, 6);
        Glutton.pack(home.path("glutton.jar"));
        Mortal mortal = new Mortal(home);
        // With a name of its own, another file can be taken for the same configuration.
        try (LoadedCircus loaded = LoadedCircus.start(home, "name = loaded\n", mortal.section(), Circus::start)) {
            Circus circus = loaded.circus();
            rounds.each(round -> {
                List<Successor> all = successors(circus, rounds);
                Successor successor = all.get((round - 1) % all.size());
                rounds.timed(() -> refused(circus, successor));
                assertThat(managerPid(circus)).isEqualTo(circus.manager().pid());
                loaded.workersAreTheSame();
                if (successor.script().contains("urandom")) {
                    mortal.forget();
                }
                mortal.check(circus);
            });
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        rounds.passed();
    }

    private void refused(Circus circus, Successor successor) {
        home.script("broken/bin/circusd", successor.script() + "\n");
        List<String> command = new ArrayList<>(List.of("--endpoint", circus.endpoint(), "--timeout", "20", "upgrade"));
        command.addAll(List.of("--to", home.path("broken").toString()));
        command.addAll(successor.words());
        Commands.Result result = home.run(LIMIT, Installation.launcher("circusctl"), command.toArray(String[]::new));
        assertThat(result.exit()).as(successor + "\n" + result).isEqualTo(1);
        assertThat(result.output()).as(successor.script()).contains(successor.reason());
    }

    private static long managerPid(Circus circus) {
        return circus.call("versions", Map.of()).fields().get("manager") instanceof Map<?, ?> about
                        && about.get("pid") instanceof Number pid
                ? pid.longValue()
                : -1;
    }
}
