package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code circusctl tail}: what workers have printed and print, whoever manages them. */
@ExtendWith(HomeExtension.class)
class TailCommandTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Home home;

    TailCommandTest(Home home) {
        this.home = home;
    }

    private String watcher(String name, String script, String more) {
        Path file = home.script(name + ".sh", script);
        return "[watcher:" + name + "]\ncmd = " + file + "\ncopy_env = true\nmax_retry = -1\n" + more + "\n";
    }

    private static String toFile(String channel, Path file) {
        return channel + "_stream.class = FileStream\n" + channel + "_stream.filename = " + file + "\n";
    }

    /** {@code circusctl tail …} in the background, its output in a file. */
    private Process follow(Circus circus, Path output, String... words) {
        List<String> command = new ArrayList<>(
                List.of(Installation.launcher("circusctl").toString(), "--endpoint", circus.endpoint()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(home.path("tail.err").toFile());
        builder.environment().put(Installation.MARK, home.directory().toString());
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void the_last_lines_of_several_workers_come_in_their_order_whoever_writes_them_where() {
        Path file = home.path("both.log");
        Circus circus = home.circus(
                "tails",
                "",
                watcher(
                                "Loud",
                                "echo one; echo two; echo bad >&2; printf 'h\\303\\251x\\n'; printf open; exec sleep 1000\n",
                                toFile("stdout", file) + toFile("stderr", file))
                        + watcher("quiet", "sleep 0.5; echo later; exec sleep 1000\n", "")
                        + watcher("silent", "exec sleep 1000\n", ""));
        circus.start();
        await().atMost(SOON)
                .until(() -> circus.tell("tail").contains("later")
                        && circus.tell("tail").contains("bad"));
        assertThat(circus.tell("tail", "loud").lines())
                .containsExactlyInAnyOrder(
                        "Loud.1 | one", "Loud.1 | two", "Loud.1 | bad", "Loud.1 | héx", "Loud.1 | open");
        assertThat(circus.tell("tail", "-n", "1")).isEqualTo("quiet.1 | later");
        assertThat(circus.tell("tail", "--stderr")).isEqualTo("Loud.1 | bad");
        assertThat(circus.tell("tail", "-n0")).isEmpty();
        assertThat(circus.tell("tail", "silent", "quiet.*")).isEqualTo("quiet.1 | later");
        String pid = circus.tell("list", "quiet");
        assertThat(circus.tell("tail", pid, "--since", "10m")).isEqualTo("quiet.1 | later");
        assertThat(circus.tell("tail", "--since", "2020-01-01", "--lines", "2", "loud")
                        .lines())
                .hasSize(2);
        Commands.Result unknown = circus.ctl("tail", "quiet", "nope");
        assertThat(unknown.exit()).isEqualTo(3);
        assertThat(unknown.errors()).startsWith("error: cannot tail nope: no watcher, worker or pid of that name");
        Commands.Result noTime = circus.ctl("tail", "--since", "soon");
        assertThat(noTime.exit()).isEqualTo(1);
        assertThat(noTime.errors()).startsWith("cannot use 'soon' as --since: expected");
        circus.terminate();
    }

    @Test
    void json_tells_all_that_is_known_of_each_line() throws IOException {
        Circus circus = home.circus(
                "tails", "", watcher("Loud", "printf 'h\\303\\251\\377x\\nopen' >&2; exec sleep 1000\n", ""));
        circus.start();
        await().atMost(SOON).until(() -> circus.tell("--json", "tail").contains("open"));
        List<JsonNode> lines = new ArrayList<>();
        for (String line : circus.tell("--json", "tail").lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).get("watcher").asText()).isEqualTo("Loud");
        assertThat(lines.get(0).get("wid").asInt()).isEqualTo(1);
        assertThat(lines.get(0).get("pid").asText()).isEqualTo(circus.tell("list", "loud"));
        assertThat(lines.get(0).get("stream").asText()).isEqualTo("stderr");
        assertThat(lines.get(0).get("base64").asText()).isEqualTo("aMOp/3g=");
        assertThat(lines.get(0).get("time").asDouble())
                .isCloseTo(System.currentTimeMillis() / 1e3, Offset.offset(60.0));
        assertThat(lines.get(1).get("message").asText()).isEqualTo("open");
        assertThat(lines.get(1).get("open").asBoolean()).isTrue();
        circus.terminate();
    }

    /** Each line once and in order, also those that are printed while there is no manager, and across respawns of the worker. */
    @Test
    void follow_goes_on_exactly_where_it_stopped_over_kills_restarts_and_an_upgrade_of_the_manager() {
        String count = "i=$(cat n 2>/dev/null || echo 0)\nwhile [ $i -lt 1000000 ]; do i=$((i+1)); echo $i > n.new;"
                + " mv n.new n; echo line $i; sleep 0.002; done\n";
        Path log = home.path("count.log");
        Circus circus = home.circus(
                "tails", "", watcher("counter", "cd " + home.directory() + "\n" + count, toFile("stdout", log)));
        circus.start();
        await().atMost(SOON).until(() -> circus.tell("tail", "-n1").startsWith("counter.1 | line"));
        Path output = home.path("tail.out");
        Process follower = follow(circus, output, "tail", "-f", "-n", "100000", "counter");
        try {
            for (int round = 0; round < Integer.getInteger("circus.rounds", 3); round++) {
                awaitMore(output, 200);
                circus.manager().kill9();
                circus.start();
                awaitMore(output, 200);
                circus.tell("detach");
                circus.manager().awaitExit(SOON);
                circus.start();
            }
            awaitMore(output, 200);
            circus.ctl("--timeout", "30", "upgrade", "--probation", "1").mustSucceed();
            awaitMore(output, 200);
            circus.tell("stop", "--waiting", "counter");
            int last = Integer.parseInt(Home.read(home.path("n")).strip());
            List<String> all = IntStream.rangeClosed(1, last)
                    .mapToObj(i -> "counter.1 | line " + i)
                    .toList();
            await("all is printed")
                    .atMost(SOON)
                    .until(() -> Home.read(output).lines().count() >= last - 1);
            List<String> printed = Home.read(output).lines().toList();
            // The worker may be stopped between the two.
            assertThat(printed).isIn(all, all.subList(0, last - 1));
            assertThat(Home.read(home.path("tail.err"))).doesNotContain("bytes of");
        } finally {
            follower.destroy();
        }
        circus.terminate();
    }

    @Test
    void follow_goes_on_over_an_upgrade_also_where_keys_are_demanded() {
        for (List<String> words : List.of(List.of("server"), List.of("alice", "--server", "server.key"))) {
            List<String> keygen = new ArrayList<>(List.of("keygen"));
            keygen.addAll(words);
            home.run(SOON, Installation.launcher("circusctl"), keygen.toArray(String[]::new))
                    .mustSucceed();
        }
        Circus circus = home.circus(
                "tails",
                "curve_server_key = server.key_secret\ncurve_clients = alice.key\n",
                watcher("counter", "i=0\nwhile :; do i=$((i+1)); echo line $i; sleep 0.005; done\n", ""));
        circus.start();
        String keys = home.path("alice.key_secret").toString();
        Path output = home.path("tail.out");
        Process follower = follow(circus, output, "--curve", keys, "tail", "-f", "-n", "100000", "counter");
        try {
            awaitMore(output, 100);
            circus.ctl("--curve", keys, "upgrade", "--probation", "1").mustSucceed();
            awaitMore(output, 200);
        } finally {
            follower.destroy();
        }
        List<String> printed = Home.read(output).lines().toList();
        int whole = printed.size() - 1;
        assertThat(printed.subList(0, whole))
                .isEqualTo(IntStream.rangeClosed(1, whole)
                        .mapToObj(i -> "counter.1 | line " + i)
                        .toList());
        circus.ctl("--curve", keys, "quit", "--terminate").mustSucceed();
        home.mustBeEmpty();
    }

    private static void awaitMore(Path output, int lines) {
        long before = Home.read(output).lines().count();
        await("more is printed")
                .atMost(SOON)
                .until(() -> Home.read(output).lines().count() > before + lines);
    }

    @Test
    void what_cannot_be_written_to_the_log_is_shown_all_the_same() {
        Circus circus = home.circus(
                "tails",
                "",
                watcher(
                        "full",
                        "i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo line $i; sleep 0.02; done; exec sleep 1000\n",
                        toFile("stdout", Path.of("/dev/full"))));
        circus.start();
        List<String> all =
                IntStream.rangeClosed(1, 50).mapToObj(i -> "full.1 | line " + i).toList();
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(circus.tell("tail", "--since", "-100").lines())
                                .containsExactlyElementsOf(all));
        circus.ctl("quit", "--terminate").mustSucceed();
        circus.manager().awaitExit(SOON);
    }

    @Test
    void head_ends_it() {
        Circus circus = home.circus(
                "tails", "", watcher("loud", "while :; do echo hello; sleep 0.01; done\n", "numprocesses = 3\n"));
        circus.start();
        Path script = home.script(
                "head.sh",
                Installation.launcher("circusctl") + " --endpoint " + circus.endpoint() + " tail -f | head -n 5\n");
        Commands.Result result = home.run(SOON, script);
        assertThat(result.output().lines()).hasSize(5).allMatch(line -> line.matches("loud\\.[123] \\| hello"));
        assertThat(result.errors()).isEmpty();
        circus.terminate();
    }

    /** Of more than is remembered the older lines come from the files, each once and in order; from those of earlier days too. */
    @Test
    void older_lines_come_from_the_log_files() {
        int count = 30_000;
        Path log = home.path("much.log");
        home.write("much.log.1", "much of yesterday\n");
        Circus circus = home.circus(
                "tails",
                "",
                watcher(
                        "much",
                        "seq -f 'much of line %.0f' 1 " + count + "; while [ ! -e more ]; do sleep 0.05; done; rm more;"
                                + " echo much of more; exec sleep 1000\n",
                        "working_dir = " + home.directory() + "\n" + toFile("stdout", log)));
        circus.start();
        await().atMost(SOON).until(() -> circus.tell("tail", "-n1").endsWith("line " + count));
        await().atMost(SOON).until(() -> Home.read(log).endsWith("line " + count + "\n"));
        Process follower = follow(circus, home.path("tail.out"), "tail", "-f", "-n", "25000", "much");
        try {
            List<String> last = numbered(count - 25_000 + 1, count);
            awaitTail(last);
            assertThat(texts(circus.tell("tail", "-n", "25000", "much"))).isEqualTo(last);
            circus.manager().kill9();
            circus.start();
            assertThat(texts(circus.tell("tail", "-n", "25000"))).isEqualTo(last);
            home.write("more", "");
            List<String> more = new ArrayList<>(last);
            more.add("much of more");
            awaitTail(more);
            List<String> all = new ArrayList<>(List.of("much of yesterday"));
            all.addAll(numbered(1, count));
            all.add("much of more");
            assertThat(texts(circus.tell("tail", "-n", "100000", "much"))).isEqualTo(all);
        } finally {
            follower.destroy();
        }
        circus.terminate();
    }

    private void awaitTail(List<String> lines) {
        await("all is printed")
                .atMost(SOON)
                .until(() -> Home.read(home.path("tail.out")).lines().count() >= lines.size());
        assertThat(texts(Home.read(home.path("tail.out")))).isEqualTo(lines);
    }

    private static List<String> numbered(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> "much of line " + i)
                .toList();
    }

    private static List<String> texts(String output) {
        return output.lines()
                .map(line -> line.substring(line.indexOf(" | ") + 3))
                .toList();
    }
}
