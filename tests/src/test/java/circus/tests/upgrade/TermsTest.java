package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * circusd manages term after term, with another kernel or after another circusd. What comes between two terms is lost as little as what
 * comes within one: ends that are wanted, requests, the configuration, and a kernel that dies in the middle of a hand-over.
 */
@ExtendWith(HomeExtension.class)
@Timeout(300)
class TermsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ROUNDS = Integer.getInteger("circus.rounds", 2);

    /** An upgrade takes about so long. */
    private static final Duration MOMENTS = Duration.ofMillis(2500);

    private static final String WORKER = "[watcher:worker]\ncmd = sleep 1000\nnumprocesses = 2\n";

    private final Home home;

    TermsTest(Home home) {
        this.home = home;
    }

    // ---- the kernel is killed in the middle of a hand-over

    @Test
    void before_the_hand_over_it_is_given_up() {
        Circus circus = started("", WORKER);
        List<Integer> workers = circus.awaitWorkers("worker", 2);
        int manager = circus.manager().pid();
        Path unused = home.script(
                "other/bin/circusd",
                "kill -9 $(cat " + lock(circus) + ")\nexec " + Installation.launcher("circusd") + " \"$@\"\n");

        Commands.Result upgrade = upgrade(circus, "--to", home.path("other").toString(), "--probation", "0");

        assertThat(upgrade.exit()).as(upgrade.toString()).isEqualTo(1);
        assertThat(upgrade.output()).contains("nothing has changed");
        assertThat(managerPid(circus)).isEqualTo(manager);
        assertThat(circus.pids("worker")).isEqualTo(workers);
        upgrade(circus, "--probation", "0").mustSucceed();
        assertThat(circus.pids("worker")).isEqualTo(workers);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void when_the_former_circusd_has_left_that_takes_everything_back_with_what_it_kept() {
        Circus circus = started("", WORKER);
        List<Integer> workers = circus.awaitWorkers("worker", 2);

        Commands.Result upgrade = upgradeToStandIn(circus, "kill-kernel");

        assertThat(upgrade.exit()).as(upgrade.toString()).isEqualTo(1);
        assertThat(upgrade.output()).contains("has taken everything back");
        assertThat(managerPid(circus)).isEqualTo(circus.manager().pid());
        assertThat(circus.pids("worker")).isEqualTo(workers);
        circus.terminate();
        home.mustBeEmpty();
    }

    /** {@code -Dcircus.rounds=20} for the long run, {@code -Dcircus.seed=N} for the moments of an earlier one. */
    @Test
    void at_any_moment_one_circusd_is_left_and_no_worker_is_there_twice() {
        long seed = Long.getLong("circus.seed", System.nanoTime());
        System.out.println("circus.seed=" + seed + ", circus.rounds=" + ROUNDS);
        Random random = new Random(seed);
        String sleep = "1000." + Home.freePort(); // nobody else's
        Circus circus = started("", WORKER.replace("1000", sleep));
        List<Integer> workers = circus.awaitWorkers("worker", 2);
        int kept = 0;
        for (int round = 0; round < ROUNDS; round++) {
            CompletableFuture<Commands.Result> upgrade =
                    CompletableFuture.supplyAsync(() -> upgrade(circus, "--probation", "0"));
            LockSupport.parkNanos((long) (random.nextDouble() * MOMENTS.toNanos()));
            kill9(kernelPid(circus));
            String told = upgrade.join().output();
            await("a kernel, and one circusd").atMost(LIMIT).untilAsserted(() -> {
                assertThat(circus.hasKernel()).isTrue();
                assertThat(home.processes().stream().filter(each -> each.contains("circus.manager.Circusd")))
                        .hasSize(1);
            });
            List<Integer> now = circus.awaitWorkers("worker", 2);
            assertThat(running(sleep)).as(told).containsExactlyInAnyOrderElementsOf(now);
            kept += now.equals(workers) ? 1 : 0;
            workers = now;
        }
        System.out.println("workers went on in " + kept + " of " + ROUNDS + " rounds");
        circus.ctl("quit", "--terminate").mustSucceed();
        home.mustBeEmpty();
    }

    @Test
    void in_the_probation_the_new_circusd_goes_on_with_another_one() {
        Circus circus = started("", WORKER);
        List<Integer> workers = circus.awaitWorkers("worker", 2);
        CompletableFuture<Commands.Result> upgrade =
                CompletableFuture.supplyAsync(() -> upgrade(circus, "--probation", "4"));
        await("its probation")
                .atMost(LIMIT)
                .until(() -> circus.ask("upgrade", Map.of("look", true), Duration.ofSeconds(5))
                        .map(answer -> answer.toString().contains("probation"))
                        .orElse(false));

        killKernel(circus);

        upgrade.join().mustSucceed();
        assertThat(managerPid(circus)).isNotEqualTo(circus.manager().pid());
        assertThat(circus.pids("worker")).isEqualTo(workers);
        circus.ctl("quit", "--terminate").mustSucceed();
        home.mustBeEmpty();
    }

    @Test
    void while_it_is_taken_back_what_ran_is_ended_and_started_anew() {
        Circus circus = started("", WORKER);
        List<Integer> workers = circus.awaitWorkers("worker", 2);

        Commands.Result upgrade = upgradeToStandIn(circus, "serving", "sleep", "0.5", "kill-kernel");

        assertThat(upgrade.exit()).as(upgrade.toString()).isEqualTo(1);
        assertThat(managerPid(circus)).isEqualTo(circus.manager().pid());
        assertThat(circus.awaitWorkers("worker", 2)).doesNotContainAnyElementsOf(workers);
        assertThat(workers).noneMatch(TermsTest::isAlive);
        circus.terminate();
        home.mustBeEmpty();
    }

    // ---- ends that are wanted

    @Test
    void an_end_that_is_asked_for_as_the_kernel_goes_comes_in_order() {
        Circus circus = started("", WORKER);
        List<Integer> workers = circus.awaitWorkers("worker", 2);
        circus.manager().signal("STOP");
        kill9(kernelPid(circus));
        circus.manager().signal("TERM");
        circus.manager().signal("CONT");

        assertThat(circus.manager().awaitExit(LIMIT)).isZero();

        assertThat(workers).noneMatch(TermsTest::isAlive);
        home.mustBeEmpty();
    }

    @Test
    void an_end_that_has_begun_goes_on_with_another_kernel_and_who_waits_for_it_is_answered() {
        Path asked = home.path("asked");
        Circus circus = started(
                "",
                "[watcher:slow]\ncmd = bash -c 'trap \"touch " + asked
                        + "; sleep 2; exit 0\" TERM; while true; do sleep 0.1; done'\ngraceful_timeout = 30\n");
        int worker = circus.awaitWorkers("slow", 1).get(0);
        CompletableFuture<Optional<Answer>> quit =
                CompletableFuture.supplyAsync(() -> circus.ask("quit", Map.of("waiting", true), LIMIT));
        await("the worker is to end").atMost(LIMIT).until(() -> Files.exists(asked));

        kill9(kernelPid(circus));

        assertThat(circus.manager().awaitExit(LIMIT)).isZero();
        assertThat(quit.join())
                .hasValueSatisfying(answer -> assertThat(answer.toString()).contains("ok"));
        assertThat(isAlive(worker)).isFalse();
        home.mustBeEmpty();
    }

    @Test
    void an_end_that_is_asked_for_in_a_hand_over_that_fails_comes_all_the_same() {
        Circus circus = started("", WORKER);
        List<Integer> workers = circus.awaitWorkers("worker", 2);
        standIn(circus, "term-former", "sleep", "0.3");

        Answer begun = circus.call("upgrade", Map.of("to", home.path("other").toString()));

        assertThat(begun.toString()).contains("running");
        assertThat(circus.manager().awaitExit(LIMIT)).isZero();
        assertThat(workers).noneMatch(TermsTest::isAlive);
        home.mustBeEmpty();
    }

    // ---- requests and the configuration

    @Test
    void who_waits_for_an_answer_as_the_kernel_goes_gets_one() {
        Circus circus = started("", WORKER);
        circus.awaitWorkers("worker", 2);
        CompletableFuture<Optional<Answer>> tail = CompletableFuture.supplyAsync(() ->
                circus.ask("tail", Map.of("names", List.of("worker"), "follow", true, "wait", 2.0, "lines", 0), LIMIT));
        await("it waits").atMost(LIMIT).until(() -> hasThread(circus.manager().pid(), "circus-tail"));

        kill9(kernelPid(circus));

        assertThat(tail.join()).isPresent();
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void what_was_applied_last_is_what_another_kernel_gets() {
        Circus circus = started("on_kernel_loss = replace", WORKER);
        circus.edit("numprocesses = 2", "numprocesses = 3");
        circus.tell("reloadconfig", "--waiting");
        List<Integer> workers = circus.awaitWorkers("worker", 3);
        circus.edit("numprocesses = 3", "numprocesses = 1"); // nobody has said that it is to be applied

        killKernel(circus);

        assertThat(circus.awaitWorkers("worker", 3)).doesNotContainAnyElementsOf(workers);
        circus.edit("[watcher:worker]", "[watcher:worker"); // nor can it be read any more

        killKernel(circus);

        circus.awaitWorkers("worker", 3);
        assertThat(circus.tell("get", "worker", "numprocesses")).isEqualTo("numprocesses: 3");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_socket_that_cannot_be_opened_any_more_keeps_nobody_else_from_going_on() throws IOException {
        Path folder = Files.createDirectory(home.path("sockets"));
        Circus circus = started(
                "on_kernel_loss = replace",
                "[socket:local]\npath = " + folder.resolve("local.sock")
                        + "\n[watcher:needs]\ncmd = sh -c 'exec sleep 1000' $(circus.sockets.local)\nuse_sockets = true\nmax_retry = 1\n"
                        + WORKER);
        List<Integer> workers = circus.awaitWorkers("worker", 2);
        circus.awaitWorkers("needs", 1);
        Files.delete(folder.resolve("local.sock"));
        Files.delete(folder);

        killKernel(circus);

        assertThat(circus.awaitWorkers("worker", 2)).doesNotContainAnyElementsOf(workers);
        assertThat(circus.pids("needs")).isEmpty();
        assertThat(circus.manager().errors()).contains("cannot open socket local at ");
        circus.terminate();
        home.mustBeEmpty();
    }

    private Circus started(String options, String sections) {
        Circus circus = home.circus("terms", options, sections);
        circus.start();
        return circus;
    }

    private Commands.Result upgrade(Circus circus, String... words) {
        List<String> command = new ArrayList<>(List.of("--endpoint", circus.endpoint(), "--timeout", "20", "upgrade"));
        command.addAll(List.of(words));
        return home.run(Duration.ofMinutes(2), Installation.launcher("circusctl"), command.toArray(String[]::new));
    }

    private Commands.Result upgradeToStandIn(Circus circus, String... actions) {
        standIn(circus, actions);
        return upgrade(circus, "--to", home.path("other").toString(), "--probation", "60");
    }

    /** A home whose circusd is one of ours up to the hand-over, then does this: {@code successor.py}. */
    private void standIn(Circus circus, String... actions) {
        Matcher arbiter = Pattern.compile("circus\\.(\\S+) epoch=").matcher(circus.askKernel("lease show"));
        assertThat(arbiter.find()).isTrue();
        Path unused = home.script(
                "other/bin/circusd",
                "exec /usr/bin/python3 " + home.resource("upgrade/successor.py") + " " + circus.endpoint() + " "
                        + circus.eventEndpoint() + " " + arbiter.group(1) + " " + circus.kernelSocket() + " "
                        + String.join(" ", actions) + "\n");
    }

    private static long managerPid(Circus circus) {
        return circus.call("versions", Map.of()).fields().get("manager") instanceof Map<?, ?> about
                        && about.get("pid") instanceof Number pid
                ? pid.longValue()
                : -1;
    }

    private static Path lock(Circus circus) {
        return Path.of(circus.kernelSocket() + ".lock");
    }

    /** 0 if there is none. */
    private static int kernelPid(Circus circus) {
        String text = Home.read(lock(circus)).strip();
        return text.matches("[0-9]+") ? Integer.parseInt(text) : 0;
    }

    /** Also of those that have lost their parent. */
    private static List<Integer> running(String argument) {
        return ProcessHandle.allProcesses()
                .filter(each -> each.info().arguments().stream()
                        .anyMatch(words -> List.of(words).contains(argument)))
                .map(each -> (int) each.pid())
                .filter(TermsTest::isAlive)
                .toList();
    }

    private static boolean hasThread(int pid, String name) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Integer.toString(pid), "task"))) {
            return threads.anyMatch(
                    each -> Home.read(each.resolve("comm")).strip().equals(name));
        }
    }

    /** Kills it, and returns when another one answers. */
    private static void killKernel(Circus circus) {
        int before = kernelPid(circus);
        kill9(before);
        await("another kernel").atMost(LIMIT).until(() -> {
            int now = kernelPid(circus);
            return now > 0 && now != before && circus.hasKernel();
        });
    }

    private static void kill9(int pid) {
        Commands.run(Duration.ofSeconds(5), "kill", "-9", Integer.toString(pid)).mustSucceed();
    }

    /** Who is dead and waits to be reaped is not. */
    private static boolean isAlive(int pid) {
        Path stat = Path.of("/proc/" + pid + "/stat");
        return Files.exists(stat) && !Home.read(stat).matches("(?s).*\\) [ZX] .*");
    }
}
