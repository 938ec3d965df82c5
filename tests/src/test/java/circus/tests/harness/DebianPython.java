package circus.tests.harness;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Debian's Python, to which its modules belong; the first {@code python3} on the path may be another. */
public final class DebianPython {
    public static final String PROGRAM = "/usr/bin/python3";

    /** A PATH on which it is the first. */
    public static final String PATH = "/usr/bin:/bin:/usr/sbin:/sbin";

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private DebianPython() {}

    /** Skips the test where the package python3-zmq is missing; in CI, which installs it, that is a failure. */
    public static void requireZmq() {
        require("zmq", "python3-zmq");
    }

    /** Skips the test where a module is missing; in CI, which installs it, that is a failure. */
    public static void require(String module, String debianPackage) {
        boolean there = Files.isExecutable(Path.of(PROGRAM))
                && Commands.run(LIMIT, PROGRAM, "-c", "import " + module).exit() == 0;
        if (!there && System.getenv("CIRCUS_CI") != null) {
            fail(debianPackage + " is not installed, and CIRCUS_CI is set");
        }
        if (!there) {
            abort("needs " + debianPackage + ": apt-get install " + debianPackage);
        }
    }
}
