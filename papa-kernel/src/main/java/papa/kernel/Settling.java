package papa.kernel;

import java.util.List;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.wire.Frame.Channel;

/**
 * What has been dealt with and need not be held any longer: output that is committed, exits that were taken, and processes
 * of which nothing more can be asked. Loop thread only.
 */
final class Settling {
    private final Kernel kernel;

    Settling(Kernel kernel) {
        this.kernel = kernel;
    }

    void commitOutput(Incarnation process, Channel channel, long offset) {
        Capture capture = process.capture(channel);
        if (capture != null) {
            capture.commit(offset);
            kernel.flow.committed(capture);
            releaseIfSettled(process);
        }
    }

    void takeExit(Incarnation process) {
        if (process.hasEnded()) {
            process.exitTaken = true;
            releaseIfSettled(process);
        }
    }

    /** A watch has acknowledged output: it is freed, unless a lease's holder is to commit it. */
    void acknowledgeByWatch(Capture capture, long offset) {
        if (kernel.leases.covering(capture.owner.spec.name()) == null) {
            kernel.copies.commit(
                    List.of(capture.channel.word(), Long.toString(capture.owner.number), Long.toString(offset)));
            capture.commit(offset);
            kernel.flow.committed(capture);
        }
    }

    void closedByWatch(Incarnation process) {
        if (kernel.leases.covering(process.spec.name()) == null) {
            release(process);
        }
    }

    /** Papa's remove: its output is thrown away from now on, and its entry goes when it ends. It is not touched. */
    void forget(Incarnation process) {
        process.forgotten = true;
        kernel.sockets.forgetProcess(process.spec.name());
        kernel.flow.forget(process);
        kernel.copies.changed(process);
        if (process.hasEnded()) {
            release(process);
        }
    }

    void releaseIfSettled(Incarnation process) {
        if (process.isSettled()) {
            release(process);
        }
    }

    /** Forgets it, and all that it holds. */
    void release(Incarnation process) {
        if (!kernel.processes.remove(process)) {
            return;
        }
        kernel.remembered.end(process);
        kernel.copies.released(process);
        process.captures.forEach(Capture::clear);
        if (process.left() == 0) {
            kernel.lineage.released(process);
        }
        kernel.readers.released(process);
        kernel.changed();
    }
}
