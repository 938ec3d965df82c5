package circus.manager.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds in /proc who listens on a TCP port, for a message that helps. What we may not look at stays unknown. Any thread. */
final class PortOwner {
    /** The state LISTEN in /proc/net/tcp. */
    private static final String LISTENING = "0A";

    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private PortOwner() {}

    /** {@code process 4711 (circusd)}. */
    static Optional<String> find(int port) {
        try {
            Set<String> links = new HashSet<>();
            for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
                collect(Path.of(table), port, links);
            }
            return links.isEmpty() ? Optional.empty() : holder(links);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static void collect(Path table, int port, Set<String> links) throws IOException {
        if (!Files.isReadable(table)) {
            return;
        }
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        for (String line : Files.readAllLines(table, StandardCharsets.ISO_8859_1)) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > INODE && fields[LOCAL_ADDRESS].endsWith(suffix) && fields[STATE].equals(LISTENING)) {
                links.add("socket:[" + fields[INODE] + "]");
            }
        }
    }

    private static Optional<String> holder(Set<String> links) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), links)) {
                    return Optional.of(describe(process));
                }
            }
        }
        return Optional.empty();
    }

    /** {@code process 4711 (circusd)}. */
    static String describe(int pid) {
        Path process = Path.of("/proc", Integer.toString(pid));
        try {
            return describe(process);
        } catch (IOException goneOrNotOurs) {
            return "process " + pid;
        }
    }

    private static String describe(Path process) throws IOException {
        return "process " + process.getFileName() + name(process);
    }

    private static boolean holds(Path descriptors, Set<String> links) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : all) {
                if (links.contains(target(descriptor))) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException goneOrNotOurs) {
            return false;
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static String name(Path process) throws IOException {
        String line = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
        String program = line.split("\0", 2)[0];
        return program.isEmpty() ? "" : " (" + program.substring(program.lastIndexOf('/') + 1) + ")";
    }
}
