package circus.manager;

import circus.manager.arbiter.Farewell;
import circus.manager.arbiter.Gazette;
import circus.manager.arbiter.ManagedSockets;
import circus.manager.event.EventJournal;
import circus.manager.kernel.Attached;
import circus.manager.kernel.PapaKernel;
import circus.manager.kernel.ProcessLife;
import circus.manager.output.OutputPump;
import circus.manager.recall.Recall;
import circus.manager.watcher.Watcher;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;

/**
 * How the daemon ends: what ended the loop, and what is left to do then. Where nothing stays, nothing is left: no value, no event, no
 * socket, no kernel. Runs on circus-loop, but for {@link #outputLost}.
 */
final class Ending {
    private static final System.Logger LOG = System.getLogger(Ending.class.getName());

    /** A disk that is full may have room again; for so long a quit waits for it. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

    private static final Duration KERNEL_END_LIMIT = Duration.ofSeconds(5);

    private final Loop loop;
    private @Nullable Farewell farewell;
    private @Nullable String loss;
    private @Nullable Gazette gazette;
    private Runnable forget = () -> {};
    private boolean goesOn;

    Ending(Loop loop) {
        this.loop = loop;
    }

    /** The watchers are ready for the end. */
    void settled(Farewell how, OutputPump pump) {
        farewell = how;
        switch (how.kind()) {
            case DETACH -> whenQuiet();
            case HAND_OVER -> loop.end();
            case QUIT -> {
                CompletableFuture<Void> unused =
                        pump.drain(DRAIN_LIMIT).whenComplete((done, failure) -> loop.execute(this::whenQuiet));
            }
        }
    }

    /** Whose events are to be out when the loop ends. */
    void publishedBy(Gazette publishing) {
        gazette = publishing;
    }

    /** What is to be done when nothing stays. */
    void whenNothingStays(Runnable forgetting) {
        forget = forgetting;
    }

    private void whenQuiet() {
        if (gazette == null) {
            loop.end();
        } else {
            gazette.whenQuiet(loop::end);
        }
    }

    /** Without a kernel there is nothing to manage. */
    void kernelLost(String reason) {
        if (loss == null) {
            loss = reason;
            loop.end();
        }
    }

    /** There is no kernel any more, and nobody has ended anything. */
    boolean isLost() {
        return loss != null;
    }

    /** The kernel has gone: there is to be another one, if only to come to the end that is wanted. */
    boolean mustGoOn() {
        return loss != null && goesOn;
    }

    /** The kernel has gone before the loop has begun. */
    void lostEarly(String reason) {
        loss = reason;
        goesOn = true;
    }

    /** What can be said about the loss. */
    String loss() {
        return String.valueOf(loss);
    }

    /** From the output thread: the connection over which output comes is at its end. */
    void outputLost(String reason) {
        loop.execute(() -> kernelLost(reason));
    }

    /**
     * Does what is left to do after the loop.
     *
     * @return the exit code
     */
    int finish(PapaKernel kernel, OutputPump pump, ManagedSockets sockets, EventJournal journal, Recall recall) {
        Farewell how = farewell;
        if (gazette != null) {
            gazette.tellAll();
            kernel.flush();
        }
        pump.stop();
        // Who comes in this one's place finds no kernel, and says so: then this one goes on.
        boolean goes = how != null && how.kind() == Farewell.Kind.HAND_OVER;
        if (loss != null) {
            goesOn = !goes;
            return 1;
        }
        if (how == null) {
            return 0;
        }
        try {
            return switch (how.kind()) {
                case DETACH, HAND_OVER -> settle(kernel);
                case QUIT -> quit(kernel, sockets, journal, recall, how);
            };
        } catch (PapaException gone) {
            LOG.log(Level.ERROR, "the kernel did not see the end through: {0}", gone.getMessage());
            if (ProcessLife.isOver(kernel.hello().pid())) {
                loss = gone.getMessage();
                goesOn = !goes;
            }
            return 1;
        }
    }

    private int quit(PapaKernel kernel, ManagedSockets sockets, EventJournal journal, Recall recall, Farewell how)
            throws PapaException {
        List<String> needed = how.staying().stream()
                .map(Watcher::socketNames)
                .flatMap(List::stream)
                .toList();
        boolean nothingStays =
                sockets.close(how.terminate(), needed) && how.staying().isEmpty();
        if (!nothingStays) {
            return settle(kernel);
        }
        List<String> unwritten = kernel.attached().stream()
                .filter(each -> each.exit().isPresent())
                .map(Attached::name)
                .distinct()
                .toList();
        if (!unwritten.isEmpty()) {
            LOG.log(
                    Level.ERROR,
                    "the last output of {0} could not be written within {1} s; {2}",
                    String.join(", ", unwritten),
                    String.valueOf(DRAIN_LIMIT.toSeconds()),
                    how.terminate()
                            ? "it is lost, as everything was to end"
                            : "the kernel keeps it for the next circusd (quit --terminate ends that, too)");
            if (!how.terminate()) {
                return 1;
            }
            kernel.forget(unwritten);
        }
        kernel.removeAllValues();
        journal.remove();
        recall.remove();
        forget.run();
        if (!kernel.endIfIdle(KERNEL_END_LIMIT)) {
            LOG.log(Level.INFO, "the kernel goes on: somebody else needs it");
        }
        return unwritten.isEmpty() ? 0 : 1;
    }

    /** Returns when the kernel has carried out everything that it was asked so far. */
    private static int settle(PapaKernel kernel) throws PapaException {
        kernel.values();
        return 0;
    }
}
