package circus.manager;

import circus.manager.arbiter.Arbiter;
import circus.manager.kernel.Exit;
import circus.manager.kernel.KernelEvents;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes what the kernel tells to the arbiter, once there is one. Runs on circus-loop only. */
final class KernelNews implements KernelEvents {
    private static final System.Logger LOG = System.getLogger(KernelNews.class.getName());

    private final Consumer<String> lost;
    private @Nullable Arbiter arbiter;

    /** @param lost told the reason when the kernel has gone */
    KernelNews(Consumer<String> lost) {
        this.lost = lost;
    }

    void goTo(Arbiter receiver) {
        arbiter = receiver;
    }

    @Override
    public void exited(Exit exit) {
        tell(receiver -> receiver.exited(exit));
    }

    @Override
    public void gone(long incarnation) {
        tell(receiver -> receiver.gone(incarnation));
    }

    @Override
    public void kernelLost(String reason) {
        lost.accept(reason);
    }

    /** A mistake in one watcher must not keep the news from the others. */
    private void tell(Consumer<Arbiter> news) {
        try {
            if (arbiter != null) {
                news.accept(arbiter);
            }
        } catch (RuntimeException mistake) {
            LOG.log(Level.ERROR, "a watcher could not take what the kernel told; everything else goes on", mistake);
        }
    }
}
