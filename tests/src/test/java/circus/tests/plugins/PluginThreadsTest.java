package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.SourceJar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Plugins of the user's own on threads of circusd: what they hear, what they can do, and that none of them does harm. */
@ExtendWith(HomeExtension.class)
class PluginThreadsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Writes down what it hears. */
    private static final String DIARY = """
            package com.example;

            import circus.plugin.*;
            import java.nio.file.*;
            import java.util.*;

            public final class Diary implements Plugin {
                private Path file;
                private PluginContext circus;

                public void start(PluginContext context) throws Exception {
                    circus = context;
                    file = Path.of(context.config().get("file"));
                    write("start " + context.name() + " " + context.config().get("colour"));
                    context.after(java.time.Duration.ofMillis(100), () -> write("later"));
                    write("watchers " + context.call("list", Map.of()).get("watchers"));
                }

                public void event(PluginEvent event) throws Exception {
                    write(event.watcher() + "|" + event.action() + "|" + event.message().containsKey("seq"));
                    if (event.watcher().equals("Two.Parts of it") && event.action().equals("start")) {
                        circus.cast("incr", Map.of("name", event.watcher()));
                        write("missing " + circus.call("status", Map.of("name", "nobody")).get("status"));
                    }
                }

                public void stop() throws Exception {
                    write("stop");
                }

                private void write(String line) throws Exception {
                    Files.writeString(file, line + "\\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            }
            """;

    /** Goes wrong in the way that its section says. */
    private static final String FAULTY = """
            package com.example;

            import circus.plugin.*;
            import java.nio.file.*;

            public final class Faulty implements Plugin {
                private String how;
                private String file;

                public void start(PluginContext circus) throws Exception {
                    how = circus.config().get("how");
                    file = circus.config().get("file");
                    Files.writeString(Path.of(file), "start\\n",
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }

                public void event(PluginEvent event) throws Exception {
                    if (!event.watcher().equals("victim") || !event.action().equals("spawn")) {
                        return;
                    }
                    if (how.equals("error")) {
                        throw new AssertionError("this one is worse");
                    }
                    if (how.equals("throw")) {
                        throw new IllegalStateException("this one is broken");
                    }
                    boolean ended = false;
                    while (!ended) {
                        ended = System.nanoTime() == 1;
                    }
                }

                public void stop() throws Exception {
                    Files.writeString(Path.of(file), "stop\\n", StandardOpenOption.APPEND);
                }
            }
            """;

    private final Home home;

    PluginThreadsTest(Home home) {
        this.home = home;
    }

    private List<String> lines(String file) {
        return Home.read(home.path(file)).lines().toList();
    }

    @Test
    void one_hears_of_everything_gives_commands_and_is_told_of_its_end() {
        SourceJar.make(home, "ours.jar", Map.of("com.example.Diary", DIARY));
        Circus circus = home.circus("diary", "extension_path = ours.jar\n", """
                [plugin:diary]
                use = com.example.Diary
                file = %s
                colour = $(circus.env.COLOUR)

                [watcher:Two.Parts of it]
                cmd = sleep 1000

                [env]
                COLOUR = green
                """.formatted(home.path("diary")));
        circus.start();
        await("the plugin's command")
                .atMost(PATIENCE)
                .until(() -> circus.tell("numprocesses", "Two.Parts of it"), "2"::equals);
        await("its timer").atMost(PATIENCE).until(() -> lines("diary").contains("later"));

        assertThat(lines("diary"))
                .startsWith("start plugin:diary green")
                .contains("Two.Parts of it|spawn|true", "Two.Parts of it|start|true", "missing error");
        assertThat(lines("diary").get(1)).startsWith("watchers [").contains("plugin:diary");
        assertThat(circus.tell("status", "plugin:diary")).isEqualTo("active");
        assertThat(circus.tell("list")).contains("plugin:diary");

        assertThat(circus.tell("stop", "--waiting", "plugin:diary")).isEqualTo("ok");
        assertThat(lines("diary")).endsWith("stop");
        assertThat(circus.tell("status", "plugin:diary")).isEqualTo("stopped");
        assertThat(circus.tell("start", "--waiting", "plugin:diary")).isEqualTo("ok");
        await("another start")
                .atMost(PATIENCE)
                .until(() -> lines("diary").stream()
                                .filter(line -> line.startsWith("start"))
                                .count()
                        == 2);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_throws_is_respawned_and_one_that_hangs_is_replaced_while_others_go_on() {
        SourceJar.make(home, "ours.jar", Map.of("com.example.Diary", DIARY, "com.example.Faulty", FAULTY));
        Circus circus = home.circus("faulty", "extension_path = ours.jar\n", """
                [plugin:diary]
                use = com.example.Diary
                file = %s
                colour = none

                [plugin:throws]
                use = com.example.Faulty
                file = %s
                how = throw

                [plugin:errs]
                use = com.example.Faulty
                file = %s
                how = error

                [plugin:hangs]
                use = com.example.Faulty
                file = %s
                how = hang
                hang_timeout = 1

                [watcher:victim]
                cmd = sleep 1000
                autostart = false
                """.formatted(
                        home.path("diary"), home.path("throws"), home.path("errs"), home.path("hangs")));
        circus.start();
        await("all of them")
                .atMost(PATIENCE)
                .until(() -> lines("diary").size() > 1
                        && home.path("throws").toFile().exists()
                        && home.path("errs").toFile().exists()
                        && home.path("hangs").toFile().exists());
        assertThat(circus.tell("start", "--waiting", "victim")).isEqualTo("ok");

        await("a new one in place of both")
                .atMost(PATIENCE)
                .until(() -> lines("throws").equals(List.of("start", "stop", "start"))
                        && lines("errs").equals(List.of("start", "stop", "start"))
                        && lines("hangs").equals(List.of("start", "start")));
        assertThat(circus.tell("status", "plugin:hangs")).isEqualTo("active");
        assertThat(circus.manager().errors())
                .contains("plugin:throws.1 has ended by a fault: this one is broken")
                .contains("plugin:errs.1 has ended by a fault: this one is worse")
                .contains("plugin:hangs has been at one thing for")
                .contains("com.example.Faulty.event");
        assertThat(circus.tell("stop", "--waiting", "victim")).isEqualTo("ok");
        await("the one that did nothing wrong")
                .atMost(PATIENCE)
                .until(() -> lines("diary").contains("victim|stop|true"));
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_provider_is_found_by_its_short_name_and_an_inactive_one_waits_to_be_started() {
        SourceJar.make(
                home,
                "ours.jar",
                Map.of("com.example.Diary", DIARY),
                Map.of("circus.plugin.Plugin", "com.example.Diary"));
        Circus circus = home.circus("short", "extension_path = ours.jar\n", """
                [plugin:diary]
                use = Diary
                active = no
                file = %s
                """.formatted(home.path("diary")));
        circus.start();
        assertThat(circus.tell("status", "plugin:diary")).isEqualTo("stopped");
        assertThat(home.path("diary")).doesNotExist();
        assertThat(circus.tell("start", "--waiting", "plugin:diary")).isEqualTo("ok");
        await("its start")
                .atMost(PATIENCE)
                .until(() -> home.path("diary").toFile().exists());
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_wants_a_process_has_one_and_outlives_its_circusd() {
        SourceJar.make(home, "ours.jar", Map.of("com.example.Diary", DIARY));
        Circus circus = home.circus("process", "extension_path = ours.jar\n", """
                [plugin:diary]
                use = com.example.Diary
                process = true
                file = %s
                colour = a 'quoted': value

                [watcher:Two.Parts of it]
                cmd = sleep 1000
                autostart = false
                """.formatted(home.path("diary")));
        circus.start();
        await("its start")
                .atMost(PATIENCE)
                .until(() ->
                        home.path("diary").toFile().exists() && lines("diary").contains("later"));
        assertThat(lines("diary")).startsWith("start plugin:diary a 'quoted': value");
        int pid = circus.pids("plugin:diary").get(0);

        circus.manager().kill9();
        circus.start();
        assertThat(circus.pids("plugin:diary")).containsExactly(pid);
        // Its subscription comes about in its own time.
        await("an event from the next one").atMost(PATIENCE).until(() -> {
            circus.tell("restart", "--waiting", "Two.Parts of it");
            return lines("diary").contains("Two.Parts of it|start|true");
        });
        await("its command")
                .atMost(PATIENCE)
                .until(() -> !circus.tell("numprocesses", "Two.Parts of it").equals("1"));
        assertThat(circus.tell("stop", "--waiting", "plugin:diary")).isEqualTo("ok");
        assertThat(lines("diary")).endsWith("stop");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_process_has_keys_of_its_own_where_circusd_demands_some() {
        keygen("server");
        keygen("plugin", "--server", "server.key");
        SourceJar.make(home, "ours.jar", Map.of("com.example.Diary", DIARY));
        Circus circus = home.circus(
                "keys",
                "extension_path = ours.jar\ncurve_server_key = server.key_secret\ncurve_clients = plugin.key\n",
                """
                [plugin:diary]
                use = com.example.Diary
                process = true
                curve = %s
                file = %s
                """.formatted(home.path("plugin.key_secret"), home.path("diary")));
        circus.start();
        await("an answer")
                .atMost(PATIENCE)
                .until(() -> home.path("diary").toFile().exists()
                        && lines("diary").stream().anyMatch(line -> line.startsWith("watchers [")));
        circus.ctl("--curve", home.path("plugin.key_secret").toString(), "quit", "--terminate", "--waiting")
                .mustSucceed();
        home.mustBeEmpty();
    }

    private void keygen(String... words) {
        List<String> command = new ArrayList<>(List.of("keygen"));
        command.addAll(List.of(words));
        home.run(PATIENCE, Installation.launcher("circusctl"), command.toArray(String[]::new))
                .mustSucceed();
    }
}
