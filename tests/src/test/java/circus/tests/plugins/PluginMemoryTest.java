package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.SourceJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a plugin remembers, and how long. */
@ExtendWith(HomeExtension.class)
class PluginMemoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Remembers how often it was started, behind letters that are hard to keep. */
    private static final String COUNTER = """
            package com.example;

            import circus.plugin.*;
            import java.nio.file.*;

            public final class Counter implements Plugin {
                private static final String ODD = "\\u0001\\n\\"\\\\ \\u263a \\ud83d\\ude00 \\ud800 ";
                private static final int ROOM = 60_000;

                public void start(PluginContext circus) throws Exception {
                    String found = circus.remembered();
                    String rest = found.startsWith(ODD) ? found.substring(ODD.length()).strip() : "lost " + found;
                    int count = found.isEmpty() ? 0 : Integer.parseInt(rest);
                    boolean isLarge = circus.config().containsKey("large");
                    if (!isLarge) {
                        circus.remember("this is replaced at once");
                    }
                    circus.remember(ODD + (count + 1) + (isLarge ? " ".repeat(ROOM) : ""));
                    try {
                        circus.remember("x".repeat(PluginContext.MOST_REMEMBERED - 1));
                        write(circus, "too much is taken");
                    } catch (IllegalArgumentException tooLong) {
                        write(circus, count + (circus.remembered().startsWith(ODD) ? "" : " and lost"));
                    }
                }

                private static void write(PluginContext circus, String line) throws Exception {
                    Files.writeString(Path.of(circus.config().get("file")), line + "\\n",
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            }
            """;

    private final Home home;

    PluginMemoryTest(Home home) {
        this.home = home;
    }

    @BeforeEach
    void compile() {
        SourceJar.make(home, "ours.jar", Map.of("com.example.Counter", COUNTER));
    }

    private String section(String name, String more) {
        return "[plugin:%s]\nuse = com.example.Counter\nfile = %s\n%s\n\n".formatted(name, home.path(name), more);
    }

    private void awaitStarts(String name, String... found) {
        await(name + " was started")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lines(name)).containsExactly(found));
    }

    private List<String> lines(String name) {
        return Files.exists(home.path(name))
                ? Home.read(home.path(name)).lines().toList()
                : List.of();
    }

    private static void awaitMemory(Circus circus, int count) {
        await("papa has it")
                .atMost(PATIENCE)
                .until(() -> circus.askKernel("list values").contains("ud800 " + count));
    }

    @Test
    void it_outlives_circusd_papa_and_the_plugin_but_not_its_section() {
        String counter = section("counter", "");
        Circus circus = home.circus("counts", "extension_path = ours.jar\n", counter + section("other", ""));
        circus.start();
        awaitStarts("counter", "0");
        awaitMemory(circus, 1);
        circus.manager().kill9();
        circus.start();
        awaitStarts("counter", "0", "1");
        circus.tell("restart", "--waiting", "plugin:counter");
        awaitStarts("counter", "0", "1", "2");
        awaitMemory(circus, 3);

        await("it is in the state file, too")
                .atMost(PATIENCE)
                .until(() -> Home.read(stateFile()).contains("ud800 3"));
        circus.manager().kill9();
        String kernel = circus.askKernel("stats").replaceAll("(?s).*\\bpid=(\\d+).*", "$1");
        ProcessHandle.of(Long.parseLong(kernel)).orElseThrow().destroyForcibly();
        await("papa has gone").atMost(PATIENCE).until(() -> !circus.hasKernel());
        circus.start();
        awaitStarts("counter", "0", "1", "2", "3");

        circus.edit(counter, "");
        circus.tell("reloadconfig", "--waiting");
        circus.edit("[plugin:other]", counter + "[plugin:other]");
        circus.tell("reloadconfig", "--waiting");
        awaitStarts("counter", "0", "1", "2", "3", "0");
        awaitStarts("other", "0", "1", "2");

        circus.manager().kill9();
        circus.start("--fresh");
        awaitStarts("other", "0", "1", "2", "0");
        circus.terminate();
        home.mustBeEmpty();
        circus.start();
        awaitStarts("other", "0", "1", "2", "0", "0");
        circus.terminate();
        home.mustBeEmpty();
    }

    private Path stateFile() {
        try (Stream<Path> files = Files.list(home.path("state"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void all_together_may_have_a_mebibyte_and_circusd_tells_of_what_is_beyond() {
        StringBuilder sections = new StringBuilder();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            names.add("large" + i);
            sections.append(section("large" + i, "large = yes"));
        }
        Circus circus =
                home.circus("large", "extension_path = ours.jar\n", sections + "[watcher:calm]\ncmd = sleep 1000\n");
        circus.start();
        names.forEach(name -> awaitStarts(name, "0"));
        circus.awaitWorkers("calm", 1);
        circus.manager().kill9();
        circus.start();
        await("all have begun again")
                .atMost(PATIENCE)
                .until(() -> names.stream().allMatch(name -> lines(name).size() == 2));
        long remembered =
                names.stream().filter(name -> lines(name).get(1).equals("1")).count();
        assertThat(remembered).isEqualTo(17);
        assertThat(names).allSatisfy(name -> assertThat(lines(name).get(1)).isIn("0", "1"));
        assertThat(Home.read(home.path("large.err"))).contains("all together may have 1048576");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void that_of_a_process_is_its_own() {
        Circus circus = home.circus("process", "extension_path = ours.jar\n", section("counter", "process = true"));
        circus.start();
        awaitStarts("counter", "0");
        int pid = circus.awaitWorkers("plugin:counter", 1).get(0);
        circus.manager().kill9();
        circus.start();
        assertThat(circus.awaitWorkers("plugin:counter", 1)).containsExactly(pid);
        assertThat(circus.askKernel("list values")).doesNotContain("ud800");
        circus.tell("restart", "--waiting", "plugin:counter");
        awaitStarts("counter", "0", "0");
        circus.terminate();
        home.mustBeEmpty();
    }
}
