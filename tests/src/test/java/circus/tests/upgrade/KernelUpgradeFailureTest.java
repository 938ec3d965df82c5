package circus.tests.upgrade;

import static circus.tests.upgrade.UpgradedKernel.descriptors;
import static circus.tests.upgrade.UpgradedKernel.fake;
import static circus.tests.upgrade.UpgradedKernel.mustHaveChangedNothing;
import static circus.tests.upgrade.UpgradedKernel.mustHaveReplaced;
import static circus.tests.upgrade.UpgradedKernel.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A program that cannot take the place of a kernel: nothing changes, and whoever asked is told why. */
@ExtendWith(HomeExtension.class)
@Timeout(300)
class KernelUpgradeFailureTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Home home;
    private final Kernel kernel;
    private final PapaSession session;
    private final String pid;

    KernelUpgradeFailureTest(Home home) {
        this.home = home;
        // A short time for those that hang; busy machines need some for those that do not.
        kernel = home.kernelBelow("env", "PAPA_JAVA_OPTS=-Dpapa.upgrade.proof-millis=8000");
        session = kernel.session();
        session.ask("hello");
        session.ask("set colour blue");
        pid = session.ask("make process sleeper -- /bin/sleep 1000").replaceFirst("(?s).*pid=(\\d+).*", "$1");
        session.ask("make socket web port=0 host=127.0.0.1");
    }

    private void mustBeAsBefore(List<String> descriptors) {
        assertThat(words(kernel)).doesNotContain("--resume");
        assertThat(session.ask("get colour")).isEqualTo("blue");
        assertThat(session.ask("list processes")).contains("pid=" + pid + " ");
        assertThat(Path.of("/proc", pid)).exists();
        await("no descriptor is left open")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(descriptors(kernel)).isEqualTo(descriptors));
        await("no child is left")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(home.processes()).hasSize(2));
        assertThat(kernel.daemon().errors()).contains("nothing has changed");
    }

    private void mustRefuse(Path to, String why) {
        List<String> descriptors = descriptors(kernel);
        mustHaveChangedNothing(UpgradedKernel.run(home, kernel, "--to", to.toString()), why);
        mustBeAsBefore(descriptors);
        // What went wrong once is no reason not to try again.
        mustHaveReplaced(UpgradedKernel.run(home, kernel));
        assertThat(session.ask("get colour")).isEqualTo("blue");
    }

    @Test
    void a_home_that_is_none() {
        mustRefuse(home.path("nothing"), "it cannot be executed: No such file or directory (ENOENT)");
    }

    @Test
    void a_file_that_is_no_program() {
        home.script("text/bin/papa", "");
        home.write("text/bin/papa", "just text");
        mustRefuse(home.path("text"), "it cannot be executed: Exec format error (ENOEXEC)");
    }

    @Test
    void a_program_that_prints_garbage() {
        mustRefuse(
                fake(home, "garbage", "head -c 100000 /dev/urandom; echo; echo whatever"),
                "it does not say what a papa says that can");
    }

    @Test
    void a_program_that_says_half_of_what_is_wanted() {
        mustRefuse(fake(home, "half", "echo papa-proof version=9 path=/bin/true arg=true"), "what it says breaks off");
    }

    @Test
    void a_program_that_fails_with_words() {
        mustRefuse(
                fake(home, "failing", "echo one >&2; echo papa: out of everything >&2; exit 1"),
                "it ended with exit code 1; its last words: papa: out of everything");
    }

    @Test
    void a_program_that_is_killed() {
        mustRefuse(fake(home, "killed", "kill -9 $$"), "it was ended by signal 9");
    }

    @Test
    void a_program_that_hangs() {
        mustRefuse(fake(home, "hanging", "echo I think >&2; sleep 1000"), "it did not show within 8000 ms");
    }

    @Test
    void a_program_that_talks_without_end() {
        mustRefuse(fake(home, "talking", "yes | head -c 20000000"), "it says more than ");
    }

    @Test
    void a_program_that_cannot_read_the_state() {
        mustRefuse(
                fake(home, "blind", "exec 9</dev/null; set -- --prove 9 --unix-socket x; exec $PAPA \"$@\""),
                "cannot read the state: it breaks off after line 0");
    }

    @Test
    void a_program_that_cannot_be_executed_after_its_proof() {
        mustRefuse(
                fake(home, "vanishing", "$PAPA \"$@\" | sed 's| path=[^ ]*| path=/no/such/java|'"),
                "cannot execute /no/such/java: No such file or directory (ENOENT)");
    }

    @Test
    void a_program_that_fails_after_the_exec_gives_the_kernel_back() {
        List<String> before = words(kernel);
        Path lying = fake(home, "lying", "$PAPA \"$@\" | sed 's| arg=--unix-socket | arg=--no-such-option |'");

        Commands.Result result = UpgradedKernel.run(home, kernel, "--to", lying.toString());

        mustHaveChangedNothing(result, "the new program gave the process back");
        assertThat(result.errors()).contains("cannot take \"--no-such-option\"");
        List<String> after = new ArrayList<>(words(kernel));
        int handed = after.indexOf("--resume");
        assertThat(after.get(handed + 2)).isEqualTo("--failed");
        after.subList(handed, handed + 4).clear();
        assertThat(after).isEqualTo(before);
        assertThat(session.ask("get colour")).isEqualTo("blue");
        assertThat(session.ask("list processes")).contains("pid=" + pid + " ");
        assertThat(session.ask("stats")).contains(" upgrades=0 ");
        mustHaveReplaced(UpgradedKernel.run(home, kernel));
        assertThat(session.ask("stats")).contains(" upgrades=1 ");
        assertThat(words(kernel)).doesNotContain("--failed");
        assertThat(session.ask("get colour")).isEqualTo("blue");
    }

    @Test
    void there_is_nobody_to_ask() {
        Commands.Result result = home.run(
                LIMIT,
                Installation.launcher("papa"),
                "upgrade",
                "--unix-socket",
                home.path("none.sock").toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).startsWith("cannot upgrade: no papa answers at " + home.path("none.sock"));
    }

    @Test
    void one_at_a_time() {
        Path slow = fake(home, "slow", "sleep 2; exec $PAPA \"$@\"");
        try (PapaSession other = kernel.session()) {
            other.ask("hello");
            session.send("upgrade to=" + slow + "\n");
            await("it is under way")
                    .atMost(LIMIT)
                    .until(() -> home.processes().stream().anyMatch(each -> each.contains("--prove")));
            assertThat(other.ask("upgrade")).contains("cannot upgrade: an upgrade is under way, to " + slow);
            assertThat(session.readUntil(text -> text.endsWith("\n> "), Duration.ofSeconds(60)))
                    .contains("replaced: ");
        }
    }
}
