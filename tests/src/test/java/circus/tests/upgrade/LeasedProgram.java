package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Home;
import java.io.IOException;
import java.nio.file.Path;

/** A program that somebody has a lease of (fcntl(2)): whoever starts it waits, until that is given back. */
final class LeasedProgram implements AutoCloseable {
    final Path path;
    private final Process holder;

    private LeasedProgram(Path path, Process holder) {
        this.path = path;
        this.holder = holder;
    }

    static LeasedProgram of(Home home) throws IOException {
        Path program = home.script("leased", "sleep 1000");
        Path script = home.write("holder.py", """
                import fcntl, signal, sys
                signal.signal(signal.SIGIO, signal.SIG_IGN)
                file = open(sys.argv[1])
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
                print("held", flush=True)
                sys.stdin.read()
                """);
        Process holder = new ProcessBuilder("python3", script.toString(), program.toString()).start();
        LeasedProgram leased = new LeasedProgram(program, holder);
        assertThat(holder.inputReader().readLine()).isEqualTo("held");
        return leased;
    }

    void giveBack() throws IOException {
        holder.getOutputStream().close();
    }

    @Override
    public void close() {
        holder.destroy();
    }
}
