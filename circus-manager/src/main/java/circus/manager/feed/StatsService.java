package circus.manager.feed;

import circus.manager.arbiter.Arbiter;
import circus.manager.config.StatsWatcher;
import circus.manager.control.Access;
import circus.manager.kernel.KernelPort;
import circus.manager.resident.Resident;
import circus.manager.resident.Residents;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Reconciler;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the worker of the watcher {@value StatsWatcher#NAME}. Used on circus-loop. */
public final class StatsService implements Residents.Kind {
    private final Supplier<String> endpoint;
    private final Access access;
    private final Executor loop;
    private final Clock clock;
    private final HitCounter hits;
    private final long kernel;
    private @Nullable Arbiter arbiter;

    /**
     * @param endpoint where to publish, as of each start
     * @param loop runs tasks on circus-loop
     * @param agenda has a reconciler stepped soon
     * @param kernelPid of the process
     */
    public StatsService(
            Supplier<String> endpoint,
            Access access,
            Executor loop,
            Clock clock,
            Consumer<Reconciler> agenda,
            KernelPort kernel,
            long kernelPid) {
        this.endpoint = endpoint;
        this.access = access;
        this.loop = loop;
        this.clock = clock;
        this.hits = new HitCounter(kernel, clock, agenda);
        this.kernel = kernelPid;
    }

    /** It is this one whose watchers are told of. Before anything is started. */
    public void tellOf(Arbiter one) {
        arbiter = one;
    }

    @Override
    public Resident make(String watcher) {
        Arbiter whole = Objects.requireNonNull(arbiter, "nobody to tell of");
        return new StatsFeed(endpoint.get(), access, new OwnPopulation(loop, whole, hits, kernel), clock);
    }
}
