package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A real file system that does not answer, breaks, or can only be read for a while, under a log that is open and being written. Nobody
 * else notices, and nothing is missing afterwards, nor there twice.
 */
@ExtendWith(HomeExtension.class)
@Timeout(300)
class SickDiskTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final String NO_ANSWER = "its file system does not answer";

    /** Less than papa keeps of a process. */
    private static final int SOME = 15_000;

    private final Home home;

    SickDiskTest(Home home) {
        this.home = home;
    }

    private Path other() {
        return home.path("other.log");
    }

    private Circus circus(Disk disk) {
        return home.circus("sick", "", """
                [watcher:talker]
                cmd = perl %s %d 50
                stdout_stream.class = FileStream
                stdout_stream.filename = %s

                [watcher:other]
                cmd = sh -c 'while :; do echo tick; sleep 0.1; done'
                copy_env = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(Talker.script(home), SOME, disk.path("talk.log"), other()));
    }

    private void becomes(Disk disk, Circus circus, Disk.State state, String told) {
        await("something is logged")
                .atMost(SOON)
                .until(() -> disk.read("talk.log").length() > 1000);
        disk.be(state);
        isTold(disk, circus, told);
        othersGoOn(circus);
    }

    private void isTold(Disk disk, Circus circus, String told) {
        String waits = "active\noutput waits for " + disk.path("talk.log") + ": " + told;
        await("the trouble is told")
                .atMost(SOON)
                .until(() -> circus.tell("status", "talker").equals(waits));
    }

    private void othersGoOn(Circus circus) {
        long before = Home.read(other()).length();
        int pid = circus.awaitWorkers("other", 1).get(0);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await("another one is replaced")
                .atMost(SOON)
                .until(() -> circus.pids("other").size() == 1
                        && !circus.pids("other").contains(pid));
        await("another log goes on").atMost(SOON).until(() -> Home.read(other()).length() > before + 20);
    }

    /** Exactly what was said, and no word of ours in between. */
    private void isWell(Disk disk, Circus circus) {
        disk.be(Disk.State.FINE);
        await("the end is logged")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(disk.read("talk.log")).endsWith("\nthe end\n"));
        assertThat(disk.read("talk.log")).isEqualTo(Talker.said(SOME));
        assertThat(circus.tell("status", "talker")).isEqualTo("active");
        circus.ctl("quit", "--terminate").mustSucceed();
        circus.manager().awaitExit(SOON);
        assertThat(circus.hasKernel()).isFalse();
    }

    private void isSickForAWhile(Disk.State state, String told) {
        Disk.of(home).ifPresent(disk -> {
            Circus circus = circus(disk);
            disk.start(circus);
            becomes(disk, circus, state, told);
            isWell(disk, circus);
        });
    }

    @Test
    void a_disk_that_does_not_answer_for_a_while() {
        isSickForAWhile(Disk.State.HUNG, NO_ANSWER);
    }

    @Test
    void a_disk_that_breaks_for_a_while() {
        isSickForAWhile(Disk.State.BROKEN, "Input/output error");
    }

    @Test
    void a_disk_that_can_only_be_read_for_a_while() {
        isSickForAWhile(Disk.State.READONLY, "Read-only file system");
    }

    /** The next one has to open the log, too. */
    private void isSickWhileManagersChange(Disk.State state, String told) {
        Disk.of(home).ifPresent(disk -> {
            Circus circus = circus(disk);
            disk.start(circus);
            becomes(disk, circus, state, told);
            circus.manager().kill9();
            disk.start(circus);
            isTold(disk, circus, told);
            othersGoOn(circus);
            isWell(disk, circus);
        });
    }

    @Test
    void a_disk_that_breaks_until_another_manager_is_there() {
        isSickWhileManagersChange(Disk.State.BROKEN, "Input/output error");
    }

    @Test
    void a_disk_that_can_only_be_read_until_another_manager_is_there() {
        isSickWhileManagersChange(Disk.State.READONLY, "Read-only file system");
    }

    @Test
    void a_manager_that_leaves_and_cannot_end_for_a_disk_is_replaced_all_the_same() {
        Disk.of(home).ifPresent(disk -> {
            Circus circus = circus(disk);
            disk.start(circus);
            becomes(disk, circus, Disk.State.HUNG, NO_ANSWER);
            Daemon before = circus.manager();
            assertThat(circus.tell("detach")).isEqualTo("ok");
            await("it has left")
                    .atMost(SOON)
                    .until(() ->
                            circus.ask("list", Map.of(), Duration.ofMillis(200)).isEmpty());
            disk.start(circus);
            othersGoOn(circus);
            assertThat(before.isAlive()).as("it hangs").isTrue();
            isWell(disk, circus);
            before.awaitExit(SOON);
        });
    }

    /**
     * Not even SIGKILL ends a process of which a thread waits for such a disk, and as long its sockets listen: no other circusd can have
     * its endpoints. Workers do not need one.
     */
    @Test
    void a_manager_that_is_killed_and_cannot_end_for_a_disk_is_replaced_when_the_disk_answers() {
        Disk.of(home).ifPresent(disk -> {
            Circus circus = circus(disk);
            disk.start(circus);
            becomes(disk, circus, Disk.State.HUNG, NO_ANSWER);
            Daemon before = circus.manager();
            before.signal("KILL");
            Daemon early = disk.launch(circus);
            assertThat(early.awaitExit(SOON)).isEqualTo(1);
            assertThat(early.errors()).contains("the address is in use");
            assertThat(before.isAlive()).as("it hangs").isTrue();
            disk.be(Disk.State.FINE);
            before.awaitExit(SOON);
            disk.start(circus);
            othersGoOn(circus);
            isWell(disk, circus);
        });
    }
}
