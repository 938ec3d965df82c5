package circus.manager.feed;

import circus.manager.control.Access;
import circus.manager.control.CannotListenException;
import circus.manager.control.StatsEndpoint;
import circus.manager.resident.Resident;
import circus.manager.stats.FeedFigures;
import circus.manager.watcher.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Publishes figures of all processes and sockets every second, of those that somebody listens to; while nobody listens, nothing is looked at.
 * A watcher whose last process has gone is told of once more, with nobody in it. One thread; {@link #close} from any.
 */
public final class StatsFeed implements Resident {
    private static final System.Logger LOG = System.getLogger(StatsFeed.class.getName());
    private static final Duration PACE = Duration.ofSeconds(1);

    /** Of two circusds in a hand-over the former one goes first, within its farewell. */
    private static final Duration FOR_THE_ENDPOINT = Duration.ofSeconds(10);

    private final String endpoint;
    private final Access access;
    private final Source source;
    private final Clock clock;
    private Set<String> populated = new HashSet<>();
    private @Nullable FeedFigures figures;
    private volatile boolean closed;

    /**
     * @param endpoint where to publish
     * @param access who may listen
     */
    public StatsFeed(String endpoint, Access access, Source source, Clock clock) {
        this.endpoint = endpoint;
        this.access = access;
        this.source = source;
        this.clock = clock;
    }

    @Override
    public void run() throws CannotListenException {
        try (StatsEndpoint out = open()) {
            LOG.log(Level.INFO, "statistics are published at {0}", endpoint);
            long next = clock.nanos();
            while (!closed) {
                out.await(Duration.ofNanos(Math.max(0, next - clock.nanos())));
                if (clock.nanos() < next) {
                    continue;
                }
                if (out.hasListeners()) {
                    publish(out);
                } else {
                    populated.clear();
                }
                // A turn that took too long is not made up for.
                next = Math.max(next + PACE.toNanos(), clock.nanos());
            }
        } catch (InterruptedException closing) {
            if (!closed) {
                LOG.log(Level.WARNING, "statistics are not published any more: {0}", closing);
            }
        }
    }

    private StatsEndpoint open() throws CannotListenException, InterruptedException {
        long deadline = clock.nanos() + FOR_THE_ENDPOINT.toNanos();
        while (true) {
            try {
                return new StatsEndpoint(endpoint, access); // waits a second itself
            } catch (CannotListenException taken) {
                if (closed || Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (clock.nanos() > deadline) {
                    throw taken;
                }
            }
        }
    }

    private void publish(StatsEndpoint out) throws InterruptedException {
        Population there = source.look(out.isWanted(FeedMessage.SOCKETS));
        List<FeedMessage> messages = new ArrayList<>();
        Set<String> populatedNow = new HashSet<>();
        FeedFigures looking = figures();
        looking.begin();
        there.watchers().forEach((watcher, own) -> {
            String topic = FeedMessage.topicOf(watcher);
            if (out.isWanted(topic) && (!own.isEmpty() || populated.contains(watcher))) {
                FeedMessage.group(topic, own, Map.of(), looking::look, out::isWanted, messages);
                if (!own.isEmpty()) {
                    populatedNow.add(watcher);
                }
            }
        });
        populated = populatedNow;
        if (out.isWanted(FeedMessage.DAEMONS)) {
            List<Integer> own = List.copyOf(there.daemons().keySet());
            FeedMessage.group(FeedMessage.DAEMONS, own, there.daemons(), looking::look, out::isWanted, messages);
        }
        looking.end();
        FeedMessage.sockets(there.sockets(), out::isWanted, messages);
        // All at once: JeroMQ's own thread is woken for a few of them, and not for each.
        messages.forEach(each -> out.publish(each.topicBytes(), each.body()));
    }

    /** Made here, as it takes a while. */
    private FeedFigures figures() {
        FeedFigures made = figures;
        if (made == null) {
            made = new FeedFigures(clock);
            figures = made;
        }
        return made;
    }

    @Override
    public void close() {
        closed = true;
    }
}
