package circus.manager.recall;

import circus.manager.output.Witness;
import circus.manager.watcher.Death;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame;

/**
 * The latest output of all workers, ended ones included, each byte with its place in its stream and its time. What comes is here, and in the
 * file, before it is committed to the kernel; so what neither has is gone for good, and whoever knows how far he has read goes on exactly
 * there, whichever manager he asks.
 *
 * <p>A stream has 256 KiB at most, or 4 MiB while somebody reads; all together 16 MiB, of which the largest give; at any time, for what
 * comes is weighed as it comes. So a worker that talks much takes nothing from one that talks little.
 *
 * <p>The exception is a flood: of who says more than 256 KiB within 50 ms ({@link Pace}), what comes behind that is written to the file
 * only when the time is over, as far as it is still held then. If circusd is killed meanwhile, what the next one knows of the stream does
 * not reach to what the kernel sends it; it forgets that then, and the log has it. Filled on circus-output, read on any thread; what takes
 * long is done outside of the lock.
 */
public final class Recall implements Witness {
    private static final System.Logger LOG = System.getLogger(Recall.class.getName());

    static final long MOST_OF_ALL = 16L << 20;
    static final long MOST_OF_ONE = 256L << 10;
    private static final long MOST_OF_ONE_READ = 4L << 20;

    /** Streams; beyond it those that have been silent the longest are forgotten, ended ones first. */
    private static final int MOST_STREAMS = 4096;

    /** After a reader has asked, he is likely to ask again. */
    private static final long READ_LATELY_NANOS = 5_000_000_000L;

    /** What is kept of a stream, as it was when somebody looked. */
    record View(
            Speaker speaker,
            Voice voice,
            long start,
            long first,
            long end,
            long firstMicros,
            long lastMicros,
            boolean ended) {}

    private final String namePrefix;
    private final @Nullable Path path;
    private final Map<Long, Speaker> speakers = new HashMap<>();
    private final Map<Long, Boolean> ended = new HashMap<>();
    private final Map<Voice, Said> streams = new LinkedHashMap<>();
    private final Deaths deaths = new Deaths();
    private final Set<Object> unwritten = new LinkedHashSet<>();
    private final Pace pace = new Pace();
    private @Nullable RecallFile file;
    private String instance = "";
    private long weight;
    private long version;
    private boolean hasNews;
    private int waiting;
    private long readNanos;
    private boolean wasRead;

    /**
     * @param namePrefix {@code circus.ARB.}: what other processes of the kernel say is not for us
     * @param path of the file; null for none
     */
    public Recall(String namePrefix, @Nullable Path path) {
        this.namePrefix = namePrefix;
        this.path = path;
    }

    // ---- circus-output ----

    @Override
    public void begin(String kernel) {
        synchronized (this) {
            instance = kernel;
            notifyAll();
            if (path == null) {
                return;
            }
            RecallFile.read(path, kernel, new RecallFile.Reader() {
                @Override
                public void speaker(Speaker speaker) {
                    speakers.put(speaker.incarnation(), speaker);
                }

                @Override
                public void chunk(Voice voice, Chunk chunk) {
                    take(voice, chunk);
                }

                @Override
                public void skipped(Voice voice) {
                    shrink(streams.get(voice), 0);
                }

                @Override
                public void ended(long incarnation) {
                    ended.put(incarnation, true);
                }

                @Override
                public void death(Death death) {
                    boolean unused = deaths.add(death);
                }
            });
            streams.values().forEach(Said::inherited);
            trim();
        }
        writeAnew();
    }

    @Override
    public synchronized void frame(Frame frame) {
        if (frame instanceof Frame.Data data) {
            ByteBuffer bytes = data.bytes();
            byte[] own = bytes.array();
            if (bytes.arrayOffset() != 0 || own.length != bytes.remaining()) {
                own = new byte[bytes.remaining()];
                bytes.duplicate().get(own);
            }
            Voice voice = new Voice(data.incarnation(), data.channel());
            if (speakers.containsKey(data.incarnation())
                    && take(voice, new Chunk(data.offset(), data.timeMicros(), own))) {
                tell(voice);
            }
        } else if (frame instanceof Frame.Announced announced) {
            if (announced.name().startsWith(namePrefix) && !speakers.containsKey(announced.incarnation())) {
                Speaker speaker = new Speaker(
                        announced.incarnation(),
                        announced.pid(),
                        announced.startedMicros(),
                        announced.name().substring(namePrefix.length()));
                speakers.put(speaker.incarnation(), speaker);
                tell(speaker);
            }
        } else if (frame instanceof Frame.Gap gap) {
            Said said = streams.get(new Voice(gap.incarnation(), gap.channel()));
            if (said != null) {
                said.lost(gap.offset());
            }
        } else if (frame instanceof Frame.End end) {
            if (speakers.containsKey(end.incarnation()) && ended.put(end.incarnation(), true) == null) {
                tell(end.incarnation());
            }
        }
    }

