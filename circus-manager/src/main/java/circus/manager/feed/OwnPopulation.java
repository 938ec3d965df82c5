package circus.manager.feed;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.Watcher;
import circus.message.Event;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Those whom circusd itself has, as circus-loop tells. */
final class OwnPopulation implements Source {
    private static final System.Logger LOG = System.getLogger(OwnPopulation.class.getName());

    /** Nobody is told of in a second in which circus-loop has something else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Executor loop;
    private final Arbiter arbiter;
    private final HitCounter hits;
    private final long kernel;

    /** @param kernel its pid */
    OwnPopulation(Executor loop, Arbiter arbiter, HitCounter hits, long kernel) {
        this.loop = loop;
        this.arbiter = arbiter;
        this.hits = hits;
        this.kernel = kernel;
    }

    @Override
    public Population look(boolean sockets) throws InterruptedException {
        CompletableFuture<Population> answer = new CompletableFuture<>();
        loop.execute(() -> {
            if (sockets) {
                hits.tell(found -> answer.complete(population(found)));
            } else {
                hits.stop();
                answer.complete(population(List.of()));
            }
        });
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException busy) {
            LOG.log(Level.DEBUG, "circus-loop does not tell who is there", busy);
            return Population.NOBODY;
        }
    }

    /** On circus-loop. */
    private Population population(List<Population.SocketHits> sockets) {
        Map<String, List<Integer>> watchers = new LinkedHashMap<>();
        for (Watcher watcher : arbiter.watchers()) {
            // What takes place in circusd is told with it, as in Circus.
            if (!watcher.config().isResident()) {
                watchers.put(
                        Event.inTopic(watcher.name()),
                        watcher.processes().stream().map(ProcessView::pid).toList());
            }
        }
        Map<Integer, String> daemons = new LinkedHashMap<>();
        daemons.put((int) ProcessHandle.current().pid(), "circusd");
        daemons.put((int) kernel, "papa");
        return new Population(watchers, daemons, sockets);
    }
}
