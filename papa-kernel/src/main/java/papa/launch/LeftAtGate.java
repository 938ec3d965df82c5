package papa.launch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;

/**
 * Children that wait at a {@link Gate} of a kernel that was killed. Nobody opens it any more, so they would wait for ever, with the sockets
 * that they were given and all of that kernel's memory. What they run is not their program yet, so nobody else knows what they are; but they
 * have the gate open, whose name tells whose it was.
 */
public final class LeftAtGate {
    private LeftAtGate() {}

    /**
     * Ends them, also those of a kernel before that one, whose pid nobody has by now.
     *
     * @param kernel the pid of that kernel, which has ended
     * @return how many there were
     */
    public static int end(Posix posix, int kernel) {
        Proc proc = new Proc(posix);
        String[] names = new File("/proc").list((all, name) -> Character.isDigit(name.charAt(0)));
        int count = 0;
        for (String name : names == null ? new String[0] : names) {
            int pid = Integer.parseInt(name);
            // The name of the thread that it was made by: few are looked at any closer.
            boolean maybe = proc.stat(pid)
                    .filter(stat -> stat.name().equals(Spawner.THREAD) && stat.session() == pid && stat.threads() == 1)
                    .isPresent();
            if (maybe && endIfLeft(posix, pid, kernel)) {
                count++;
            }
        }
        return count;
    }

    private static boolean endIfLeft(Posix posix, int pid, int kernel) {
        int pidfd = posix.pidfdOpen(pid); // first: the number may become another's
        if (pidfd < 0) {
            return false;
        }
        int waitsFor = waitsFor(pid);
        boolean isLeft = waitsFor > 0 && (waitsFor == kernel || Errno.ESRCH.is(posix.kill(waitsFor, 0)));
        boolean ended = isLeft && posix.pidfdSignal(pidfd, Posix.SIGKILL) >= 0;
        posix.close(pidfd);
        return ended;
    }

    /** The pid of the kernel at whose gate it waits; 0 if it waits at none. */
    private static int waitsFor(int pid) {
        String[] open = new File("/proc/" + pid + "/fd").list();
        for (String each : open == null ? new String[0] : open) {
            Matcher gate = Gate.NAME.matcher(target(pid, each));
            if (gate.find()) {
                return Integer.parseInt(gate.group(1));
            }
        }
        return 0;
    }

    private static String target(int pid, String descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + descriptor))
                    .toString();
        } catch (IOException gone) {
            return "";
        }
    }
}
