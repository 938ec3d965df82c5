package papa.kernel;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import papa.loop.Log;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.request.Refusal;
import papa.state.StateException;
import papa.upgrade.Handed;
import papa.upgrade.Program;
import papa.upgrade.Proof;
import papa.upgrade.WayBack;
import papa.wire.Words;

/**
 * The program that is to take the place of a running one: it shows that it can, or does so. What it cannot restore it gives
 * back to the program that was there before.
 */
final class Successor {
    private static final int TRIES = 50;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Posix posix;
    private final Handed handed;
    private final Map<String, String> environment;
    private final int words;

    /** @param words how many the program was started with */
    Successor(Posix posix, Handed handed, Map<String, String> environment, int words) {
        this.posix = posix;
        this.handed = handed;
        this.environment = environment;
        this.words = words;
    }

    /** The exit code. */
    int run() throws PosixException {
        return handed.proves() ? prove() : resume();
    }

    private House restore() throws PosixException, Refusal, StateException, Arguments.UsageException, IOException {
        Arguments arguments = Arguments.parse(handed.rest().toArray(String[]::new));
        Log.debugging(arguments.debug());
        return House.restored(posix, arguments, environment, handed, words);
    }

    private int prove() {
        posix.program().endWithParent(); // it has copies of the kernel's lock and door
        try {
            restore();
            PrintStream out = new PrintStream(System.out, false, StandardCharsets.ISO_8859_1);
            out.print(new Proof(Server.VERSION, Program.own(posix)).say());
            out.flush();
            return out.checkError() ? 1 : 0;
        } catch (PosixException | Refusal | StateException | Arguments.UsageException | IOException failed) {
            System.err.println("papa: " + Words.text(failed.getMessage() + ""));
            return 1;
        }
    }

    private int resume() throws PosixException {
        WayBack back;
        try {
            back = wayBack();
        } catch (StateException lost) {
            Log.info("cannot take over, nor give back: " + Words.text(lost.getMessage() + ""));
            return 1;
        }
        House house;
        try {
            house = restore();
            house.takeOver(Words.utf8(handed.failed()));
        } catch (PosixException | Refusal | StateException | Arguments.UsageException | IOException failed) {
            return giveBack(back, failed.getMessage() + "");
        } catch (RuntimeException | Error fault) {
            Log.fault("a fault while this papa took over", fault);
            return giveBack(back, Words.utf8("a fault in it: " + fault));
        }
        posix.close(handed.state());
        return house.live();
    }

    /** Without it nothing that is held could be saved, so what may pass is waited for: want of memory or of files. */
    private WayBack wayBack() throws StateException {
        for (int i = 1; i < TRIES; i++) {
            try {
                return WayBack.read(posix, handed.state());
            } catch (StateException | OutOfMemoryError failed) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return WayBack.read(posix, handed.state());
    }

    /** Returns only if that failed, too. Who gave it back gets it no second time. */
    private int giveBack(WayBack back, String why) {
        String told = handed.failed().isEmpty() ? back.go(why) : "this is who gave it back";
        Log.info("cannot take over: " + Words.text(why) + "; nor give back: " + Words.text(told)
                + "; what runs goes on without papa");
        return 1;
    }
}
