package circus.manager.orphan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A worker that a kernel was asked to start, and of which it had not told when it was killed. If it runs, it is known by this: it began a session after
 * that, has exactly the environment that was asked for, and has lost its parent. Where that environment is empty it says nothing, and nobody is
 * taken for one.
 *
 * @param sinceTicks when the kernel was asked, as in {@link Kin}
 * @param environment what stands for it
 */
public record Asked(String name, long sinceTicks, String environment) {
    private static final int TICKS_PER_SECOND = 100;

    /** The clock of /proc/uptime is read a little apart from that of starts. */
    private static final long SLACK_TICKS = 2;

    private static final int DIGEST_BYTES = 8;
    private static final String NOTHING = digest(Set.of());

    static Asked now(String name, Map<String, String> environment) {
        Set<String> entries = new TreeSet<>();
        environment.forEach((key, value) -> entries.add(key + "=" + value));
        return new Asked(name, nowTicks() - SLACK_TICKS, digest(entries));
    }

    private static long nowTicks() {
        try {
            String uptime = Files.readString(Path.of("/proc/uptime"), StandardCharsets.US_ASCII);
            return (long) (Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * TICKS_PER_SECOND);
        } catch (IOException | RuntimeException unreadable) {
            return Long.MAX_VALUE; // no process is that young
        }
    }

    private static String digest(Set<String> entries) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\0", entries).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Those that run, and whom nobody minds.
     *
     * @param known pids of those that are somebody else
     */
    public static List<Recorded> find(List<Asked> asked, Collection<Integer> known) {
        List<Recorded> found = new ArrayList<>();
        if (!asked.isEmpty()) {
            Set<Integer> above = ancestors();
            for (Kin each : Kin.all()) {
                // The kernel's orphans go to init, or to a subreaper above us both; who has another parent is somebody
                // else's.
                boolean isOrphan = above.contains(each.parent()) && !above.contains(each.pid());
                if (isOrphan && each.session() == each.pid() && !known.contains(each.pid())) {
                    asked.stream()
                            .filter(one -> each.startTicks() >= one.sinceTicks
                                    && !one.environment.equals(NOTHING)
                                    && one.environment.equals(of(each.pid())))
                            .findFirst()
                            .ifPresent(one -> found.add(new Recorded(one.name, each.pid(), each.startTicks())));
                }
            }
        }
        return found;
    }

    /** Of this process: all above it, which is not among them. */
    private static Set<Integer> ancestors() {
        Set<Integer> above = new TreeSet<>(Set.of(1));
        Optional<Kin> next = Kin.of((int) ProcessHandle.current().pid());
        while (next.isPresent() && next.get().parent() > 0) {
            above.add(next.get().parent());
            next = Kin.of(next.get().parent());
        }
        return above;
    }

    private static String of(int pid) {
        try {
            String all = Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.UTF_8);
            Set<String> entries = new TreeSet<>();
            for (String entry : all.split("\0")) {
                if (!entry.isEmpty()) {
                    entries.add(entry);
                }
            }
            return digest(entries);
        } catch (IOException unreadable) {
            return "";
        }
    }
}
