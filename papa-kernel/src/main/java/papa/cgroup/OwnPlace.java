package papa.cgroup;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.wire.Words;

/**
 * Where a kernel may make its cgroups.
 *
 * @param place of the one for all of them; null where there can be none
 * @param why there can be none
 */
record OwnPlace(@Nullable ControlGroupPlace place, String why) {
    /**
     * Tries it, and clears away what an earlier kernel left.
     *
     * @param kernelPath what the kernel serves, for itself alone; a byte string
     */
    static OwnPlace find(Posix posix, String kernelPath) {
        Proc proc = new Proc(posix);
        Optional<ControlGroupPlace> own =
                ControlGroupPlace.find(proc.contents("/proc/self/mountinfo"), proc.controlGroup(posix.pid()));
        if (own.isEmpty()) {
            return new OwnPlace(null, "no writable cgroup2 is mounted");
        }
        String name = "/papa-" + key(kernelPath);
        ControlGroupPlace mine =
                new ControlGroupPlace(own.get().path() + name, own.get().folder() + name);
        int may = mayMove(posix, own.get());
        clearStale(posix, proc, mine);
        if (may >= 0) {
            int made = posix.makeFolder(mine.folder());
            may = made < 0 && !Errno.EEXIST.is(made) ? made : 0;
            posix.removeFolder(mine.folder());
        }
        return may < 0
                ? new OwnPlace(null, "below " + own.get().folder() + ": " + Errno.of(may))
                : new OwnPlace(mine, "");
    }

    /** Who moves a process needs to write there, too (cgroups(7), delegation). */
    private static int mayMove(Posix posix, ControlGroupPlace own) {
        int fd = posix.open(own.folder() + "/cgroup.procs", Posix.O_WRONLY, 0);
        if (fd >= 0) {
            posix.close(fd);
        }
        return fd;
    }

    private static void clearStale(Posix posix, Proc proc, ControlGroupPlace mine) {
        for (String each : ControlGroup.foldersIn(mine.folder())) {
            ControlGroup stale = new ControlGroup(posix, mine.path() + "/" + each, mine.folder() + "/" + each);
            if (stale.isPopulated(proc)) {
                Log.info("a papa that is gone left processes in the cgroup " + Words.text(stale.folder)
                        + ": writing 1 to its cgroup.kill ends them");
            } else {
                stale.remove();
            }
        }
        posix.removeFolder(mine.folder());
    }

    /** FNV-1a, 64 bits. */
    private static String key(String path) {
        long hash = 0xcbf29ce484222325L;
        for (byte each : path.getBytes(StandardCharsets.ISO_8859_1)) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        return String.format(Locale.ROOT, "%016x", hash);
    }
}
