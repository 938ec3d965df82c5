package circus.manager.orphan;

import java.util.Optional;

/**
 * A worker as the file of workers tells of it.
 *
 * @param name {@code WATCHER.WID}
 * @param startTicks as in {@link Kin}
 */
public record Recorded(String name, int pid, long startTicks) {
    /** The watcher that it belongs to. */
    public String watcher() {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** It, and no other that has its pid by now; empty if it has ended. */
    Optional<Kin> alive() {
        return Kin.of(pid).filter(found -> found.startTicks() == startTicks);
    }
}
