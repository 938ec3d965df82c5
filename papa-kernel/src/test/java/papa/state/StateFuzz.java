package papa.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.StandardOpenOption;
import java.util.List;
import papa.posix.NativePosix;
import papa.posix.Posix;

/**
 * Any bytes as a state: lines, every word of which can be asked for, or a complaint; and no descriptor is left open. Run by
 * FuzzTest.
 */
public final class StateFuzz {
    private static final Posix POSIX = new NativePosix();
    private static final int MOST_READINGS = 10;

    private StateFuzz() {}

    /** What is asked of a line. */
    private interface Question {
        void ask() throws StateException;
    }

    public static void fuzzerTestOneInput(byte[] input) {
        int file = POSIX.memoryFile("state-fuzz", 0);
        assertTrue(file >= 0);
        try {
            write(file, input);
            assertTrue(isAtRest(file), "a descriptor is left open");
        } finally {
            POSIX.close(file);
        }
    }

    /** Whether some reading leaves as many files open as the one before. The JVM opens files of its own as it loads classes, but not each time. */
    private static boolean isAtRest(int file) {
        int before = lowestFreeAfter(file);
        for (int i = 0; i < MOST_READINGS; i++) {
            int now = lowestFreeAfter(file);
            if (now <= before) {
                return true;
            }
            before = now;
        }
        return false;
    }

    private static void write(int file, byte[] bytes) {
        long memory = POSIX.allocate(bytes.length + 1);
        POSIX.putBytes(memory, bytes, 0, bytes.length);
        assertEquals(bytes.length, POSIX.write(file, memory, bytes.length));
        POSIX.free(memory);
    }

    private static int lowestFreeAfter(int file) {
        StateReader reader = new StateReader(POSIX);
        for (String kind : List.of("thing", "process", "session")) {
            reader.on(kind, StateFuzz::askAll);
        }
        questions(() -> reader.read(file));
        int lowest = POSIX.duplicate(file, 3);
        POSIX.close(lowest);
        return lowest;
    }

    private static void askAll(StateLine line) throws StateException {
        questions(() -> line.integer("a", -5, 5));
        questions(() -> line.number("a", 0, Long.MAX_VALUE, 1));
        questions(() -> line.descriptor("a"));
        questions(() -> line.map("a"));
        questions(() -> line.tuples("a", 2));
        questions(() -> line.choice("a", StandardOpenOption.class));
        String text = line.text("b", "");
        assertTrue(line.all("b").contains(text) || (text.isEmpty() && !line.has("b")));
        line.flag("c");
        line.text("d");
    }

    private static void questions(Question question) {
        try {
            question.ask();
        } catch (StateException wrong) {
            assertTrue(("" + wrong.getMessage()).startsWith("cannot read "), wrong.getMessage());
        }
    }
}
