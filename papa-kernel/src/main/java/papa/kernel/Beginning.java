package papa.kernel;

import java.nio.file.Path;
import papa.launch.LaunchSettings;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * What the kernel was started with, which children get that ask for nothing else; another program in its place is to hand on
 * the same. In a state:
 *
 * <pre>
 *   start  path=      where the kernel serves
 *          limit=     the soft RLIMIT_NOFILE before it was raised; -1 is infinity
 *          home=      the working directory
 *          umask=     a decimal number
 *          oom=       the oom_score_adj of children, where the kernel's own is lower; else not there
 *          upgrades=  how often another program has taken over
 *          gap=       how long clients waited at the longest while one did; milliseconds; since version 2
 * </pre>
 *
 * @param oomScore of children; {@link #SAME} where they get the kernel's own
 */
record Beginning(String path, long fileLimit, String home, int mask, int oomScore, int upgrades, long longestGap) {
    static final String KIND = "start";

    /** Below all that there are. */
    private static final int SAME = -1001;

    private static final int HIGHEST_SCORE = 1000;

    /** Among the last to be ended for want of memory: with it, all output would be lost. What must live has -1000. */
    private static final int OOM_SCORE = -900;

    /** Looks at this process, and makes of it what a kernel needs. */
    static Beginning here(Posix posix, String path) throws PosixException {
        int mask = posix.fileMask(022);
        posix.fileMask(mask);
        String home = Words.utf8(Path.of("").toAbsolutePath().toString());
        long limit = raiseFileLimit(posix);
        PosixException.check("become a subreaper", posix.becomeSubreaper());
        int lowered = posix.lowerOomScore(OOM_SCORE);
        if (lowered < 0) {
            Log.debug("cannot lower oom_score_adj: " + Errno.of(lowered));
        }
        int[] score = {SAME};
        posix.program().childrensOomScore(score);
        return new Beginning(path, limit, home, mask, score[0], 0, 0);
    }

    /** Many processes need many descriptors. What the limit was is what children get. */
    private static long raiseFileLimit(Posix posix) throws PosixException {
        long[] limit = new long[2];
        PosixException.check("read the limit of open files", posix.fileLimit(limit));
        long soft = limit[0];
        posix.setFileLimit(limit[1], limit[1]);
        return soft;
    }

    LaunchSettings settings() {
        return new LaunchSettings(fileLimit, home, mask, path.substring(0, path.lastIndexOf('/') + 1));
    }

    /** @param gap the longest by now */
    void save(StateWriter out, long gap) {
        StateWriter.Line line = out.line(KIND)
                .put("path", path)
                .put("limit", fileLimit)
                .put("home", home)
                .put("umask", mask)
                .put("upgrades", upgrades)
                .put("gap", gap);
        if (oomScore != SAME) {
            line.put("oom", oomScore);
        }
        line.end();
    }

    static Beginning restore(StateLine line) throws StateException {
        return new Beginning(
                line.text("path"),
                line.number("limit", -1, Long.MAX_VALUE),
                line.text("home"),
                line.integer("umask", 0, 0777),
                line.integer("oom", -HIGHEST_SCORE, HIGHEST_SCORE, SAME),
                line.integer("upgrades", 0, Integer.MAX_VALUE, 0),
                line.number("gap", 0, Long.MAX_VALUE, 0));
    }

    /**
     * Where the working directory has been removed, one of the same name takes its place, or the root: what children get is
     * told by its name all the same.
     */
    void leaveRemovedDirectory(Posix posix) {
        if (posix.program().isDirectoryRemoved() && posix.changeDirectory(home) < 0) {
            posix.changeDirectory("/");
        }
    }

    /** As another program has it that takes over. */
    Beginning takenOver() {
        return new Beginning(path, fileLimit, home, mask, oomScore, upgrades + 1, longestGap);
    }

    /** Limit, working directory, umask and the rest stay with the process; what does not is done again. */
    void hold(Posix posix) {
        int held = oomScore == SAME ? 0 : posix.program().keepOomScore(oomScore);
        if (held < 0) {
            Log.info("cannot give children the oom_score_adj " + oomScore + ": " + Errno.of(held));
        }
    }
}
