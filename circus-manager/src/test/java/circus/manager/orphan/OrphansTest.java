package circus.manager.orphan;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.kernel.Register;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who ran is written down, known again, and ended; nobody else is. */
final class OrphansTest {
    private static final Orphans.Manner SOON = new Orphans.Manner(15, false, Duration.ofMillis(300));

    @TempDir
    Path folder;

    private static Process start(String... words) throws IOException {
        return new ProcessBuilder(words).start();
    }

    @Test
    void the_file_tells_who_runs_and_nobody_who_has_ended() throws IOException {
        Process one = start("sleep", "1000");
        Process other = start("sleep", "1000");
        Path path = folder.resolve("x.workers");
        Register register = WorkerFile.create(path);
        register.runs("web.1", 17, (int) one.pid());
        register.runs("web.2", 18, (int) other.pid());
        register.isOver(17);
        assertThat(WorkerFile.read(path).workers()).extracting(Recorded::name).containsExactly("web.2");
        register.runs("db.1", 19, (int) one.pid());
        assertThat(WorkerFile.read(path).workers()).extracting(Recorded::name).containsExactly("db.1", "web.2");
        assertThat(WorkerFile.read(path).workers().get(1).watcher()).isEqualTo("web");
        one.destroyForcibly();
        other.destroyForcibly();
    }

    @Test
    void of_another_boot_or_of_no_use_nothing_is_read() throws IOException {
        Path path = folder.resolve("x.workers");
        assertThat(WorkerFile.read(path).workers()).isEmpty();
        Files.writeString(path, "circus-workers 1 another-boot\n17 4 web.1\n");
        assertThat(WorkerFile.read(path).workers()).isEmpty();
        Files.writeString(
                path,
                "circus-workers 1 " + Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                        + "torn 4\n4 x web.1\n\n");
        assertThat(WorkerFile.read(path).workers()).isEmpty();
    }

    @Test
    void one_that_ignores_its_stop_signal_is_killed_with_its_children() throws Exception {
        Process process = start("setsid", "-w", "bash", "-c", "trap '' TERM; sleep 1000 & echo $$; wait; sleep 1000");
        int pid = Integer.parseInt(process.inputReader().readLine());
        Recorded worker = new Recorded("web.1", pid, Kin.of(pid).orElseThrow().startTicks());
        assertThat(Orphans.end(List.of(worker), name -> SOON)).isOne();
        assertThat(Kin.of(pid)).isEmpty();
        assertThat(Kin.all()).noneMatch(each -> each.session() == pid);
        process.waitFor();
    }

    @Test
    void who_only_has_the_pid_of_one_is_left_alone() throws Exception {
        Process process = start("sleep", "1000");
        assertThat(Orphans.end(List.of(new Recorded("web.1", (int) process.pid(), 1)), name -> SOON))
                .isZero();
        assertThat(process.isAlive()).isTrue();
        process.destroyForcibly();
    }

    @Test
    void one_that_was_asked_for_and_not_told_of_is_known_by_session_time_and_environment() throws Exception {
        Path path = folder.resolve("x.workers");
        Register register = WorkerFile.create(path);
        Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin", "WHO", "a b=c");
        register.isAsked("web.1", environment);
        register.isAsked("web.2", environment);
        register.isRefused("web.2");
        register.isAsked("web.3", Map.of());
        int pid = orphan(1, "PATH=/usr/bin:/bin", "WHO=a b=c");
        int other = orphan(2, "PATH=/usr/bin:/bin", "WHO=another");
        int anybody = orphan(3);
        Process minded = start("env", "-i", "PATH=/usr/bin:/bin", "WHO=a b=c", "setsid", "-w", "sleep", "1000");

        WorkerFile.Left left = WorkerFile.read(path);

        assertThat(left.asked()).extracting(Asked::name).containsExactly("web.1", "web.3");
        assertThat(Asked.find(left.asked(), List.of(pid))).isEmpty();
        assertThat(Asked.find(left.asked(), List.of()))
                .extracting(Recorded::pid)
                .containsExactly(pid);
        minded.destroyForcibly();
        List.of(pid, other, anybody).forEach(each -> ProcessHandle.of(each).ifPresent(ProcessHandle::destroyForcibly));
    }

    /** One with just this environment that has begun a session and has lost its parent. */
    private int orphan(int number, String... environment) throws Exception {
        String seconds = (1000 + number) + "." + ProcessHandle.current().pid();
        List<String> words = new ArrayList<>(List.of("env", "-i"));
        words.addAll(List.of(environment));
        words.addAll(List.of("/usr/bin/setsid", "-f", "/bin/sleep", seconds));
        start(words.toArray(String[]::new)).waitFor();
        while (true) {
            Optional<ProcessHandle> found = ProcessHandle.allProcesses()
                    .filter(each -> List.of(each.info().arguments().orElse(new String[0]))
                                    .contains(seconds)
                            && each.info().command().orElse("").endsWith("sleep"))
                    .findFirst();
            if (found.isPresent()) {
                return (int) found.get().pid();
            }
            Thread.onSpinWait();
        }
    }
}
