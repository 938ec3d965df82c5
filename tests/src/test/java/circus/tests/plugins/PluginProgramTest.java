package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.SourceJar;
import circus.tests.harness.Sshd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code bin/circus-plugin} for our circusd. */
@ExtendWith(HomeExtension.class)
class PluginProgramTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Writes down what it hears, and does what its watcher is called. */
    private static final String NOTES = """
            package com.example;

            import circus.plugin.*;
            import java.nio.file.*;
            import java.time.Duration;
            import java.util.*;

            public final class Notes implements Plugin {
                private Path file;
                private PluginContext circus;

                public void start(PluginContext context) throws Exception {
                    circus = context;
                    file = Path.of(context.config().get("file"));
                    write("start " + context.name() + " " + context.config().get("odd"));
                    context.after(Duration.ofMillis(100), () -> write("later"));
                    new Thread(() -> context.execute(() -> write("elsewhere"))).start();
                    write("watchers " + context.call("numwatchers", Map.of()).get("numwatchers"));
                    write("nobody " + context.call("status", Map.of("name", "nobody")).get("status"));
                    if (context.config().containsKey("round")) {
                        context.every(Duration.ofMillis(100), () -> context.call("list", Map.of()));
                    }
                }

                public void event(PluginEvent event) throws Exception {
                    write(event.watcher() + "|" + event.action());
                    if (event.watcher().equals("Two.Parts of it") && event.action().equals("start")) {
                        circus.cast("incr", Map.of("name", event.watcher()));
                        circus.cast("incr", Map.of("name", "nobody"));
                    }
                    if (event.watcher().equals("bomb")) {
                        throw new IllegalStateException("this one is broken");
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

    private final Home home;

    PluginProgramTest(Home home) {
        this.home = home;
    }

    private Commands.Result run(String... words) {
        return home.run(PATIENCE, Installation.launcher("circus-plugin"), words);
    }

    private List<String> notes() {
        return Home.read(home.path("notes")).lines().toList();
    }

    private void awaitNote(String line) {
        await(line).atMost(PATIENCE).until(() -> notes().contains(line));
    }

    private PluginProgram notes(Circus circus, String more) {
        SourceJar.make(home, "ours.jar", Map.of("com.example.Notes", NOTES));
        return PluginProgram.start(
                home,
                circus,
                "--extension-path",
                home.path("ours.jar").toString(),
                "--config-json",
                "{\"file\": \"" + home.path("notes") + "\", \"odd\": \"a b:::c \\\" '\"" + more + "}",
                "com.example.Notes");
    }

    @Test
    void without_a_class_it_tells_how_it_is_used() {
        Commands.Result nothing = run();
        assertThat(nothing.exit()).isZero();
        assertThat(nothing.output()).startsWith("usage: circus-plugin [options] CLASS");
        assertThat(run("--version").text()).isEqualTo("0.2.0");
    }

    @Test
    void what_is_wrong_is_told_in_a_line() {
        Commands.Result option = run("--bogus", "FullStats");
        assertThat(option.exit()).isEqualTo(2);
        assertThat(option.errors())
                .isEqualTo("circus-plugin: error: Unknown option: '--bogus'; see circus-plugin --help\n");
        assertThat(run("--config-json", "{", "FullStats").exit()).isEqualTo(2);
        assertThat(run("--log-level", "loud", "FullStats").exit()).isEqualTo(2);
        Commands.Result unknown = run("NoSuchThing");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.errors()).contains("circus-plugin: cannot use NoSuchThing: it is none of Flapping, ");
        Commands.Result value = run("--config", "port:many", "circus.plugins.statsd.FullStats");
        assertThat(value.exit()).isEqualTo(1);
        assertThat(value.errors())
                .contains("circus-plugin: cannot use circus.plugins.statsd.FullStats: cannot use port = many: ");
    }

    @Test
    void a_class_of_ones_own_hears_asks_and_orders_and_is_told_of_its_end() {
        Circus circus = home.circus("own", "", "[watcher:Two.Parts of it]\ncmd = sleep 1000\nautostart = no\n");
        circus.start();
        try (PluginProgram program = notes(circus, "")) {
            awaitNote("later");
            awaitNote("elsewhere");
            assertThat(notes()).startsWith("start plugin:notes a b:::c \" '", "watchers 1", "nobody error");
            circus.tell("start", "--waiting", "Two.Parts of it");
            awaitNote("Two.Parts of it|start");
            await("its command")
                    .atMost(PATIENCE)
                    .until(() -> circus.tell("numprocesses", "Two.Parts of it"), "2"::equals);
            program.awaitLog("plugin:notes: incr was refused: program nobody not found");
            assertThat(program.log())
                    .containsSubsequence(
                            "Loading the plugin...",
                            "Endpoint: '" + circus.endpoint() + "'",
                            "Pub/sub: '" + circus.eventEndpoint() + "'",
                            "Starting");
            assertThat(program.terminate()).isZero();
            assertThat(program.log()).contains("Stopping");
        }
        assertThat(notes()).endsWith("stop").contains("Two.Parts of it|spawn");
        circus.terminate();
    }

    @Test
    void one_that_throws_ends_with_1() {
        Circus circus = home.circus("bomb", "", "[watcher:bomb]\ncmd = sleep 1000\n");
        circus.start();
        try (PluginProgram program = notes(circus, "")) {
            awaitNote("elsewhere");
            await("an event").atMost(PATIENCE).until(() -> {
                circus.tell("restart", "--waiting", "bomb");
                return !program.isAlive();
            });
            assertThat(program.awaitEnd()).isEqualTo(1);
            assertThat(program.log()).contains("this one is broken");
        }
        circus.terminate();
    }

    @Test
    void it_waits_for_circusd_and_goes_on_when_that_is_killed_and_started_again() {
        Circus circus = home.circus("lasting", "", "[watcher:Two Words]\ncmd = sleep 1000\n");
        try (Metrics statsd = new Metrics();
                PluginProgram emitter = PluginProgram.start(
                        home,
                        circus,
                        "--config",
                        "application_name:shop:::host:127.0.0.1:::sample_rate:0.5:::port:" + statsd.port(),
                        "circus.plugins.statsd.StatsdEmitter");
                PluginProgram asker = notes(circus, ", \"round\": 1")) {
            emitter.awaitLog("Starting");
            circus.start();
            String start = "two_words.start:1|c|@0.5";
            awaitRestartIsTold(circus, statsd, start);
            awaitNote("watchers 1");

            for (int i = 0; i < 2; i++) {
                circus.manager().kill9();
                circus.manager().awaitExit(PATIENCE);
                statsd.forget();
                circus.start();
                awaitRestartIsTold(circus, statsd, start);
                assertThat(statsd.of("shop"))
                        .contains("two_words.spawn:1|c|@0.5", "two_words.stop:1|c|@0.5", "two_words.reap:1|c|@0.5");
            }
            circus.tell("upgrade", "--probation", "1");
            statsd.forget();
            awaitRestartIsTold(circus, statsd, start);

            assertThat(asker.isAlive()).as(asker.log()).isTrue();
            assertThat(emitter.quit()).isZero();
            // It asks ten times a second, and is not answered now.
            String now = Integer.toString(pid(circus));
            Commands.run(PATIENCE, "kill", "-STOP", now).mustSucceed();
            try {
                assertThat(asker.terminate()).isZero();
            } finally {
                Commands.run(PATIENCE, "kill", "-CONT", now).mustSucceed();
            }
            assertThat(notes()).endsWith("stop").contains("Two Words|start");
        }
        circus.terminate();
    }

    @Test
    void it_reaches_one_that_demands_keys_through_ssh_and_ends_where_it_is_not_let_in() {
        Circus circus = home.circus(
                "far",
                "curve_server_key = server.key_secret\ncurve_clients = alice.key\n",
                "[watcher:web]\ncmd = sleep 1000\n");
        keygen("server");
        keygen("alice", "--server", "server.key");
        keygen("mallory", "--server", "server.key");
        String alice = home.path("alice.key_secret").toString();
        circus.start();
        try (Sshd sshd = Sshd.start(home);
                Metrics statsd = new Metrics()) {
            String config = "application_name:shop:::host:127.0.0.1:::port:" + statsd.port();
            try (PluginProgram program = PluginProgram.through(
                    sshd.programs(),
                    home,
                    circus,
                    "--ssh",
                    sshd.address(),
                    "--ssh_keyfile",
                    sshd.key(),
                    "--curve",
                    alice,
                    "--config",
                    config,
                    "StatsdEmitter")) {
                await("an event").atMost(PATIENCE).until(() -> {
                    circus.tell("--curve", alice, "restart", "--waiting", "web");
                    return statsd.of("shop").contains("web.start:1|c");
                });
                assertThat(program.terminate()).isZero();
            }
            try (PluginProgram stranger = PluginProgram.start(
                    home, circus, "--curve", home.path("mallory.key_secret").toString(), "StatsdEmitter")) {
                assertThat(stranger.awaitEnd()).isEqualTo(1);
                assertThat(stranger.log()).contains("[ERROR] cannot use " + circus.eventEndpoint());
            }
        }
        circus.ctl("--curve", alice, "quit", "--terminate").mustSucceed();
    }

    private void keygen(String... words) {
        List<String> command = new ArrayList<>(List.of("keygen"));
        command.addAll(List.of(words));
        home.run(PATIENCE, Installation.launcher("circusctl"), command.toArray(String[]::new))
                .mustSucceed();
    }

    /** Of the one that answers now, after an upgrade. */
    private static int pid(Circus circus) {
        if (circus.call("dstats", Map.of()).fields().get("info") instanceof Map<?, ?> info
                && info.get("pid") instanceof Number pid) {
            return pid.intValue();
        }
        throw new AssertionError("circusd does not tell its pid");
    }

    private static void awaitRestartIsTold(Circus circus, Metrics statsd, String metric) {
        await(metric).atMost(PATIENCE).until(() -> {
            circus.tell("restart", "--waiting", "two words");
            return statsd.of("shop").contains(metric);
        });
    }
}
