package circus.manager.kernel;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Reads in /proc (proc(5)) whether a process is at its end, though it may still be in the table. */
public final class ProcessLife {
    private static final long LOOK_NANOS = 2_000_000;
    private static final int SIGKILL_BIT = 8;
    private static final int EXITING_FLAG = 0x4;
    private static final int FIELD_STATE = 0;
    private static final int FIELD_FLAGS = 6;
    private static final int FIELD_THREADS = 17;

    private ProcessLife() {}

    /** Whether it is dead, dying, or has a SIGKILL before it. */
    public static boolean isOver(long pid) {
        try {
            // The second field, the name, stands in parentheses and may hold anything, parentheses too.
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean dead = fields[FIELD_STATE].equals("Z") || fields[FIELD_STATE].equals("X");
            boolean exiting = (Long.parseLong(fields[FIELD_FLAGS]) & EXITING_FLAG) != 0;
            return dead || exiting || isKilled(pid);
        } catch (NoSuchFileException gone) {
            return true;
        } catch (IOException failed) {
            // It may go while it is read (ESRCH). Any other failure, as of too many open files, says nothing about it.
            return !Files.exists(Path.of("/proc/" + pid));
        }
    }

    /** Waits for the end of a process; false if it does not come within the limit. */
    public static boolean awaitEnd(long pid, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!isGone(pid)) {
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /** Whether nothing of it holds anything any more. */
    private static boolean isGone(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean dead = fields[FIELD_STATE].equals("Z") || fields[FIELD_STATE].equals("X");
            return dead && Integer.parseInt(fields[FIELD_THREADS]) <= 1; // the first thread may end before the others
        } catch (IOException gone) {
            return !Files.exists(Path.of("/proc/" + pid));
        }
    }

    private static boolean isKilled(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("SigPnd:") || line.startsWith("ShdPnd:")) {
                String mask = line.substring(line.indexOf(':') + 1).strip();
                if (new BigInteger(mask, 16).testBit(SIGKILL_BIT)) {
                    return true;
                }
            }
        }
        return false;
    }
}
