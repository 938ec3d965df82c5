package circus.manager.python;

import java.io.IOException;

/** Helpers lead a session of their own each, so that everything can be ended that their code has started. */
final class Session {
    private Session() {}

    /** Kills the helper and all of its process group. Any thread. */
    static void kill(Process process) {
        if (process.isAlive()) {
            try {
                new ProcessBuilder("/bin/sh", "-c", "kill -s KILL -- \"-$0\"", Long.toString(process.pid()))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException noShell) {
                // What follows does most of it.
            } catch (InterruptedException hasten) {
                Thread.currentThread().interrupt();
            }
        }
        process.destroyForcibly();
    }

    /** How it has ended, for people. */
    static String end(int code) {
        return code > 128 && code <= 128 + 64 ? "it was ended by signal " + (code - 128) : "it ended with code " + code;
    }
}
