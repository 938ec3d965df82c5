package circus.manager.output;

import java.util.EnumMap;
import java.util.Map;
import papa.wire.Frame.Channel;

/** One incarnation of a process, as far as its output goes. */
final class WorkerOutput {
    private final long incarnation;
    private final int pid;
    private final String watcher;
    private final Map<Channel, WorkerStream> streams = new EnumMap<>(Channel.class);
    private boolean ended;

    /** @param watcher in lower case */
    WorkerOutput(long incarnation, int pid, String watcher) {
        this.incarnation = incarnation;
        this.pid = pid;
        this.watcher = watcher;
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

    /** Whether it has ended and all of its output is in its place and committed. */
    boolean isDone() {
        return ended && streams.values().stream().allMatch(WorkerStream::isDone);
    }
}