    private void tell(Object news) {
        unwritten.add(news);
        hasNews = true;
    }

    private boolean take(Voice voice, Chunk chunk) {
        Said said = streams.get(voice);
        if (said == null) {
            said = new Said(voice, chunk.offset());
            streams.put(voice, said);
        }
        long before = said.weight();
        boolean fresh = said.add(chunk);
        weight += said.weight() - before;
        shrink(said, isRead() ? MOST_OF_ONE_READ : MOST_OF_ONE);
        if (weight > MOST_OF_ALL || streams.size() > 2 * MOST_STREAMS) {
            trim();
        }
        return fresh;
    }

    /** Keeps the bounds, and has the file know what is new. */
    @Override
    public void settle() {
        settle(false);
    }

    @Override
    public void end() {
        settle(true);
    }

    @Override
    public synchronized long nextDeadlineNanos() {
        return unwritten.isEmpty() ? Long.MAX_VALUE : pace.nextNanos();
    }

    private void settle(boolean isLast) {
        RecallFile open;
        ByteBuffer news = null;
        synchronized (this) {
            if (unwritten.isEmpty()) {
                return;
            }
            trim();
            open = file;
            if (open != null) {
                List<Object> due =
                        pace.due(unwritten, isLast ? (voice, window) -> false : this::isFlood, System.nanoTime());
                if (!due.isEmpty()) {
                    news = open.encode(due, this::fresh);
                }
            } else {
                unwritten.clear();
            }
            if (hasNews) {
                hasNews = false;
                version++;
                if (waiting > 0) {
                    notifyAll();
                }
            }
        }
        if (open != null && news != null) {
            try {
                open.append(news);
                if (open.isLong(weight)) {
                    writeAnew();
                }
            } catch (IOException cannot) {
                giveUp(cannot);
            }
        }
    }

    private boolean isFlood(Voice voice, long window) {
        Said said = streams.get(voice);
        return said != null && said.written(window) >= Pace.MUCH && !ended.containsKey(voice.incarnation());
    }

    /** What is not in the file yet of a stream; no more than its end, if that is much. */
    private RecallFile.News fresh(Voice voice, long written) {
        Said said = streams.get(voice);
        if (said == null) {
            return RecallFile.News.NONE;
        }
        long from = said.end() - written > Pace.MUCH ? Math.max(written, said.last(Pace.MUCH)) : written;
        said.writes(pace.window(), said.end() - Math.max(from, said.first()));
        return news(said, from, written);
    }

    private RecallFile.News whole(Voice voice, long written) {
        Said said = streams.get(voice);
        return said == null ? RecallFile.News.NONE : news(said, written, written);
    }

    private static RecallFile.News news(Said said, long from, long written) {
        return new RecallFile.News(Math.max(from, said.first()) > written, said.from(from, Long.MAX_VALUE));
    }

    private void trim() {
        long one = isRead() ? MOST_OF_ONE_READ : MOST_OF_ONE;
        for (Object each : unwritten) {
            if (each instanceof Voice voice) {
                shrink(streams.get(voice), one);
            }
        }
        if (weight > MOST_OF_ALL) {
            // The largest give. Some more than they have to, so that this is not to be done again for each line.
            for (long most = MOST_OF_ONE_READ; weight > MOST_OF_ALL / 8 * 7; most /= 2) {
                for (Said said : streams.values()) {
                    shrink(said, most);
                }
            }
        }
        if (streams.size() > MOST_STREAMS) {
            streams.values().stream()
                    .sorted(Comparator.comparing((Said said) -> isMinded(said.voice.incarnation()))
                            .thenComparing(Said::lastMicros))
                    .limit(streams.size() - MOST_STREAMS / 8 * 7)
                    .toList()
                    .forEach(said -> {
                        shrink(said, 0);
                        streams.remove(said.voice);
                    });
        }
        if (speakers.size() > 2 * MOST_STREAMS) {
            Set<Long> heard = streams.keySet().stream().map(Voice::incarnation).collect(Collectors.toSet());
            speakers.keySet().removeIf(each -> ended.containsKey(each) && !heard.contains(each));
            ended.keySet().retainAll(speakers.keySet());
        }
    }

    /** Whether it lives, or somebody may ask how it ended. */
    private boolean isMinded(long incarnation) {
        return !ended.containsKey(incarnation) || deaths.has(incarnation);
    }

    private void shrink(@Nullable Said said, long most) {
        if (said != null) {
            weight -= said.weight();
            said.shrinkTo(most);
            weight += said.weight();
        }
    }

    private boolean isRead() {
        return waiting > 0 || (wasRead && System.nanoTime() - readNanos < READ_LATELY_NANOS);
    }

