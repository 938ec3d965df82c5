package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    private static final long OURS = 4_000_001;

    @TempDir
    private Path folder;

    @Test
    void holds_the_pid_and_goes_with_its_owner() throws Exception {
        Path file = folder.resolve("x.pid");
        PidFile pidFile = PidFile.write(file, OURS);
        assertThat(file).hasContent(OURS + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        pidFile.remove();
        assertThat(file).doesNotExist();
        pidFile.remove();
    }

    @Test
    void that_of_a_process_that_runs_stands_in_the_way() throws Exception {
        Path file = folder.resolve("x.pid");
        String other = Long.toString(ProcessHandle.current().pid());
        Files.writeString(file, other + "\n");
        assertThatThrownBy(() -> PidFile.write(file, OURS))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("belongs to process " + other + ", which runs");
        assertThat(file).hasContent(other + "\n");
    }

    @Test
    void that_of_a_process_that_was_killed_just_now_does_not() throws Exception {
        Path file = folder.resolve("x.pid");
        // The shell becomes a sleep, which reaps nobody: its killed child stays in the table of processes.
        Process parent = new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; exec sleep 60").start();
        try {
            long child = Long.parseLong(parent.inputReader().readLine());
            Files.writeString(file, child + "\n");
            assertThatThrownBy(() -> PidFile.write(file, OURS)).hasMessageContaining("belongs to process " + child);
            ProcessHandle.of(child).orElseThrow().destroyForcibly();
            PidFile.write(file, OURS);
            assertThat(file).content().isEqualTo(OURS + "\n");
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void anything_else_is_written_over() throws Exception {
        Path file = folder.resolve("x.pid");
        for (String old : new String[] {"", "nonsense", "-5", "0", "4000002", OURS + "\n"}) {
            Files.writeString(file, old);
            PidFile.write(file, OURS);
            assertThat(file).hasContent(OURS + "\n");
        }
    }

    @Test
    void waits_a_moment_for_one_who_is_about_to_go() throws Exception {
        Path file = folder.resolve("x.pid");
        Process leaving = new ProcessBuilder("sleep", "0.3").start();
        Files.writeString(file, leaving.pid() + "\n");
        PidFile.write(file, OURS);
        assertThat(leaving.isAlive()).isFalse();
        assertThat(file).hasContent(OURS + "\n");
    }

    @Test
    void what_is_no_file_is_told_without_a_word_of_java() {
        assertThatThrownBy(() -> PidFile.write(folder, OURS))
                .isInstanceOf(StartupException.class)
                .hasMessage("cannot write the pid file " + folder
                        + ": Is a directory; use another --pidfile, or change who may write there");
    }

    @Test
    void one_that_belongs_to_somebody_else_by_now_stays() throws Exception {
        Path file = folder.resolve("x.pid");
        PidFile pidFile = PidFile.write(file, OURS);
        Files.writeString(file, "7\n");
        pidFile.remove();
        assertThat(file).hasContent("7\n");
    }

    @Test
    void a_directory_that_is_missing_is_named() {
        assertThatThrownBy(() -> PidFile.write(folder.resolve("no/x.pid"), OURS))
                .hasMessage(folder.resolve("no") + " doesn't exist. Can't create pidfile");
    }
}
