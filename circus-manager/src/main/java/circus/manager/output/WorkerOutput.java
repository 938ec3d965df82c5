package circus.manager.output;

import java.util.EnumMap;
import java.util.Map;
import papa.wire.Frame.Channel;

/** One incarnation of a process, as far as its output goes. */
final class WorkerOutput {
    private final long incarnation;
    private final int pid;
    private final String watcher;
    private final int wid;
    private final Map<Channel, WorkerStream> streams = new EnumMap<>(Channel.class);
    private boolean ended;

    /**
     * One that nothing is known of yet but what the kernel announced.
     *
     * @param watcher in lower case
     * @param wid 0 if unknown
     */
    WorkerOutput(long incarnation, int pid, String watcher, int wid) {
        this.incarnation = incarnation;
        this.pid = pid;
        this.watcher = watcher;
        this.wid = wid;
    }

    long incarnation() {
        return incarnation;
    }

    int pid() {
        return pid;
    }

    String watcher() {
        return watcher;
    }

    int wid() {
        return wid;
    }

    /** Those that have said something. */
    Map<Channel, WorkerStream> streams() {
        return streams;
    }

    /** Both pipes are at their end, and the kernel has sent everything once. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Whether it has ended and all of its output is in its place. */
    boolean isWritten() {
        return ended && streams.values().stream().allMatch(WorkerStream::isWritten);
    }

    /** Whether it has ended and all of its output is in its place and committed. */
    boolean isDone() {
        return ended && streams.values().stream().allMatch(WorkerStream::isDone);
    }
}
