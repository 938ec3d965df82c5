package circus.manager.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Whether a process is at its end, as /proc tells it. */
class ProcessLifeTest {
    @Test
    void a_running_process_is_not_over() {
        assertThat(ProcessLife.isOver(ProcessHandle.current().pid())).isFalse();
    }

    @Test
    void a_process_that_was_reaped_is_over() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        assertThat(ProcessLife.isOver(process.pid())).isTrue();
    }

    @Test
    void a_process_that_nobody_has_reaped_is_over() throws Exception {
        // The shell becomes a sleep, which reaps nobody; its child ends once the test closes the shell's input.
        Process parent =
                new ProcessBuilder("sh", "-c", "exec 3<&0; cat <&3 >/dev/null & echo $!; exec sleep 30 <&-").start();
        try {
            long child = Long.parseLong(parent.inputReader().readLine());
            assertThat(ProcessLife.isOver(child)).isFalse();
            Path program = Path.of("/proc/" + parent.pid() + "/comm");
            while (!Files.readString(program).equals("sleep\n")) {
                Thread.onSpinWait(); // as long as it is a shell, it may reap
            }
            parent.outputWriter().close();
            while (!ProcessLife.isOver(child)) {
                Thread.onSpinWait();
            }
            assertThat(Path.of("/proc/" + child)).exists();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }
}
