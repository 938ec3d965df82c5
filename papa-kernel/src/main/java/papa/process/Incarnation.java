package papa.process;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.cgroup.ControlGroup;
import papa.launch.ProcessSpec;
import papa.launch.Started;
import papa.loop.Micros;
import papa.wire.Frame;
import papa.wire.Frame.Channel;
import papa.wire.Usage;
import papa.wire.Words;

/**
 * One life of a named process, from its start until its output is committed and its exit taken. The number is never given
 * twice by one kernel. Loop thread only.
 */
public final class Incarnation {
    public final long number;
    public final ProcessSpec spec;
    public final int pid;
    public final int pidfd;
    public final long startedMicros;

    /** As papa's line tells it, with a blank before each part; empty if none was asked for. */
    final String identity;

    public final TreeMap<String, String> annotations;
    public final List<Capture> captures = new ArrayList<>(2);

    /** Descendants that it left behind, by pid: they have become children of the kernel. */
    public final Set<Integer> leftovers = new LinkedHashSet<>(0);

    /** The inodes of the pipes that its output comes through. */
    public final List<Long> pipes = new ArrayList<>(2);

    /** Reaped, though its end is perhaps not told yet: its pid may be another's. */
    public boolean reaped;

    /** Started by a kernel that was killed: it is nobody's child here, and how it ends cannot be told. */
    public boolean foster;

    /** What it has used; null while it is not reaped, and where nobody knows. */
    public @Nullable Usage usage;

    private boolean ended;
    private int exitCode;
    private long endedMicros;

    /** Set once whoever manages it has taken note of its end. */
    public boolean exitTaken;

    /** Whether it was told that something is left of it, and not yet that nothing is. */
    public boolean hasLeft;

    /** The cgroup that it was started in, if it has one of its own. */
    public @Nullable ControlGroup controlGroup;

    /** Whether somebody was in that when it was last looked at; it counts once the process has ended. */
    public boolean groupPopulated;

    /** Set by papa's remove: what it writes is thrown away, and the entry goes with the process. */
    public boolean forgotten;

    /** When something of its output was last committed; System.nanoTime. */
    long committedNanos = System.nanoTime();

    public Incarnation(long number, ProcessSpec spec, Started started, Map<String, String> annotations) {
        this.number = number;
        this.spec = spec;
        this.pid = started.pid();
        this.pidfd = started.pidfd();
        this.startedMicros = started.startedMicros();
        this.identity = started.identity();
        this.annotations = new TreeMap<>(annotations);
    }

    public void end(int status, long timeMicros) {
        ended = true;
        if (status == Frame.Exit.UNKNOWN_STATUS) {
            exitCode = Frame.Exit.UNKNOWN;
            endedMicros = timeMicros;
            return;
        }
        // waitpid(2): the low seven bits are the signal, or the next byte is the exit status.
        exitCode = (status & 0x7f) == 0 ? (status >> 8) & 0xff : -(status & 0x7f);
        endedMicros = timeMicros;
    }

    /** It has ended already, as an earlier program of this kernel has found. */
    void ended(int code, long timeMicros) {
        ended = true;
        exitCode = code;
        endedMicros = timeMicros;
    }

    public boolean hasEnded() {
        return ended;
    }

    public int exitCode() {
        return exitCode;
    }

    public long endedMicros() {
        return endedMicros;
    }

    public boolean outputAtEnd() {
        return captures.stream().allMatch(Capture::atEnd);
    }

    /** Whether nothing more can be asked about it. */
    public boolean isSettled() {
        return ended
                && exitTaken
                && left() == 0
                && captures.stream().allMatch(each -> each.atEnd() && each.committed() == each.end());
    }

    /** How many it left behind: those that were adopted, which may have descendants. Above zero until nobody is left. */
    public int left() {
        return leftovers.isEmpty() && groupPopulated ? 1 : leftovers.size();
    }

    /** Whether it may have to wait until output is committed: one of its pipes is not read. */
    public boolean isHeldBack() {
        return captures.stream().anyMatch(each -> each.backlog.heldBack);
    }

    /** Whether the oldest output of a stream gives way to new, because who should commit it has not for too long. */
    public boolean isUnattended() {
        return captures.stream().anyMatch(each -> each.backlog.unattended);
    }

    /** Bytes of output held. */
    public long held() {
        long sum = 0;
        for (int i = 0; i < captures.size(); i++) {
            sum += captures.get(i).held();
        }
        return sum;
    }

    /** Blocks of memory that its output takes. */
    public int blocks() {
        int sum = 0;
        for (int i = 0; i < captures.size(); i++) {
            sum += captures.get(i).blocks();
        }
        return sum;
    }

    public @Nullable Capture capture(Channel channel) {
        for (Capture capture : captures) {
            if (capture.channel == channel) {
                return capture;
            }
        }
        return null;
    }

    /** The line that describes it, as papa writes it. */
    public String describe() {
        return spec.name() + " pid=" + pid + " running=" + (ended ? "False" : "True") + " started="
                + Micros.seconds(startedMicros) + identity + (spec.shell() ? " shell=True" : "") + " args="
                + String.join(" ", spec.argv());
    }

    /** The line that describes it to who speaks the extended language. */
    public String describeQuoted() {
        StringBuilder line = new StringBuilder(Words.quote(spec.name()));
        line.append(" incarnation=").append(number).append(" pid=").append(pid);
        line.append(" state=").append(ended ? "ended" : "running");
        line.append(" started=").append(startedMicros);
        if (ended) {
            line.append(" exit=").append(exitCode).append(" ended=").append(endedMicros);
            line.append(" taken=").append(exitTaken ? 1 : 0);
            if (usage != null) {
                line.append(' ').append(usage.words());
            }
        }
        line.append(" left=").append(left());
        for (Capture capture : captures) {
            line.append(' ').append(capture.channel.word()).append('=').append(capture.committed());
            line.append(':').append(capture.end()).append(" lost=").append(capture.droppedTotal());
        }
        annotations.forEach((key, value) -> line.append(' ').append(Words.quote("annotate." + key, value)));
        return line.toString();
    }
}
