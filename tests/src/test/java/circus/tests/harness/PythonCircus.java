package circus.tests.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Circus itself, 0.19.0 in Python, from a checkout that {@code -Dcircus.python=DIR} names. It is no part of this project: without the
 * property the tests that carry the tag are not chosen. Needs Debian's python3-zmq, python3-tornado and python3-psutil.
 */
public final class PythonCircus {
    /** Left out by tests/pom.xml, unless the property is given. */
    public static final String TAG = "circus-python";

    private PythonCircus() {}

    public static Path checkout() {
        String given = System.getProperty("circus.python", "");
        if (given.isEmpty()) {
            throw new IllegalStateException("-Dcircus.python=DIR is to name a checkout of Circus 0.19.0");
        }
        return Path.of(given);
    }

    /** Runs a configuration by Circus's own daemon; does not wait. */
    public static void start(Circus circus) {
        circus.launchInstead(words("circus.circusd"));
    }

    /** The words that run one of its programs. */
    public static List<String> words(String module, String... arguments) {
        return words(checkout(), module, arguments);
    }

    /** The same from another checkout. */
    public static List<String> words(Path checkout, String module, String... arguments) {
        List<String> words = program(checkout, "-m", module);
        words.addAll(List.of(arguments));
        return words;
    }

    /** The words that run Python with its library. */
    public static List<String> program(String... arguments) {
        return program(checkout(), arguments);
    }

    private static List<String> program(Path checkout, String... arguments) {
        List<String> words = new ArrayList<>(
                List.of("env", "PYTHONPATH=" + checkout, "PYTHONDONTWRITEBYTECODE=1", DebianPython.PROGRAM));
        words.addAll(List.of(arguments));
        return words;
    }
}
