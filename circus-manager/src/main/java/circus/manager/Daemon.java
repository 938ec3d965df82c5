package circus.manager;

import circus.manager.arbiter.Agenda;
import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Farewell;
import circus.manager.arbiter.ManagedSockets;
import circus.manager.arbiter.Takeover;
import circus.manager.command.Commands;
import circus.manager.config.CircusConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.control.CannotListenException;
import circus.manager.control.Controller;
import circus.manager.control.Endpoints;
import circus.manager.control.EventPublisher;
import circus.manager.kernel.KernelAddress;
import circus.manager.kernel.KernelStarter;
import circus.manager.kernel.PapaKernel;
import circus.manager.output.OutputPump;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Launcher;
import circus.manager.watcher.Outcome;
import circus.manager.watcher.SocketPlace;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.options.CircusOptions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;

/**
 * The running manager: its parts, and how they hang together.
 *
 * <pre>
 *   clients ──► Endpoints ──► Controller ──► Commands ──► Arbiter ──► Watcher ──► PapaKernel ──► papa
 *      ▲            │                                        ▲           │            │            │
 *      └─events─────┘◄── EventPublisher ◄────────────────────┼───────────┘            │            │
 *                                                            └────── KernelNews ◄─────┘            │
 *   log files ◄── OutputPump (circus-output) ◄─────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Everything but the pump, the figures of {@code stats} and the log belongs to circus-loop, which is the thread that calls {@link #serve}.
 */
final class Daemon {
    private static final System.Logger LOG = System.getLogger(Daemon.class.getName());
    private static final Duration KERNEL_START_LIMIT = Duration.ofSeconds(20);
    private static final List<String> ENDING_SIGNALS = List.of("TERM", "INT");
    private static final List<String> IGNORED_SIGNALS = List.of("HUP", "USR1", "WINCH");

    private final CircusConfig config;
    private final boolean fresh;
    private final Map<String, String> environment;
    private final Endpoints endpoints;
    private final PapaKernel kernel;
    private final ManagedSockets sockets;
    private final OutputPump pump;
    private final Arbiter arbiter;
    private final Loop loop;

    private @Nullable Farewell farewell;
    private @Nullable String failure;
}
