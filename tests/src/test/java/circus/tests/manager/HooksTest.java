package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.SourceJar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hooks with real daemons: programs and classes from a jar, in the order of the contract, and what becomes of those that hang. */
@ExtendWith(HomeExtension.class)
class HooksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Home home;

    HooksTest(Home home) {
        this.home = home;
    }

    private List<String> diary() {
        return Home.read(home.path("diary")).lines().toList();
    }

    @Test
    void programs_at_all_points_in_the_order_of_the_contract() {
        Path script = home.script(
                "diary.sh",
                "echo $CIRCUS_HOOK $CIRCUS_WATCHER $CIRCUS_WID $CIRCUS_SIGNUM $CIRCUS_EXIT_CODE >> diary\n");
        StringBuilder hooks = new StringBuilder();
        for (String point : List.of(
                "before_start",
                "after_start",
                "before_stop",
                "after_stop",
                "before_spawn",
                "after_spawn",
                "before_signal",
                "after_signal",
                "before_reap",
                "after_reap")) {
            hooks.append("hooks.")
                    .append(point)
                    .append(" = exec:")
                    .append(script)
                    .append('\n');
        }
        Circus circus = home.circus("points", "", "[watcher:web]\ncmd = sleep 1000\nnumprocesses = 2\n" + hooks);
        circus.start();
        await("the start")
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "web").equals("active"));
        assertThat(diary())
                .containsExactly(
                        "before_start web",
                        "before_spawn web 1",
                        "after_spawn web 1",
                        "before_spawn web 2",
                        "after_spawn web 2",
                        "after_start web");

        assertThat(circus.tell("stop", "--waiting", "web")).isEqualTo("ok");

        List<String> stop = diary().subList(6, diary().size());
        assertThat(stop)
                .startsWith("before_stop web")
                .endsWith("after_stop web")
                .hasSize(10);
        for (int wid = 1; wid <= 2; wid++) {
            String of = " web " + wid;
            assertThat(stop.stream().filter(line -> line.contains(of)))
                    .containsExactly(
                            "before_signal" + of + " 15",
                            "after_signal" + of + " 15",
                            "before_reap" + of,
                            "after_reap" + of + " -15");
        }
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_in_java_from_a_jar_decides_and_adds_to_the_figures() {
        SourceJar.make(home, "hooks.jar", Map.of("com.example.Ours", """
                package com.example;

                import circus.hook.*;

                public final class Ours implements Hook {
                    private int spawned;

                    public boolean run(HookCall call) throws Exception {
                        switch (call.point()) {
                            case AFTER_SPAWN -> {
                                spawned++;
                                call.signal(call.pid().getAsInt(), 18);
                            }
                            case EXTENDED_STATS -> {
                                if (call.options().containsKey("broken")) {
                                    throw new IllegalStateException("no figures");
                                }
                                call.stats().put("spawned", spawned);
                                call.stats().put("of", call.processes().size());
                            }
                            default -> { }
                        }
                        return true;
                    }

                    public static boolean never(HookCall call) {
                        return false;
                    }
                }
                """));
        Circus circus = home.circus("jar", "extension_path = hooks.jar\n", """
                [watcher:web]
                cmd = sleep 1000
                numprocesses = 2
                hooks.after_spawn = com.example.Ours
                hooks.extended_stats = com.example.Ours

                [watcher:bad]
                cmd = sleep 1000
                broken = yes
                hooks.extended_stats = com.example.Ours

                [watcher:never]
                cmd = sleep 1000
                hooks.before_start = com.example.Ours.never
                """);
        circus.start();
        List<Integer> pids = circus.awaitWorkers("web", 2);
        await("both are up")
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "web").equals("active"));

        Answer stats = circus.call("stats", Map.of("name", "web", "extended", true));

        assertThat(stats.fields().get("info")).asString().contains("spawned=2, of=2");
        assertThat(pids).hasSize(2);
        assertThat(circus.call("stats", Map.of("name", "web")).fields().get("info"))
                .asString()
                .doesNotContain("spawned");
        circus.awaitWorkers("bad", 1);
        Answer broken = circus.call("stats", Map.of("name", "bad", "extended", true));
        assertThat(broken.fields()).containsEntry("status", "error").containsEntry("errno", 5L);
        assertThat(broken.fields().get("reason")).asString().contains("no figures");
        assertThat(circus.tell("status", "never")).isEqualTo("stopped");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_hangs_holds_up_nobody_else_and_is_killed_at_its_limit() {
        Path hangs = home.script("never-ends", "echo hung $$ >> diary\n(sleep 998 &)\nsleep 1000\n");
        Circus circus = home.circus("hangs", "", """
                [watcher:slow]
                cmd = sleep 1000
                hooks.before_start = exec:%s
                hook_timeout = 4

                [watcher:other]
                cmd = sleep 1000
                """.formatted(hangs));
        circus.start();
        await("it hangs").atMost(PATIENCE).until(() -> !diary().isEmpty());

        long before = System.nanoTime();
        assertThat(circus.call("status", Map.of()).fields().get("statuses"))
                .isEqualTo(Map.of("slow", "starting", "other", "active"));
        assertThat(circus.call("stop", Map.of("name", "other", "waiting", true)).fields())
                .containsEntry("status", "ok");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));

        await("its limit")
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "slow").equals("stopped"));
        await("nothing of it is left")
                .atMost(PATIENCE)
                .until(() -> home.processes().stream()
                        .noneMatch(line -> line.contains("never-ends") || line.contains("sleep 998")));
        assertThat(circus.manager().errors()).contains("it did not come back within 4 s");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_manager_that_is_killed_in_the_middle_of_one_is_followed_by_one_that_asks_again() {
        Path once = home.script("once", "echo asked >> diary\nif [ ! -e again ]; then touch again; exec sleep 8; fi\n");
        Circus circus = home.circus("killed", "", """
                [watcher:web]
                cmd = sleep 1000
                numprocesses = 2
                hooks.before_start = exec:%s
                """.formatted(once));
        circus.start();
        await("it runs").atMost(PATIENCE).until(() -> Files.exists(home.path("again")));
        circus.manager().kill9();

        circus.start();

        circus.awaitWorkers("web", 2);
        await("the start")
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "web").equals("active"));
        assertThat(diary()).containsExactly("asked", "asked");
        circus.manager().kill9();
        circus.start();
        assertThat(circus.pids("web")).hasSize(2);
        assertThat(diary()).as("what runs is not started again").hasSize(2);
        circus.terminate();
    }

    @Test
    void detach_does_not_wait_for_one_and_quit_waits_no_longer_than_its_limit() {
        Path slow = home.script("slow", "echo $CIRCUS_HOOK >> diary\nexec sleep 1000\n");
        Circus circus = home.circus("ends", "", """
                [watcher:web]
                cmd = sleep 1000
                hooks.after_start = exec:%s
                hook_timeout = 3
                """.formatted(slow));
        circus.start();
        await("it runs").atMost(PATIENCE).until(() -> diary().size() == 1);
        long before = System.nanoTime();
        assertThat(circus.tell("detach")).isEqualTo("ok");
        assertThat(circus.manager().awaitExit(PATIENCE)).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        circus.start();
        assertThat(circus.tell("status", "web")).isEqualTo("active");
        assertThat(circus.tell("restart", "web")).isEqualTo("ok");
        await("it runs").atMost(PATIENCE).until(() -> diary().size() == 2);
        circus.terminate();
    }

    @Test
    void one_that_is_set_counts_from_the_next_call() {
        Circus circus = home.circus("sets", "", "[watcher:web]\ncmd = sleep 1000\n");
        circus.start();
        circus.awaitWorkers("web", 1);
        Commands.Result refused = circus.ctl("set", "web", "hooks.before_start", "hooks.in_python");
        assertThat(refused.errors() + refused.output())
                .contains("there is no Java class hooks.in_python", "No module named 'hooks'");
        circus.tell("set", "web", "hooks.before_start", "exec:false");
        assertThat(circus.pids("web")).hasSize(1);
        circus.tell("stop", "--waiting", "web");
        circus.tell("start", "--waiting", "web");
        assertThat(circus.tell("status", "web")).isEqualTo("stopped");
        circus.tell("set", "web", "hooks.before_start", "exec:true");
        circus.tell("start", "--waiting", "web");
        assertThat(circus.tell("status", "web")).isEqualTo("active");
        circus.terminate();
    }
}
