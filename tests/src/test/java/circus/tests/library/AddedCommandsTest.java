package circus.tests.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Sshd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Commands of users' own, in a real circusd: as its own ones for who calls them, and no harm whatever they do. */
@ExtendWith(HomeExtension.class)
class AddedCommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String WEB = "[watcher:web]\ncmd = sleep 1000\nnumprocesses = 2\n";

    private static final String HEAD = """
            import circus.command.PropertyType;
            import circus.command.spi.*;
            import circus.message.*;
            import java.util.*;
            """;

    private static final String WHOIS = HEAD + """
            public class Whois implements Command {
                public CommandDefinition definition() {
                    return CommandDefinition.of("whois", "Tell which watcher a process belongs to")
                            .argument("process", PropertyType.PROCESS_ID, "The process.")
                            .flag("loud", "In capitals.")
                            .looks()
                            .example("circusctl whois 4711");
                }
                public void validate(Map<String, Object> properties) throws CommandException {
                    if (Objects.equals(properties.get("process"), 0L)) {
                        throw CommandException.invalid("nobody has the pid 0");
                    }
                    properties.putIfAbsent("loud", false);
                }
                public Map<String, Object> execute(CommandContext context, Map<String, Object> properties) throws Exception {
                    for (Object name : (List<?>) context.call("list", Map.of()).get("watchers")) {
                        List<?> pids = (List<?>) context.call("list", Map.of("name", name)).get("pids");
                        if (pids.contains(properties.get("process"))) {
                            String found = name.toString();
                            return Map.of("watcher", properties.get("loud").equals(true) ? found.toUpperCase() : found);
                        }
                    }
                    throw new CommandException(ErrorCode.MESSAGE_ERROR, "no watcher has " + properties.get("process"));
                }
                public String text(Map<String, Object> reply) {
                    return "it is one of " + reply.get("watcher");
                }
            }
            """;

    private static final String GROW = HEAD + """
            public class Grow implements Command {
                public CommandDefinition definition() {
                    return CommandDefinition.of("grow", "Add a process to each of some watchers").arguments("names", "The watchers.");
                }
                public Map<String, Object> execute(CommandContext context, Map<String, Object> properties) throws Exception {
                    Map<String, Object> counts = new TreeMap<>();
                    for (Object name : (List<?>) properties.get("names")) {
                        Map<String, Object> reply = context.call("incr", Map.of("name", name, "waiting", true));
                        counts.put(name.toString(), reply.getOrDefault("numprocesses", reply.get("reason")));
                    }
                    return counts;
                }
            }
            """;

    private static final String BAD = HEAD + """
            public class Bad implements Command {
                public CommandDefinition definition() {
                    return CommandDefinition.of("bad", "Do harm")
                            .argument("how", PropertyType.TEXT, "Which.")
                            .limit(java.time.Duration.ofMillis(500));
                }
                public Map<String, Object> execute(CommandContext context, Map<String, Object> properties) throws Exception {
                    switch ((String) properties.get("how")) {
                        case "throw": throw new IllegalStateException("on purpose");
                        case "hang": while (true) { Thread.onSpinWait(); }
                        case "error": throw new StackOverflowError("deep");
                        case "value": return Map.of("value", new Object());
                        default: return null;
                    }
                }
            }
            """;

    private final Home home;

    AddedCommandsTest(Home home) {
        this.home = home;
    }

    @Test
    void a_command_that_was_added_is_called_like_one_of_circusds_own() {
        compile("Whois", WHOIS);
        compile("Grow", GROW);
        Circus circus = home.circus("own", "extension_path = classes\ncommands = Whois Grow\naudit_log = audit\n", WEB);
        circus.start();
        int pid = circus.awaitWorkers("web", 2).get(0);

        assertThat(circus.tell("whois", Integer.toString(pid))).isEqualTo("it is one of web");
        assertThat(circus.tell("whois", "--loud", Integer.toString(pid))).isEqualTo("it is one of WEB");
        assertThat(circus.ctl("--json", "whois", Integer.toString(pid)).text())
                .startsWith("{\"status\": \"ok\", \"time\": ")
                .contains("\"watcher\": \"web\"")
                .doesNotContain("console_text");
        assertThat(circus.tell("grow", "web", "nobody")).isEqualTo("nobody: program nobody not found\nweb: 3");
        circus.awaitWorkers("web", 3);

        Commands.Result refused = circus.ctl("whois", "1");
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.errors()).isEqualTo("error: no watcher has 1\n");
        assertThat(circus.ctl("whois", "0").errors()).isEqualTo("error: nobody has the pid 0\n");
        assertThat(circus.ctl("whois").exit()).isEqualTo(1);
        assertThat(errno(circus.call("whois", Map.of()))).isEqualTo(3);
        assertThat(errno(circus.call("whois", Map.of("process", List.of())))).isEqualTo(5);

        // What changes is told to the audit, with what it has called.
        assertThat(Home.read(home.path("audit")).lines())
                .anyMatch(line -> line.contains("grow"))
                .anyMatch(line -> line.contains("incr"))
                .noneMatch(line -> line.contains("whois"));
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void circusctl_learns_of_it_from_circusd() {
        compile("Whois", WHOIS);
        Circus circus = home.circus("help", "extension_path = classes\ncommands = Whois\n", WEB);
        circus.start();

        assertThat(circus.tell("commands")).isEqualTo("whois: Tell which watcher a process belongs to");
        assertThat(circus.tell("--help"))
                .contains("Added to this circusd:\n  whois                 Tell which watcher a process belongs to\n");
        assertThat(circus.tell("whois", "--help")).isEqualTo("""
                        usage: circusctl whois PROCESS [--loud]

                        Tell which watcher a process belongs to

                        Tell which watcher a process belongs to.

                          PROCESS               The process.
                          --loud                In capitals.

                        Example:
                          circusctl whois 4711""");
        ProcessBuilder completing =
                home.prepared(List.of(Installation.launcher("circusctl").toString(), "--endpoint", circus.endpoint()));
        completing.environment().putAll(Map.of("AUTO_COMPLETE", "1", "COMP_WORDS", "circusctl w", "COMP_CWORD", "1"));
        assertThat(Commands.run(PATIENCE, completing).text()).isEqualTo("whois");
        // The scripts of shells ask so.
        ProcessBuilder asking = home.prepared(List.of(
                Installation.launcher("circusctl").toString(),
                "--complete-words",
                "--endpoint",
                circus.endpoint(),
                "whois",
                "--l"));
        assertThat(Commands.run(PATIENCE, asking).text()).isEqualTo("--loud\tIn capitals.");
        circus.terminate();
        // With nobody there, it is no command at all.
        assertThat(circus.ctl("whois", "1").exit()).isEqualTo(2);
        home.mustBeEmpty();
    }

    /** circusctl has to ask whether there is such a command: that takes no time but its line's, and no login of its own. */
    @Test
    void it_is_waited_for_as_any_other_command() throws Exception {
        compile("Whois", WHOIS);
        Circus circus = home.circus("waits", "extension_path = classes\ncommands = Whois\n", WEB);
        Process early = whois(circus, Map.of(), "--wait", "60");
        assertThat(early.waitFor(1500, TimeUnit.MILLISECONDS)).isFalse();
        circus.start();
        assertThat(said(early)).isEqualTo("error: no watcher has 1\n");

        circus.manager().signal("STOP");
        Process slow = whois(circus, Map.of(), "--timeout", "30");
        assertThat(slow.waitFor(2500, TimeUnit.MILLISECONDS)).isFalse();
        circus.manager().signal("CONT");
        assertThat(said(slow)).isEqualTo("error: no watcher has 1\n");

        try (Sshd sshd = Sshd.start(home)) {
            String path = sshd.programs() + ":" + System.getenv("PATH");
            Process far = whois(
                    circus,
                    Map.of("PATH", path),
                    "--timeout",
                    "20",
                    "--ssh",
                    sshd.address(),
                    "--ssh_keyfile",
                    sshd.key());
            assertThat(said(far)).isEqualTo("error: no watcher has 1\n");
            assertThat(sshd.log().lines().filter(line -> line.contains("Accepted publickey")))
                    .hasSize(1);
        }
        circus.terminate();
        home.mustBeEmpty();
    }

    private Process whois(Circus circus, Map<String, String> environment, String... options) throws IOException {
        List<String> words = new ArrayList<>(
                List.of(Installation.launcher("circusctl").toString(), "--endpoint", circus.endpoint()));
        words.addAll(List.of(options));
        words.addAll(List.of("whois", "1"));
        ProcessBuilder builder = home.prepared(words);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What one says to stderr that circusd refuses. */
    private static String said(Process circusctl) throws Exception {
        String errors = new String(circusctl.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(circusctl.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(circusctl.exitValue()).as(errors).isEqualTo(3);
        return errors;
    }

    @Test
    void one_that_throws_or_hangs_harms_nobody() {
        compile("Bad", BAD);
        Circus circus = home.circus("bad", "extension_path = classes\ncommands = Bad\n", WEB);
        circus.start();
        circus.awaitWorkers("web", 2);

        assertThat(circus.ctl("bad", "throw").errors()).isEqualTo("error: cannot carry out bad: on purpose\n");
        assertThat(circus.ctl("bad", "error").errors()).isEqualTo("error: cannot carry out bad: deep\n");
        assertThat(circus.ctl("bad", "value").exit()).isEqualTo(3);
        assertThat(circus.ctl("bad", "null").exit()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(circus.ctl("bad", "hang").errors())
                    .isEqualTo("error: cannot carry out bad: it did not come back within 0.5 s\n");
        }
        assertThat(circus.tell("status", "web")).isEqualTo("active");
        assertThat(circus.tell("incr", "--waiting", "web")).isEqualTo("3");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_name_that_is_taken_keeps_circusd_from_starting() {
        compile("Taken", WHOIS.replace("Whois", "Taken").replace("\"whois\"", "\"status\""));
        Circus circus = home.circus("taken", "extension_path = classes\ncommands = Taken\n", WEB);
        Daemon circusd = circus.launch();

        assertThat(circusd.awaitExit(PATIENCE)).isEqualTo(1);
        assertThat(circusd.errors())
                .contains(
                        "cannot add the command status of Taken: circusd has a command of that name; give it another one");
        assertThat(home.run(
                                PATIENCE,
                                Installation.launcher("circusd"),
                                "--check",
                                circus.file().toString())
                        .exit())
                .isZero();
        circus.edit("commands = Taken", "commands = Nobody");
        assertThat(home.run(
                                PATIENCE,
                                Installation.launcher("circusd"),
                                "--check",
                                circus.file().toString())
                        .output())
                .contains("cannot use commands = Nobody in [circus]: there is no Java class Nobody");
        await("the kernel's end").atMost(PATIENCE).until(() -> !circus.hasKernel());
        home.mustBeEmpty();
    }

    private static long errno(Answer answer) {
        return ((Number) Objects.requireNonNull(answer.fields().get("errno"))).longValue();
    }

    /** Into the folder {@code classes} of the home. */
    private void compile(String type, String source) {
        Path file = home.write("source/" + type + ".java", source);
        Path lib = Installation.built().resolve("lib/circus");
        assertThat(Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a compiler")
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                lib.resolve("circus-protocol-" + Installation.RELEASE.replace("circus-", "") + ".jar")
                                        .toString(),
                                "-d",
                                home.path("classes").toString(),
                                file.toString()))
                .as("compiled")
                .isZero();
    }

    @Test
    void one_that_changes_something_is_not_carried_out_again_by_the_next_circusd() throws Exception {
        compile("Slow", HEAD + """
                import java.nio.file.*;

                public class Slow implements Command {
                    public CommandDefinition definition() {
                        return CommandDefinition.of("slow", "Take some time");
                    }
                    public Map<String, Object> execute(CommandContext context, Map<String, Object> properties) throws Exception {
                        Files.writeString(Path.of("told"), "begin ", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                        while (!Files.exists(Path.of("go"))) {
                            java.util.concurrent.TimeUnit.MILLISECONDS.sleep(20);
                        }
                        Files.writeString(Path.of("told"), "end", StandardOpenOption.APPEND);
                        return Map.of();
                    }
                }
                """);
        Circus circus = home.circus("slow", "extension_path = classes\ncommands = Slow\n", WEB);
        circus.start();
        CompletableFuture<Commands.Result> slow =
                CompletableFuture.supplyAsync(() -> circus.ctl("--timeout", "60", "slow"));
        await("its beginning")
                .atMost(PATIENCE)
                .until(() -> home.path("told").toFile().exists());

        Commands.Result refused = circus.ctl("upgrade", "--timeout", "5");
        assertThat(refused.exit()).as(refused.toString()).isNotZero();
        assertThat(refused.toString()).contains("somebody waits for an answer to slow");

        home.write("go", "");
        slow.get(20, TimeUnit.SECONDS).mustSucceed();
        assertThat(Home.read(home.path("told"))).isEqualTo("begin end");
        circus.terminate();
        home.mustBeEmpty();
    }
}
