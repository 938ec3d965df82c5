package circus.manager.orphan;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process as /proc shows it (proc(5)), with what tells whose it is. A value.
 *
 * @param parent its pid
 * @param session the pid of who began its session; a worker's is its own
 * @param startTicks since the start of the machine: with the pid it tells a process from all others
 */
record Kin(int pid, int parent, int session, long startTicks) {
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int SESSION = 3;
    private static final int START = 19;

    /** Empty if there is none that is alive. */
    static Optional<Kin> of(int pid) {
        try {
            // The second field, the name, stands in parentheses and may hold anything, parentheses too.
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean dead = fields[STATE].equals("Z") || fields[STATE].equals("X");
            return dead
                    ? Optional.empty()
                    : Optional.of(new Kin(
                            pid,
                            Integer.parseInt(fields[PARENT]),
                            Integer.parseInt(fields[SESSION]),
                            Long.parseLong(fields[START])));
        } catch (IOException | RuntimeException gone) {
            return Optional.empty();
        }
    }

    /** All processes of the machine that are alive and may be looked at. */
    static List<Kin> all() {
        List<Kin> found = new ArrayList<>();
        String[] names = new File("/proc").list();
        for (String name : names == null ? new String[0] : names) {
            if (name.chars().allMatch(Character::isDigit)) {
                of(Integer.parseInt(name)).ifPresent(found::add);
            }
        }
        return found;
    }

    boolean isAlive() {
        return of(pid).equals(Optional.of(this))
                || of(pid).filter(now -> now.startTicks == startTicks).isPresent();
    }
}
