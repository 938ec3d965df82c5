package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.client.ReplyListener;
import papa.wire.Frame.Channel;

/**
 * The kernel as far as output goes: streams of chunks in one global order, committed offsets, values, one follower. It
 * carries out what is asked step by step, as the test says, so that anything may happen between two steps.
 */
final class ModelKernel implements KernelRequests {
    static final String PREFIX = "circus.test.";

    /** What one read brought. */
    static final class Chunk {
        private final long sequence;
        private final long offset;
        private final long micros;
        private final byte[] bytes;

        private Chunk(long sequence, long offset, long micros, byte[] bytes) {
            this.sequence = sequence;
            this.offset = offset;
            this.micros = micros;
            this.bytes = bytes;
        }

        long sequence() {
            return sequence;
        }

        long offset() {
            return offset;
        }

        long micros() {
            return micros;
        }

        byte[] bytes() {
            return bytes;
        }

        long end() {
            return offset + bytes.length;
        }
    }

    /** One stream. */
    static final class Pipe {
        final StreamId id;
        final List<Chunk> chunks = new ArrayList<>();
        long end;
        long committed;

        /** Bytes before this offset are not to be had any more. */
        long dropped;

        /** What was dropped before it was committed: from and to. */
        final List<long[]> losses = new ArrayList<>();

        long cursor;
        boolean isPaused;
        String overflow = "";

        Pipe(StreamId id) {
            this.id = id;
        }

        /** All that it ever said. */
        byte[] everything() {
            byte[] all = new byte[(int) end];
            chunks.forEach(
                    chunk -> System.arraycopy(chunk.bytes(), 0, all, (int) chunk.offset(), chunk.bytes().length));
            return all;
        }

        Chunk chunkAt(long offset) {
            return chunks.stream()
                    .filter(chunk -> chunk.offset() <= offset && offset < chunk.end())
                    .findFirst()
                    .orElseThrow();
        }
    }

    private record Worker(long incarnation, int pid, String name) {}

    private record Request(List<String> words, ReplyListener reply) {}

    private final Random random;
    private final Fate fate;
    private final Map<Long, Worker> processes = new LinkedHashMap<>();
    private final Set<Long> ended = new HashSet<>();
    private final Map<StreamId, Pipe> pipes = new LinkedHashMap<>();
    private final Map<String, String> values = new LinkedHashMap<>();
    private long sequence;
    private long micros = 1_600_000_000_000_000L;

    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    private final ArrayDeque<Runnable> outgoing = new ArrayDeque<>();
    private final Set<Long> announced = new HashSet<>();
    private final Set<Long> endTold = new HashSet<>();
    private @Nullable OutputBook follower;

    ModelKernel(Random random, Fate fate) {
        this.random = random;
        this.fate = fate;
    }

    // ---- what workers do ----

    void start(long incarnation, String watcher) {
        processes.put(incarnation, new Worker(incarnation, pid(incarnation), PREFIX + watcher + "." + incarnation));
        for (Channel channel : Channel.values()) {
            StreamId id = new StreamId(incarnation, channel);
            pipes.put(id, new Pipe(id));
        }
    }

    static int pid(long incarnation) {
        return 4000 + (int) incarnation;
    }

    void say(StreamId id, byte[] bytes) {
        Pipe pipe = pipe(id);
        micros += 1 + random.nextInt(1000);
        pipe.chunks.add(new Chunk(++sequence, pipe.end, micros, bytes));
        pipe.end += bytes.length;
    }

    /** The time, in microseconds since 1970. */
    long micros() {
        return micros;
    }

    void pass(Duration duration) {
        micros += duration.toNanos() / 1000;
    }

    void end(long incarnation) {
        ended.add(incarnation);
    }

    /** Makes room, since nobody commits: the oldest chunks go. */
    void dropOldest(StreamId id, int chunks) {
        Pipe pipe = pipe(id);
        for (int i = 0; i < chunks; i++) {
            long from = Math.max(pipe.committed, pipe.dropped);
            if (from >= pipe.end) {
                return;
            }
            long to = pipe.chunkAt(from).end();
            pipe.losses.add(new long[] {from, to});
            pipe.dropped = to;
        }
    }

    Pipe pipe(StreamId id) {
        Pipe pipe = pipes.get(id);
        if (pipe == null) {
            throw new IllegalArgumentException("no such stream: " + id);
        }
        return pipe;
    }

    Map<StreamId, Pipe> pipes() {
        return pipes;
    }

    // ---- the connection ----

    /** In the order in which they were made: the same seed is the same world in each run. */
    Map<String, String> values() {
        return new LinkedHashMap<>(values);
    }

    /** A new manager follows, from what was committed. */
    void follow(OutputBook book) {
        assertThat(follower).isNull();
        follower = book;
        pipes.values().forEach(pipe -> {
            pipe.cursor = pipe.committed;
            pipe.isPaused = false;
        });
    }

    /** The manager has gone. Some of what it had asked still arrives. */
    void hangUp() {
        int arrived = random.nextInt(requests.size() + 1);
        for (int i = 0; i < arrived; i++) {
            carryOut(requests.remove().words());
        }
        requests.clear();
        outgoing.clear();
        announced.clear();
        endTold.clear();
        follower = null;
    }

