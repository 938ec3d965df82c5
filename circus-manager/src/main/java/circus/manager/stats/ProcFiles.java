package circus.manager.stats;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads of proc(5) what says something of single processes, with as few and as small reads as there can be; {@link Machine} tells why oshi
 * does not do it. Throws {@link GoneException} when there is no such process, any other {@code IOException} when it may not be looked at. One thread.
 */
final class ProcFiles {
    /** More of a file is not read: they have a few hundred bytes, but for a command line, of which only the first word counts. */
    private static final int MOST_BYTES = 8 * 1024;

    private final String root;
    private byte[] buffer = new byte[MOST_BYTES];

    /** @param root normally {@code /proc} */
    ProcFiles(File root) {
        this.root = root + "/";
    }

    ProcessStat stat(int pid) throws IOException {
        return ProcessStat.parse(pid, buffer, read(pid, "/stat"));
    }

    /** The first word of the command line; empty for a process that has none. */
    String firstWord(int pid) throws IOException {
        int length = read(pid, "/cmdline");
        int end = 0;
        while (end < length && buffer[end] != 0) {
            end++;
        }
        return new String(buffer, 0, end, StandardCharsets.UTF_8);
    }

    /** The number of its user; the real one, not the effective. */
    int user(int pid) throws IOException {
        String status = new String(buffer, 0, read(pid, "/status"), StandardCharsets.ISO_8859_1);
        int at = status.indexOf("\nUid:");
        if (at < 0) {
            throw new IOException("cannot find the user of process " + pid);
        }
        String line = status.substring(at + "\nUid:".length()).stripLeading();
        return Integer.parseInt(line, 0, digits(line), 10);
    }

    private static int digits(String text) {
        int end = 0;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** The pids of the children of one of its threads; none when that has ended. */
    List<Integer> children(int pid, int thread) throws IOException {
        List<Integer> children = new ArrayList<>();
        int length = readWhole(pid, "/task/" + thread + "/children");
        int child = 0;
        for (int i = 0; i < length; i++) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                child = child * 10 + buffer[i] - '0';
            } else if (child > 0) {
                children.add(child);
                child = 0;
            }
        }
        if (child > 0) {
            children.add(child);
        }
        return children;
    }

    int[] threads(int pid) {
        return numbers(root + pid + "/task");
    }

    /** The pids of all processes of the machine. */
    int[] all() {
        return numbers(root);
    }

    private static int[] numbers(String folder) {
        String[] names = new File(folder).list();
        return names == null
                ? new int[0]
                : Arrays.stream(names)
                        .filter(name -> digits(name) == name.length())
                        .mapToInt(Integer::parseInt)
                        .toArray();
    }

    /** Seconds since the start of the machine: the clock on which the starts of processes are told. */
    double uptime() throws IOException {
        try (FileInputStream in = new FileInputStream(root + "uptime")) {
            int length = Math.max(0, in.read(buffer, 0, MOST_BYTES));
            String text = new String(buffer, 0, length, StandardCharsets.US_ASCII);
            return Double.parseDouble(text.substring(0, Math.max(0, text.indexOf(' '))));
        } catch (NumberFormatException strange) {
            throw new IOException("cannot read " + root + "uptime", strange);
        }
    }

    private int read(int pid, String file) throws IOException {
        try (FileInputStream in = new FileInputStream(root + pid + file)) {
            return Math.max(0, in.read(buffer, 0, MOST_BYTES));
        } catch (IOException failure) {
            throw cause(pid, file, failure);
        }
    }

    /** A list of children has no bound; the buffer grows with it. */
    private int readWhole(int pid, String file) throws IOException {
        try (FileInputStream in = new FileInputStream(root + pid + file)) {
            int length = 0;
            int count = in.read(buffer);
            while (count > 0) {
                length += count;
                if (length == buffer.length) {
                    buffer = Arrays.copyOf(buffer, 2 * length);
                }
                count = in.read(buffer, length, buffer.length - length);
            }
            return length;
        } catch (IOException failure) {
            throw cause(pid, file, failure);
        }
    }

    /** Java says the same of a file that is not there and of one that may not be read; and a process may end between open and read. */
    private IOException cause(int pid, String file, IOException failure) {
        return new File(root + pid).exists()
                ? new IOException("cannot read " + root + pid + file, failure)
                : new GoneException(pid);
    }
}
