package papa.kernel;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.loop.Micros;
import papa.wire.Frame.Channel;
import papa.wire.Words;

/** A model of one life of a process: what it was asked to write, how it was told to end, and what became of that. */
final class ModelProcess {
    private record Chunk(ModelStream stream, long end) {}

    final String name;
    final long number;
    final long pid;
    final long startedMicros;
    final long room;

    /** What it was made with: options and words. */
    final List<String> made;

    final ToldProgram program;
    final Map<Channel, ModelStream> streams = new TreeMap<>();
    private final Map<Channel, Channel> goesTo = new TreeMap<>();
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    final TreeMap<String, String> annotations = new TreeMap<>();
    boolean ended;
    int exitCode;

    /** As the kernel has told it; 0 if it has not yet. */
    long endedMicros;

    boolean taken;
    boolean forgotten;
    boolean released;

    ModelProcess(
            String name, long number, long pid, long startedMicros, long room, List<String> made, ToldProgram program) {
        this.name = name;
        this.number = number;
        this.pid = pid;
        this.startedMicros = startedMicros;
        this.room = room;
        this.made = made;
        this.program = program;
        for (Channel each : Channel.values()) {
            if (!made.contains("std" + each.word() + "=0")) {
                goesTo.put(each, made.contains("std" + each.word() + "=stdout") ? Channel.OUT : each);
            }
        }
        if (!goesTo.containsKey(Channel.OUT)) {
            goesTo.values().removeIf(Channel.OUT::equals);
        }
        goesTo.values().forEach(each -> streams.put(each, new ModelStream()));
    }

    /** Of a channel that is captured. */
    ModelStream captured(Channel channel) {
        return Objects.requireNonNull(streams.get(channel), () -> this + " has no " + channel);
    }

    /** Whether so little is kept that it matters which writes were read at once. */
    boolean isNarrow() {
        return room < 16 * 1024;
    }

    @Nullable
    ModelStream stream(Channel channel) {
        return streams.get(channel);
    }

    /** It writes this, all at once if it is narrow. Bytes dropped for want of room. */
    long write(Channel channel, String text) {
        Channel to = goesTo.get(channel);
        ModelStream stream = to == null ? null : streams.get(to);
        if (stream == null || forgotten) {
            return 0;
        }
        stream.write(text);
        if (!isNarrow()) {
            return 0;
        }
        chunks.add(new Chunk(stream, stream.end()));
        long dropped = 0;
        while (held() > room && chunks.size() > 1) {
            Chunk oldest = chunks.poll();
            if (oldest.end > oldest.stream.base) {
                long before = oldest.stream.lost;
                oldest.stream.dropTo(oldest.end);
                dropped += oldest.stream.lost - before;
            }
        }
        return dropped;
    }

    long held() {
        return streams.values().stream().mapToLong(ModelStream::held).sum();
    }

    boolean isSettled() {
        return ended && taken && streams.values().stream().allMatch(each -> each.committed == each.end());
    }

    /** As {@code list processes} tells it after hello. */
    String quotedLine() {
        StringBuilder line = new StringBuilder(Words.quote(name));
        line.append(" incarnation=").append(number).append(" pid=").append(pid);
        line.append(" state=")
                .append(ended ? "ended" : "running")
                .append(" started=")
                .append(startedMicros);
        if (ended) {
            line.append(" exit=").append(exitCode).append(" ended=").append(endedMicros);
            line.append(" taken=").append(taken ? 1 : 0);
        }
        line.append(" left=0");
        streams.forEach((channel, stream) -> line.append(' ')
                .append(channel.word())
                .append("=" + stream.committed + ":" + stream.end() + " lost=" + stream.lost));
        annotations.forEach((key, value) -> line.append(' ').append(Words.quote("annotate." + key, value)));
        return line.toString();
    }

    /** As papa tells it. */
    String papasLine() {
        return name + " pid=" + pid + " running=" + (ended ? "False" : "True") + " started="
                + Micros.seconds(startedMicros) + " args=" + String.join(" ", program.words());
    }

    /** As {@code stats} tells it, without what only the kernel knows. */
    String figures() {
        StringBuilder line = new StringBuilder(" incarnation=" + number + " pid=" + pid);
        line.append(" running=").append(ended ? 0 : 1).append(" started=").append(startedMicros);
        line.append(ended ? " exit=" + exitCode + " ended=" + endedMicros : "");
        line.append(" held=").append(held()).append(" limit=").append(room);
        streams.forEach((channel, stream) -> line.append(' ')
                .append(channel.word())
                .append("=" + stream.committed + ":" + stream.end() + ":" + stream.lost));
        line.append(" heldback=0 unattended=0 annotations=").append(annotations.size());
        return line.append(" leftovers=0").toString();
    }

    @Override
    public String toString() {
        return name + "/" + number;
    }
}