    private void writeAnew() {
        Path target = path;
        if (target == null) {
            return;
        }
        RecallFile old = file;
        try {
            RecallFile fresh = RecallFile.create(target, instance);
            ByteBuffer everything;
            synchronized (this) {
                List<Object> all = new ArrayList<>(speakers.values());
                all.addAll(streams.keySet());
                all.addAll(ended.keySet());
                all.addAll(deaths.all());
                everything = fresh.encode(all, this::whole);
                unwritten.clear();
            }
            // A disk may be slow, and others want the lock.
            fresh.append(everything);
            fresh.publish();
            file = fresh;
            if (old != null) {
                old.close();
            }
        } catch (IOException cannot) {
            giveUp(cannot);
        }
    }

    private void giveUp(IOException cannot) {
        LOG.log(
                Level.WARNING,
                "cannot keep the latest output in {0}: {1}; until circusd is started anew, the next one will know less of it",
                path,
                cannot);
        RecallFile open = file;
        file = null;
        if (open != null) {
            open.close();
            RecallFile.remove(open.path());
        }
    }

    /** Remembers how a worker has ended. Any thread. */
    public synchronized void died(Death death) {
        if (deaths.add(death)) {
            tell(death);
        }
    }

    // ---- readers ----

    /** The ends of a watcher's workers that are remembered, or of one of them ({@code web.1}); the latest first. */
    synchronized Map<String, Death> lastDeaths() {
        return deaths.last();
    }

    synchronized List<Death> deaths(String name) {
        return deaths.of(name);
    }

    /** Nothing stays, not even for a next manager. */
    public void remove() {
        if (path != null) {
            RecallFile.remove(path);
        }
    }

    /** Returns when the kernel is known, and so what an earlier manager has left, or the time is over. */
    synchronized void awaitKernel(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (instance.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
    }

    /** The kernel whose incarnations and offsets these are; empty until it is known. */
    synchronized String instance() {
        return instance;
    }

    /** Whether a process has ended and nothing is kept of what it said. */
    synchronized boolean isGone(Voice voice) {
        return ended.containsKey(voice.incarnation()) && !streams.containsKey(voice);
    }

    /** How much has come so far, in a unit of its own. */
    synchronized long version() {
        return version;
    }

    synchronized Collection<Speaker> speakers() {
        return List.copyOf(speakers.values());
    }

    /** What is kept of whom the caller chooses. To choose may take long, and nobody waits for that. */
    List<View> views(Predicate<Speaker> chosen) {
        List<View> views = views();
        views.removeIf(view -> !chosen.test(view.speaker()));
        return views;
    }

    private synchronized List<View> views() {
        readNanos = System.nanoTime();
        wasRead = true;
        List<View> views = new ArrayList<>();
        for (Said said : streams.values()) {
            Speaker speaker = speakers.get(said.voice.incarnation());
            if (speaker != null) {
                views.add(new View(
                        speaker,
                        said.voice,
                        said.start(),
                        said.first(),
                        said.end(),
                        said.firstMicros(),
                        said.lastMicros(),
                        ended.containsKey(speaker.incarnation())));
            }
        }
        return views;
    }

    /**
     * Of which streams there is more than was seen here, and from where on.
     *
     * @param ends where the kernel's streams end by now
     */
    synchronized Map<Voice, Long> lagging(Map<Voice, Long> ends) {
        Map<Voice, Long> lagging = new LinkedHashMap<>();
        ends.forEach((voice, end) -> {
            Said said = streams.get(voice);
            long seen = said == null ? 0 : said.end();
            if (end > seen) {
                lagging.put(voice, Math.max(seen, end - MOST_OF_ONE / 2));
            }
        });
        return lagging;
    }

    /** What is kept of a stream from this offset on. */
    synchronized List<Chunk> chunks(Voice voice, long from, long mostBytes) {
        Said said = streams.get(voice);
        return said == null ? List.of() : said.from(from, mostBytes);
    }

    /** Where the first line of a stream begins that is not older than this, as far as it is kept. */
    synchronized OptionalLong since(Voice voice, long micros) {
        Said said = streams.get(voice);
        return said == null ? OptionalLong.empty() : OptionalLong.of(said.since(micros));
    }

    /** Whether a line of a stream is known to go on at this offset. */
    synchronized boolean isInLine(Voice voice, long offset) {
        Said said = streams.get(voice);
        return said != null && said.isInLine(offset);
    }

    /** Where the last so many lines of a stream begin, as far as it is kept. */
    synchronized OptionalLong lastLines(Voice voice, long lines) {
        Said said = streams.get(voice);
        return said == null ? OptionalLong.empty() : OptionalLong.of(said.lastLines(lines));
    }

    /** Returns when more has come than this, or the time is over. */
    synchronized void await(long seen, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        waiting++;
        try {
            while (version == seen) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                wait(left / 1_000_000, (int) (left % 1_000_000));
            }
        } finally {
            waiting--;
        }
    }
}
