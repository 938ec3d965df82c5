package circus.manager.watcher;

import circus.manager.kernel.Caller;
import circus.manager.kernel.KernelPort;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * {@code on_demand}: a watcher that is armed waits, stopped, for somebody to connect to one of the sockets that its {@code cmd}, {@code args}
 * or {@code stdin_socket} name. The kernel holds the sockets and tells at once; meanwhile the connection waits in the socket's queue.
 *
 * <pre>
 *   DISARMED ──start──► ARMED ──a connection──► (the watcher starts) ──all of its processes have ended──► ARMED
 *      ▲                  │                          │
 *      └─────stop─────────┴──stop, cannot spawn──────┘
 * </pre>
 *
 * <p>What was asked of the kernel cannot be called off; an answer that comes while it is disarmed is passed over. Runs on circus-loop only.
 */
final class OnDemand {
    private static final System.Logger LOG = System.getLogger(OnDemand.class.getName());

    private final String name;
    private final Blueprint blueprint;
    private final KernelPort kernel;
    private final Runnable called;

    /** The sockets of which the kernel is going to tell. */
    private final Set<String> asked = new HashSet<>();

    private boolean armed;

    private boolean isCalled;

    /** @param called somebody has connected: the watcher is to be started */
    OnDemand(String name, Blueprint blueprint, KernelPort kernel, Runnable called) {
        this.name = name;
        this.blueprint = blueprint;
        this.kernel = kernel;
        this.called = called;
    }

    /** Whether the watcher is one of these. */
    boolean isWanted() {
        return blueprint.get(WatcherOptions.ON_DEMAND);
    }

    /** Whether somebody has connected, and the start that this brings has not begun. */
    boolean isCalled() {
        return isCalled;
    }

    /** To be asked when a start begins: whether it only arms, as nobody has connected. */
    boolean waits() {
        boolean waits = isWanted() && !isCalled;
        isCalled = false;
        if (waits) {
            arm();
        } else {
            armed = false;
        }
        return waits;
    }

    /** From now on, a connection starts the watcher. */
    void arm() {
        if (armed) {
            return;
        }
        armed = true;
        Set<String> sockets = sockets();
        if (sockets.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "{0} is not started by any connection: it has on_demand, but neither cmd nor args nor stdin_socket names a socket",
                    name);
            return;
        }
        LOG.log(Level.INFO, "{0} waits for a connection to {1}", name, String.join(", ", sockets));
        sockets.stream().filter(asked::add).forEach(this::ask);
    }

    private Set<String> sockets() {
        Set<String> sockets =
                new LinkedHashSet<>(blueprint.config().commandLine().sockets());
        blueprint.config().stdinSocket().ifPresent(sockets::add);
        return sockets;
    }

    /** Options or sockets may have changed while it waits: it waits for what they name now, or for nothing and starts. */
    void review() {
        if (!armed) {
            return;
        }
        if (isWanted()) {
            sockets().stream().filter(asked::add).forEach(this::ask);
        } else {
            armed = false;
            isCalled = true;
            called.run();
        }
    }

    private void ask(String socket) {
        kernel.awaitConnection(socket, new Caller() {
            @Override
            public void called() {
                asked.remove(socket);
                if (armed && sockets().contains(socket)) {
                    armed = false;
                    isCalled = true;
                    LOG.log(Level.INFO, "{0} is started: somebody has connected to {1}", name, socket);
                    called.run();
                }
            }

            @Override
            public void failed(String reason) {
                asked.remove(socket);
                if (armed) {
                    LOG.log(
                            Level.WARNING,
                            "{0} is not started by connections to {1}: cannot wait for them: {2}",
                            name,
                            socket,
                            reason);
                }
            }
        });
    }

    /** Sockets may be others now: waits for those of today, if it waits at all. */
    void again() {
        if (armed) {
            armed = false;
            arm();
        }
    }

    /** No connection starts it any more. */
    void disarm() {
        armed = false;
        isCalled = false;
    }
}
