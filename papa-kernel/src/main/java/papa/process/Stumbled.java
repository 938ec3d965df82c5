package papa.process;

import java.util.function.Consumer;
import java.util.function.Supplier;
import papa.loop.EventLoop;
import papa.loop.Log;

/**
 * The streams whose reading failed by a fault, for want of memory as a rule: each is left alone for a moment, and then read again, as
 * often as it takes. To take note of one needs no memory. Loop thread only.
 */
final class Stumbled {
    private final EventLoop loop;
    private final Supplier<Iterable<Incarnation>> everybody;
    private final Consumer<Capture> again;
    private final EventLoop.Timer rest;
    private boolean any;
    private boolean told;

    /** @param again reads a stream again */
    Stumbled(EventLoop loop, Supplier<Iterable<Incarnation>> everybody, Consumer<Capture> again) {
        this.loop = loop;
        this.everybody = everybody;
        this.again = again;
        this.rest = loop.timer(this::goOn);
    }

    /** This one is not read for now. */
    void add(Capture capture, Throwable fault) {
        if (!capture.atEnd()) {
            capture.stumbled = true;
            any = true;
            if (!rest.isSet()) {
                rest.set(loop.retryNanos);
            }
            loop.remove(capture.pipe);
        }
        if (!told) {
            told = true;
            Log.fault(
                    "the output of a process cannot be read; this and what else cannot be read is tried again every second",
                    fault);
        }
    }

    private void goOn() {
        if (!any) {
            told = false;
            Log.info("all output is read again");
            return;
        }
        rest.set(loop.retryNanos);
        any = false;
        try {
            for (Incarnation each : everybody.get()) {
                for (Capture capture : each.captures) {
                    if (capture.stumbled) {
                        again.accept(capture);
                        capture.stumbled = false;
                    }
                }
            }
        } catch (RuntimeException | LinkageError | VirtualMachineError fault) {
            any = true; // those that are left have their turn the next time
        }
    }
}
