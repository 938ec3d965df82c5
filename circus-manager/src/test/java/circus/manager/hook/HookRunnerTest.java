package circus.manager.hook;

import static org.assertj.core.api.Assertions.assertThat;

import circus.hook.Hook;
import circus.hook.HookCall;
import circus.hook.HookPoint;
import circus.manager.config.HookSpec;
import circus.manager.extension.Extensions;
import circus.options.BadValueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hooks of both kinds, for real: what they are told, what counts as what, and that nobody waits for one that hangs. */
@Timeout(60)
public class HookRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /** What keeps a deaf hook. */
    private static volatile CountDownLatch kept = new CountDownLatch(1);

    @TempDir
    Path directory;

    private final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private final HookThreads threads = new HookThreads("hook", 2, 4);
    private final HookRunner runner = new HookRunner(
            loop::add, new Extensions(List.of()), Map.of("PATH", "/usr/bin:/bin", "OWN", "own"), threads);
    private final List<String> asked = new ArrayList<>();

    @AfterEach
    void close() {
        kept.countDown();
        runner.close();
    }

    // ---- hooks in Java

    public static final class Yes implements Hook {
        private int calls;

        @Override
        public boolean run(HookCall call) throws Exception {
            calls++;
            if (call.point() == HookPoint.EXTENDED_STATS) {
                call.stats().put("calls", calls);
                call.stats().put("mem", 1.5f);
            }
            return call.point() != HookPoint.AFTER_STOP || (call.status().equals("stopping") && call.signal(7, 15));
        }
    }

    public static final class Raises implements Hook {
        @Override
        public boolean run(HookCall call) throws IOException {
            throw new IOException("no database");
        }
    }

    public static final class Broken implements Hook {
        @Override
        public boolean run(HookCall call) {
            throw new NoClassDefFoundError("some/Thing");
        }
    }

    public static boolean byMethod(HookCall call) {
        return call.watcher().equals("web") && "x".equals(call.options().get("cmd"));
    }

    /** Hears no interruption. */
    public static boolean deaf(HookCall call) {
        while (kept.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            boolean unused = Thread.interrupted();
        }
        return true;
    }

    public static boolean sleepy(HookCall call) throws InterruptedException {
        new CountDownLatch(1).await();
        return true;
    }

    /** Until it has given up. */
    public static boolean signals(HookCall call) throws InterruptedException {
        try {
            return call.signal(7, 15);
        } finally {
            kept.countDown();
        }
    }

    public static boolean strange(HookCall call) {
        call.stats().put("thread", Thread.currentThread());
        return true;
    }

    private static String own(String name) {
        return HookRunnerTest.class.getName() + (name.startsWith("$") ? name : "." + name);
    }

    private HookAnswer run(HookPoint point, String spec, HookFacts facts, Duration limit) {
        CompletableFuture<HookAnswer> answer = begin(point, spec, facts, limit);
        try {
            while (!answer.isDone()) {
                Runnable task = loop.poll(LONG.toSeconds(), TimeUnit.SECONDS);
                assertThat(task).as("an answer").isNotNull();
                task.run();
            }
            return answer.join();
        } catch (InterruptedException never) {
            throw new AssertionError(never);
        }
    }

    private CompletableFuture<HookAnswer> begin(HookPoint point, String spec, HookFacts facts, Duration limit) {
        CompletableFuture<HookAnswer> answer = new CompletableFuture<>();
        try {
            runner.run(
                    new HookTask(
                            point, HookSpec.parse(spec), "web", facts, limit, Map.of("cmd", "x"), Map.of(), actions()),
                    answer::complete);
        } catch (BadValueException bad) {
            throw new AssertionError(bad);
        }
        return answer;
    }

    private HookActions actions() {
        return new HookActions() {
            @Override
            public String status() {
                return "stopping";
            }

            @Override
            public Map<Integer, Integer> processes() {
                return Map.of();
            }

            @Override
            public Map<String, @Nullable Object> describe() {
                return Map.of("status", "stopping", "processes", Map.of("7", Map.of("wid", 1, "started", 5.5)));
            }

            @Override
            public boolean signal(int pid, int signum) {
                asked.add(pid + " " + signum);
                return true;
            }
        };
    }

    private HookAnswer run(HookPoint point, String spec) {
        return run(point, spec, HookFacts.NONE, LONG);
    }

    @Test
    void a_class_and_a_static_method() {
        assertThat(run(HookPoint.BEFORE_START, own("$Yes")).result()).isTrue();
        assertThat(run(HookPoint.BEFORE_START, own("byMethod")).result()).isTrue();
    }

    @Test
    void what_a_hook_does_to_its_watcher_is_done_on_the_loop() {
        assertThat(run(HookPoint.AFTER_STOP, own("$Yes")).result()).isTrue();
        assertThat(asked).containsExactly("7 15");
    }

    @Test
    void one_instance_serves_all_points_of_a_watcher_and_adds_to_the_figures() {
        run(HookPoint.BEFORE_START, own("$Yes"));
        Map<String, @Nullable Object> stats = run(
                        HookPoint.EXTENDED_STATS, own("$Yes"), HookFacts.stats(1, 7, Map.of("pid", 7)), LONG)
                .stats();
        assertThat(stats).containsEntry("pid", 7).containsEntry("calls", 2).containsEntry("mem", 1.5);
    }

    @Test
    void figures_that_are_no_json_are_an_error() {
        assertThat(run(HookPoint.EXTENDED_STATS, own("strange")).error())
                .contains("cannot answer thread: a java.lang.Thread is no text, number, boolean, list or map");
    }

    @Test
    void whatever_it_throws_is_its_own() {
        assertThat(run(HookPoint.BEFORE_START, own("$Raises"))).isEqualTo(HookAnswer.failed("no database"));
        assertThat(run(HookPoint.BEFORE_START, own("$Broken")).error()).contains("some/Thing");
        assertThat(run(HookPoint.BEFORE_START, "no.such.Hook").error().orElseThrow())
                .startsWith("there is no Java class no.such.Hook");
    }

    @Test
    void one_that_does_not_come_back_is_interrupted_and_has_failed() {
        assertThat(run(HookPoint.BEFORE_START, own("sleepy"), HookFacts.NONE, Duration.ofMillis(200))
                        .error())
                .contains("it did not come back within 0.2 s");
        assertThat(run(HookPoint.BEFORE_START, own("$Yes")).result()).isTrue();
    }

    @Test
    void what_it_asked_for_and_does_not_wait_for_any_more_is_not_done_later() throws InterruptedException {
        kept = new CountDownLatch(1);
        CompletableFuture<HookAnswer> answer =
                begin(HookPoint.BEFORE_START, own("signals"), HookFacts.NONE, Duration.ofMillis(200));
        assertThat(kept.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        while (!answer.isDone()) { // circus-loop has had something else to do, and gets to it now
            Runnable task = loop.poll(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(task).isNotNull();
            task.run();
        }
        assertThat(answer.join().error()).isPresent();
        assertThat(asked).isEmpty();
    }

    @Test
    void those_that_hang_are_replaced_until_there_are_too_many_and_then_refused_at_once() {
        kept = new CountDownLatch(1);
        Duration little = Duration.ofMillis(100);
        for (int i = 0; i < 3; i++) {
            assertThat(run(HookPoint.BEFORE_START, own("deaf"), HookFacts.NONE, little)
                            .error())
                    .contains("it did not come back within 0.1 s");
        }
        assertThat(run(HookPoint.BEFORE_START, own("$Yes")).result())
                .as("one thread is left")
                .isTrue();
        run(HookPoint.BEFORE_START, own("deaf"), HookFacts.NONE, little);
        assertThat(run(HookPoint.BEFORE_START, own("$Yes")).error().orElseThrow())
                .startsWith("all 4 threads for hooks are taken by hooks that did not come back");
        kept.countDown();
        soon(() -> run(HookPoint.BEFORE_START, own("$Yes")).result());
    }

    @Test
    void who_waits_for_a_turn_has_a_limit_too() {
        List<CompletableFuture<HookAnswer>> others = List.of(
                begin(HookPoint.BEFORE_START, own("sleepy"), HookFacts.NONE, LONG),
                begin(HookPoint.BEFORE_START, own("sleepy"), HookFacts.NONE, LONG));
        assertThat(run(HookPoint.BEFORE_START, own("$Yes"), HookFacts.NONE, Duration.ofMillis(200))
                        .error())
                .contains("it did not get its turn within 0.2 s: too many other hooks run");
        assertThat(others).noneMatch(CompletableFuture::isDone);
    }

    private static void soon(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("now, which is late").isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    // ---- programs

    private String script(String... lines) {
        try {
            Path file = Files.createTempFile(directory, "hook", ".sh");
            Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            return "exec:" + file;
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void zero_is_true_and_another_code_false() {
        assertThat(run(HookPoint.BEFORE_START, script("exit 0"))).isEqualTo(HookAnswer.of(true));
        assertThat(run(HookPoint.BEFORE_START, script("exit 3"))).isEqualTo(HookAnswer.of(false));
        assertThat(run(HookPoint.BEFORE_START, "exec:test 'a b' = 'a b'").result())
                .isTrue();
    }

    @Test
    void what_cannot_be_started_or_ends_by_a_signal_is_an_error() throws IOException {
        assertThat(run(HookPoint.BEFORE_START, "exec:/no/such").error())
                .contains("cannot start /no/such: there is no such file");
        assertThat(run(HookPoint.BEFORE_START, "exec:no-such-program").error())
                .contains("cannot start no-such-program: it is not on circusd's PATH");
        Path text = Files.writeString(directory.resolve("text"), "x");
        assertThat(run(HookPoint.BEFORE_START, "exec:" + text).error())
                .contains("cannot start " + text + ": it is not executable");
        assertThat(run(HookPoint.BEFORE_START, script("kill -TERM $$")).error().orElseThrow())
                .endsWith("was ended by signal 15");
    }

    @Test
    void it_is_told_everything_in_its_environment() throws IOException {
        Path out = directory.resolve("out");
        run(
                HookPoint.AFTER_REAP,
                script("env | grep -E '^(CIRCUS|OWN)' | sort > " + out),
                HookFacts.dead(2, 77, Instant.ofEpochSecond(1, 500_000_000), -15),
                LONG);
        assertThat(Files.readAllLines(out))
                .containsExactly(
                        "CIRCUS_EXIT_CODE=-15",
                        "CIRCUS_HOOK=after_reap",
                        "CIRCUS_PID=77",
                        "CIRCUS_TIME=1.5",
                        "CIRCUS_WATCHER=web",
                        "CIRCUS_WID=2",
                        "OWN=own");
    }

    @Test
    void nobody_waits_for_what_it_leaves_running() {
        long before = System.nanoTime();
        assertThat(run(HookPoint.BEFORE_START, script("sleep 15 &", "exit 0")).result())
                .isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void at_its_limit_it_is_killed_with_all_that_it_started() throws IOException {
        Path pids = directory.resolve("pids");
        HookAnswer answer = run(
                HookPoint.BEFORE_START,
                script("trap '' TERM", "sleep 50 &", "echo $$ $! > " + pids, "wait"),
                HookFacts.NONE,
                Duration.ofSeconds(1));
        assertThat(answer.error()).contains("it did not come back within 1 s");
        for (String pid : Files.readString(pids).strip().split(" ")) {
            soon(() -> ProcessHandle.of(Long.parseLong(pid))
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
        }
    }

    @Test
    void for_extended_stats_it_writes_json() {
        HookFacts facts = HookFacts.stats(1, 7, Map.of("pid", 7));
        assertThat(run(HookPoint.EXTENDED_STATS, script("echo '{\"rps\": 4}'"), facts, LONG)
                        .stats())
                .containsEntry("pid", 7)
                .containsEntry("rps", 4L);
        assertThat(run(HookPoint.EXTENDED_STATS, script("echo four"), facts, LONG)
                        .error()
                        .orElseThrow())
                .startsWith("what it wrote is no JSON object");
    }

    @Test
    void one_that_writes_without_end_is_killed() {
        assertThat(run(HookPoint.EXTENDED_STATS, script("yes")).error().orElseThrow())
                .endsWith("was ended by signal 9");
    }
}
