package circus.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What one process takes of the machine, from proc(5). */
final class Usage {
    private static final double TICKS_A_SECOND = 100;

    private Usage() {}

    /** Kibibytes. */
    static long resident(long pid) throws IOException {
        return kibibytes(pid, "status", "VmRSS:");
    }

    /** Kibibytes, pages that others share counted in parts. */
    static long proportional(long pid) throws IOException {
        return kibibytes(pid, "smaps_rollup", "Pss:");
    }

    private static long kibibytes(long pid, String file, String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid, file), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + key + " in " + file);
    }

    /** Percent of one processor, user and system, over a time from now on. */
    static double percent(long pid, Duration time) throws IOException {
        return percent(List.of(pid), time);
    }

    /** The same of several together. */
    static double percent(List<Long> pids, Duration time) throws IOException {
        double before = seconds(pids);
        long began = System.nanoTime();
        pause(time);
        return 100 * (seconds(pids) - before) / ((System.nanoTime() - began) / 1e9);
    }

    /** Of processors, user and system, since each of them began. */
    static double seconds(List<Long> pids) throws IOException {
        double all = 0;
        for (long pid : pids) {
            all += seconds(pid);
        }
        return all;
    }

    private static double seconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid, "stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND; // utime, stime
    }

    static void pause(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        while (until - System.nanoTime() > 0) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }
}
