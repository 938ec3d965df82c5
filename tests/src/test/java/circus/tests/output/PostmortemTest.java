package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code circusctl postmortem}: why a worker has ended, and what it said last. */
@ExtendWith(HomeExtension.class)
class PostmortemTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Home home;

    PostmortemTest(Home home) {
        this.home = home;
    }

    @Test
    void how_workers_ended_and_what_they_said_last_is_known_over_the_death_of_the_manager() {
        home.script("speaker.sh", "seq 30; echo oops >&2; while [ ! -e die ]; do sleep 0.05; done; rm die; exit 3\n");
        Circus circus = home.circus(
                "post",
                "",
                "[watcher:Speaker]\ncmd = ./speaker.sh\ncopy_env = true\nworking_dir = " + home.directory()
                        + "\n[watcher:idle]\ncmd = sleep 1000\n");
        circus.start();
        List<Integer> first = circus.awaitWorkers("speaker", 1);
        await().atMost(SOON).until(() -> circus.tell("tail", "-n1", "--stderr").contains("oops"));

        home.write("die", "");
        await().atMost(SOON).until(() -> circus.tell("postmortem", "speaker").contains("exit status 3"));
        assertThat(circus.tell("postmortem", "speaker"))
                .startsWith("Speaker.1, pid " + first.get(0) + ": exit status 3, died, after ")
                .contains("\n  stdout:\n    11\n    12\n")
                .contains("\n    30\n  stderr:\n    oops");

        List<Integer> second = circus.awaitWorkers("speaker", 1);
        await().atMost(SOON)
                .until(() -> circus.tell("tail", second.get(0).toString()).contains("30"));
        circus.manager().kill9();
        ProcessHandle.of(second.get(0)).orElseThrow().destroyForcibly();
        circus.start();
        await().atMost(SOON).until(() -> circus.tell("postmortem", "SPEAKER.1").contains("SIGKILL"));
        circus.awaitWorkers("speaker", 1);
        circus.tell("stop", "--waiting", "speaker");
        assertThat(circus.tell("postmortem", "speaker", "-n", "1").lines().filter(line -> line.startsWith("S")))
                .hasSize(3)
                .element(0)
                .asString()
                .contains("signal 15 (SIGTERM), ended by: stop speaker (uid ");
        assertThat(circus.tell("postmortem", "speaker", "-n", "1"))
                .contains("pid " + second.get(0) + ": signal 9 (SIGKILL), died, after")
                .contains("  stdout:\n    30\n  stderr:\n    oops");

        assertThat(circus.tell("postmortem", "idle")).isEqualTo("no end of such a worker is remembered");
        Commands.Result unknown = circus.ctl("postmortem", "nope");
        assertThat(unknown.exit()).isEqualTo(3);
        assertThat(unknown.errors()).startsWith("error: cannot tell of nope: no watcher or worker of that name");
        circus.terminate();
    }

    /** A second of processor time, after which Linux ends it, and 300 MB in a child that it waits for. */
    @Test
    void what_a_worker_has_used_is_told_also_when_nobody_minded_it_any_more() {
        home.script("burner.sh", """
                head -c 310000000 /dev/zero | tail -c 300000000 >/dev/null
                while [ ! -e burn ]; do sleep 0.05; done
                ulimit -St 1
                while :; do :; done
                """);
        Circus circus = home.circus(
                "post",
                "",
                "[watcher:Burner]\ncmd = ./burner.sh\ncopy_env = true\nworking_dir = " + home.directory() + "\n");
        circus.start();
        int pid = circus.awaitWorkers("burner", 1).get(0);
        circus.tell("rm", "--nostop", "burner");
        home.write("burn", "");
        await().atMost(SOON).until(() -> circus.tell("postmortem", "burner").startsWith("Burner"));
        assertThat(circus.tell("postmortem", "burner"))
                .startsWith("Burner.1, pid " + pid + ": signal 24 (SIGXCPU), left alone by rm --nostop, after ")
                .containsPattern("\n  resources: [0-9.]+ s user, [0-9.]+ s system, [0-9.]+ MB at most");
        circus.manager().kill9();
        circus.start();
        String json = circus.ctl("--json", "postmortem", "burner.1").output();
        assertThat(number(json, "user") + number(json, "system")).isBetween(0.9, 30.0);
        assertThat(number(json, "max_rss")).isBetween(290e6, 400e6);
        circus.terminate();
    }

    private static double number(String json, String key) {
        Matcher found = Pattern.compile("\"" + key + "\": ([0-9.]+)").matcher(json);
        assertThat(found.find()).as("%s in %s", key, json).isTrue();
        return Double.parseDouble(found.group(1));
    }

    /** Each numbered line is in exactly one of the files that somebody has renamed in between, and in order. */
    @Test
    void logs_that_a_script_renames_are_gone_on_with_after_a_reopen_or_a_signal() {
        home.script("count.sh", "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.002; done\n");
        Circus circus = home.circus(
                "post",
                "",
                "[watcher:counter]\ncmd = ./count.sh\ncopy_env = true\nworking_dir = " + home.directory()
                        + "\nstdout_stream.class = FileStream\nstdout_stream.filename = " + home.path("count.log")
                        + "\n");
        circus.start();
        StringBuilder all = new StringBuilder();
        int rounds = 4;
        for (int round = 1; round <= rounds; round++) {
            await().atMost(SOON).until(() -> circus.tell("tail", "-n1").contains("line"));
            await("the log")
                    .atMost(SOON)
                    .until(() -> Home.read(home.path("count.log")).length() > 500);
            String tell = round % 2 == 0
                    ? "kill -USR1 " + circus.manager().pid()
                    : circus.ctl("--version").command().get(0) + " --endpoint " + circus.endpoint() + " reopen";
            home.run(SOON, home.script("rotate.sh", "mv count.log count.log." + round + "\n" + tell + "\n"))
                    .mustSucceed();
            await("a new file")
                    .atMost(SOON)
                    .until(() -> home.path("count.log").toFile().exists());
        }
        circus.tell("stop", "--waiting", "counter");
        for (int round = 1; round <= rounds; round++) {
            all.append(Home.read(home.path("count.log." + round)));
        }
        all.append(Home.read(home.path("count.log")));
        List<String> lines = all.toString().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).isEqualTo("line " + (i + 1));
        }
        circus.terminate();
    }
}
