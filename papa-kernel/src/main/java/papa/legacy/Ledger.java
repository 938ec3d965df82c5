package papa.legacy;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.process.Arena;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * All that a kernel holds and memory for output does not tell, kept up to date in a memory file: the lines of a state, and
 * behind them a line for each change. Each line is written before anybody is told of the change, and one that is not whole
 * counts for nothing; so whoever has a copy of the file's descriptor knows, whenever the kernel is killed, what it had
 * answered for.
 *
 * <pre>
 *   papa-state …                 as of any state
 *   ledger generation=N          higher than those of all ledgers before, also of another program's
 *   (what there is)
 *   whole                        from here on: what changes
 *   commit, process, capture, over, ended, left, notes, socket, no-socket, emptied     see {@link Salvage}
 * </pre>
 *
 * <p>In a state, so that another program in this one's place goes on in the files that others have copies of already:
 *
 * <pre>
 *   ledger-file   file     its descriptor
 *                 newest   1: what there is stands there; not there where it is not kept
 * </pre>
 *
 * <p>There are two files, of which one is in use. When that has grown by {@link #GROWTH} and to three times its beginning, the other
 * is begun, with the next generation; the first is emptied once the second is whole. Both together so take no more than four
 * times what there is, and {@link #GROWTH} twice. Loop thread only.
 */
public final class Ledger {
    /** The files' name, as /proc shows it. */
    public static final String NAME = "papa-ledger";

    /** Of a line in a state. */
    public static final String KIND = "ledger-file";

    /** 1 MiB. */
    private static final long GROWTH = 1024 * 1024;

    private final Posix posix;
    private final String program;
    private final Consumer<StateWriter> everything;
    private final int[] files = {-1, -1};
    private @Nullable StateWriter writer;
    private int appending = -1;
    private long generation;
    private int current;
    private long beginning;
    private boolean wasKept;
    private int failure;

    /**
     * @param program the version of the program that writes
     * @param everything writes what there is
     */
    public Ledger(Posix posix, String program, Consumer<StateWriter> everything) {
        this.posix = posix;
        this.program = program;
        this.everything = everything;
    }

    /** Whether it is kept: nobody needs it before there is somebody who has a copy. */
    public boolean isKept() {
        return writer != null;
    }

    /** The descriptors of both files. */
    public int[] files() {
        return files.clone();
    }

    public void save(StateWriter out) {
        for (int i = 0; i < files.length; i++) {
            if (files[i] >= 0) {
                save(out, files[i], (isKept() || wasKept) && i == current);
            }
        }
    }

    static void save(StateWriter out, int file, boolean newest) {
        out.line(KIND).descriptor("file", file).flag("newest", newest).end();
    }

    /** One of its files, which nothing is done to before it {@link #goOn}es. */
    public void restore(StateLine line) throws StateException {
        int at = files[0] < 0 ? 0 : 1;
        int fd = line.descriptor("file");
        if (files[at] >= 0 || fd < 0 || !Arena.isMemoryFile(posix, fd)) {
            throw line.wrong("file=" + fd + " is no memory file, or one too many");
        }
        files[at] = fd;
        if (line.flag("newest")) {
            current = at;
            wasKept = true;
        }
    }

    /** Where another program has kept it, it is begun anew, in the other file, before anything changes. */
    public void goOn() {
        if (wasKept) {
            wasKept = false;
            begin();
        }
    }

    /** Begins it; false, with a word in the log, if that is not possible. */
    public boolean begin() {
        for (int i = 0; i < files.length; i++) {
            if (files[i] < 0) {
                files[i] = posix.memoryFile(NAME, 0);
            }
            if (files[i] < 0) {
                fail(files[i]);
                return false;
            }
        }
        return turn();
    }

    /** Why it is not kept though it was begun, a negated errno; 0 where nothing failed. */
    public int failure() {
        return failure;
    }

    /** Writes a change. {@code lines} ends each line that it begins. */
    public void add(Consumer<StateWriter> lines) {
        if (writer != null && writer.written() > 3 * beginning + GROWTH) {
            turn(); // before it is written, since it may not be done yet
        }
        StateWriter out = writer;
        if (out == null) {
            return;
        }
        lines.accept(out);
        int failed = out.sync();
        if (failed < 0) {
            fail(failed);
        }
    }

    /** Nobody has a copy any more: what changes from now on is not written down. */
    public void end() {
        forget();
        for (int file : files) {
            if (file >= 0) {
                posix.truncate(file, 0);
            }
        }
    }

    private boolean turn() {
        generation = Math.max(
                generation + 1, System.nanoTime()); // above those of a program before us, which may lie there, too
        current = 1 - current;
        int file = files[current];
        int emptied = posix.truncate(file, 0);
        int opened = emptied < 0 ? emptied : posix.open("/proc/self/fd/" + file, Posix.O_WRONLY | Posix.O_APPEND, 0);
        if (opened < 0) {
            fail(opened);
            return false;
        }
        StateWriter out;
        try {
            out = new StateWriter(posix, opened, program);
        } catch (OutOfMemoryError none) {
            posix.close(opened);
            fail(Errno.ENOMEM.negated());
            return false;
        }
        out.line("ledger").put("generation", generation).end();
        everything.accept(out);
        out.line("whole").end();
        int failed = out.sync();
        forget();
        writer = out;
        appending = opened;
        beginning = out.written();
        if (failed < 0) {
            fail(failed);
            return false;
        }
        posix.truncate(files[1 - current], 0);
        failure = 0;
        return true;
    }

    private void fail(int errno) {
        if (failure == 0) { // it is tried again at each change
            Log.info("cannot write what a kernel after this one would have to know if this one were killed: "
                    + Errno.of(errno));
        }
        failure = errno;
        end();
    }

    private void forget() {
        if (writer != null) {
            writer.close();
            posix.close(appending);
            writer = null;
        }
    }
}
