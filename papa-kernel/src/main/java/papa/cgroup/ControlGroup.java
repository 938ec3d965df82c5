package papa.cgroup;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;

/**
 * A cgroup (version 2, cgroups(7)) that one process was started in. Whatever descends from it is in there too, or in one
 * below it, unless somebody who may has moved it.
 */
public final class ControlGroup {
    private static final int DEPTH = 16;

    private final Posix posix;

    /** As /proc/PID/cgroup shows it. */
    final String path;

    /** Where its files are. */
    public final String folder;

    ControlGroup(Posix posix, String path, String folder) {
        this.posix = posix;
        this.path = path;
        this.folder = folder;
    }

    /** Makes it, and moves a process in; 0 or a negated errno. From any thread. */
    public int enter(int pid) {
        int above = posix.makeFolder(folder.substring(0, folder.lastIndexOf('/')));
        int made = above < 0 && !Errno.EEXIST.is(above) ? above : posix.makeFolder(folder);
        return made < 0 ? made : write(posix, folder + "/cgroup.procs", Integer.toString(pid));
    }

    /** Whether a path that /proc/PID/cgroup shows is this one or below it. */
    public boolean holds(String other) {
        return other.equals(path) || other.startsWith(path + "/");
    }

    /** The pids in it, and in those below it. */
    public List<Integer> members(Proc proc) {
        List<Integer> pids = new ArrayList<>();
        addMembers(proc, folder, DEPTH, pids);
        return pids;
    }

    private static void addMembers(Proc proc, String folder, int depth, List<Integer> pids) {
        pids.addAll(proc.numbers(proc.contents(folder + "/cgroup.procs")));
        if (depth > 0) {
            for (String each : foldersIn(folder)) {
                addMembers(proc, folder + "/" + each, depth - 1, pids);
            }
        }
    }

    /** Whether a process is in it or below it that has not ended, or may be: where that cannot be read. */
    boolean isPopulated(Proc proc) {
        int unread = proc.failures();
        return proc.contents(folder + "/cgroup.events").contains("populated 1") || proc.failures() != unread;
    }

    /** SIGKILL to all in it at once (Linux 5.14); 0 or a negated errno. */
    public int kill() {
        return write(posix, folder + "/cgroup.kill", "1");
    }

    /** Removes it and those below it, if nobody is in there; 0 or a negated errno. */
    int remove() {
        return remove(posix, folder, DEPTH);
    }

    static int remove(Posix posix, String folder, int depth) {
        if (depth > 0) {
            for (String each : foldersIn(folder)) {
                remove(posix, folder + "/" + each, depth - 1);
            }
        }
        int removed = posix.removeFolder(folder);
        return Errno.ENOENT.is(removed) ? 0 : removed;
    }

    static List<String> foldersIn(String folder) {
        File[] folders = new File(folder).listFiles(File::isDirectory);
        List<String> names = new ArrayList<>();
        for (File each : folders == null ? new File[0] : folders) {
            names.add(each.getName());
        }
        return names;
    }

    private static int write(Posix posix, String file, String text) {
        long word = posix.allocate(text.length());
        posix.putBytes(word, text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
        int fd = posix.open(file, Posix.O_WRONLY, 0);
        long written = fd < 0 ? fd : posix.write(fd, word, text.length());
        if (fd >= 0) {
            posix.close(fd);
        }
        posix.free(word);
        return written < 0 ? (int) written : 0;
    }
}