    @Override
    public boolean can(String capability) {
        return true;
    }

    @Override
    public void request(List<String> words, ReplyListener reply) {
        fate.pass("before " + words.get(0));
        requests.add(new Request(words, reply));
        fate.pass("after " + words.get(0));
    }

    /** Carries out one request. Whether there was one. */
    boolean serve() {
        Request request = requests.poll();
        if (request == null) {
            return false;
        }
        carryOut(request.words());
        outgoing.add(() -> request.reply().ok(""));
        return true;
    }

    /** Sends the next frame. Whether there was one. */
    boolean send() {
        OutputBook book = follower;
        if (book == null) {
            return false;
        }
        Pipe next = null;
        for (Pipe pipe : pipes.values()) {
            if (!pipe.isPaused && pipe.cursor < pipe.end && (next == null || order(pipe) < order(next))) {
                next = pipe;
            }
        }
        if (next != null) {
            send(next, book);
            return true;
        }
        for (long incarnation : ended) {
            if (!endTold.contains(incarnation) && isSent(incarnation)) {
                endTold.add(incarnation);
                announce(incarnation, book);
                outgoing.add(() -> book.ended(incarnation));
                return true;
            }
        }
        return false;
    }

    private static long order(Pipe pipe) {
        return pipe.cursor < pipe.dropped ? 0 : pipe.chunkAt(pipe.cursor).sequence();
    }

    private boolean isSent(long incarnation) {
        return pipes.values().stream()
                .filter(pipe -> pipe.id.incarnation() == incarnation)
                .allMatch(pipe -> pipe.cursor >= pipe.end && !pipe.isPaused);
    }

    private void send(Pipe pipe, OutputBook book) {
        StreamId id = pipe.id;
        announce(id.incarnation(), book);
        long from = pipe.cursor;
        if (from < pipe.dropped) {
            long first = pipe.chunkAt(from).micros();
            long last = pipe.chunkAt(pipe.dropped - 1).micros();
            long lost = pipe.dropped - from;
            outgoing.add(() -> book.gap(id.incarnation(), id.channel(), from, lost, first, last));
            pipe.cursor = pipe.dropped;
            return;
        }
        Chunk chunk = pipe.chunkAt(from);
        byte[] bytes = chunk.bytes().clone();
        int skipped = (int) (from - chunk.offset());
        outgoing.add(
                () -> book.data(id.incarnation(), id.channel(), from, chunk.micros(), bytes, skipped, bytes.length));
        pipe.cursor = chunk.end();
    }

    private void announce(long incarnation, OutputBook book) {
        Worker process = processes.get(incarnation);
        if (process != null && announced.add(incarnation)) {
            outgoing.add(() -> book.announced(incarnation, process.pid(), process.name()));
        }
    }

    /** The manager receives the next frame or reply. Whether there was one. */
    boolean deliver() {
        Runnable next = outgoing.poll();
        if (next == null) {
            return false;
        }
        fate.pass("deliver");
        next.run();
        return true;
    }

    boolean isQuiet() {
        return requests.isEmpty() && outgoing.isEmpty();
    }

    // ---- requests ----

    void carryOut(List<String> words) {
        switch (words.get(0)) {
            case "commit" -> commit(words);
            case "follow" -> words.subList(2, words.size()).forEach(word -> flow(words.get(1), word));
            default -> throw new IllegalArgumentException("unknown: " + words);
        }
    }

    private void flow(String verb, String word) {
        if (verb.equals("pause")) {
            pipe(StreamId.parse(word)).isPaused = true;
            return;
        }
        String[] parts = word.split("=");
        Pipe pipe = pipe(StreamId.parse(parts[0]));
        if (verb.equals("overflow")) {
            pipe.overflow = parts[1];
            return;
        }
        pipe.isPaused = false;
        pipe.cursor = Long.parseLong(parts[1]);
    }

    private void commit(List<String> words) {
        int at = 1;
        while (at < words.size()) {
            switch (words.get(at)) {
                case "out", "err" -> {
                    Pipe pipe = pipe(StreamId.parse(words.get(at + 1) + "." + words.get(at)));
                    long offset = Long.parseLong(words.get(at + 2));
                    assertThat(offset).isLessThanOrEqualTo(pipe.end);
                    pipe.committed = Math.max(pipe.committed, offset);
                    at += 3;
                }
                case "set" -> {
                    values.put(words.get(at + 1), words.get(at + 2));
                    at += 3;
                }
                case "unset" -> {
                    values.remove(words.get(at + 1));
                    at += 2;
                }
                default -> throw new IllegalArgumentException("unknown: " + words);
            }
        }
    }

    // ---- replay for recovery ----

    Captured replay(Plan plan) {
        ReplayedBytes replayed = new ReplayedBytes(plan);
        for (Pipe pipe : pipes.values()) {
            long first = Math.max(pipe.committed, pipe.dropped);
            for (Chunk chunk : pipe.chunks) {
                if (chunk.end() > first) {
                    int skipped = (int) Math.max(0, first - chunk.offset());
                    replayed.data(
                            pipe.id,
                            chunk.offset() + skipped,
                            chunk.micros(),
                            chunk.bytes(),
                            skipped,
                            chunk.bytes().length);
                }
            }
        }
        return replayed;
    }
}
