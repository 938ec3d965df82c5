package circus.manager.arbiter;

import circus.manager.config.SocketConfig;
import circus.manager.kernel.HeldSocket;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.SocketReply;
import circus.manager.plan.SocketStep;
import circus.manager.plan.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Opens and closes sockets while watchers run: nothing here waits. Runs on circus-loop only. */
public final class LiveSockets {
    private final KernelPort kernel;
    private final ManagedSockets sockets;
    private final Workshop workshop;

    /** @param sockets knows which are open, for the end of the daemon */
    public LiveSockets(KernelPort kernel, ManagedSockets sockets, Workshop workshop) {
        this.kernel = kernel;
        this.sockets = sockets;
        this.workshop = workshop;
    }

    /**
     * Carries these steps out. Those who use what is closed have been stopped.
     *
     * @param done told when all is over: by name of the socket, why it could not be opened as configured. One that was open before is then
     *     open again as it was, where that is possible
     */
    void change(List<SocketStep> steps, Consumer<Map<String, String>> done) {
        Round round = new Round(done);
        for (SocketStep step : steps) {
            Optional<SocketConfig> before = sockets.config(step.name());
            if (step.kind() == Step.Kind.STOP || step.kind() == Step.Kind.RESTART) {
                sockets.closed(step.name()).forEach(kernel::removeSocket);
            }
            step.config().ifPresent(config -> round.open(config, before));
        }
        round.tellIfOver();
    }

    /** Sockets that are being opened together. */
    private final class Round {
        private final Consumer<Map<String, String>> done;
        private final Map<String, String> failures = new TreeMap<>();
        private int awaited = 1;

        Round(Consumer<Map<String, String>> done) {
            this.done = done;
        }

        void open(SocketConfig config, Optional<SocketConfig> instead) {
            awaited++;
            kernel.openSocket(config.name(), ManagedSockets.words(config), new SocketReply() {
                @Override
                public void opened(HeldSocket held) {
                    if (ManagedSockets.isProbe(config)) {
                        kernel.removeSocket(config.name());
                    }
                    sockets.opened(config, held);
                    tellIfOver();
                }

                @Override
                public void failed(String reason) {
                    failures.putIfAbsent(
                            config.name(),
                            "cannot open socket " + config.name() + " at " + config.address() + ": " + reason);
                    instead.filter(former -> !former.equals(config))
                            .ifPresent(former -> open(former, Optional.empty()));
                    tellIfOver();
                }
            });
        }

        void tellIfOver() {
            awaited--;
            if (awaited == 0) {
                workshop.sockets(sockets.places());
                done.accept(failures);
            }
        }
    }
}
