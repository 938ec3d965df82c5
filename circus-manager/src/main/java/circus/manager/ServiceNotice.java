package circus.manager;

import circus.manager.arbiter.Agenda;
import circus.manager.watcher.Reconciler;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import papa.passing.PassingSocket;

/**
 * What systemd, or whoever else sets {@code NOTIFY_SOCKET} (sd_notify(3)) and {@code WATCHDOG_USEC} (sd_watchdog_enabled(3)), is told of
 * circusd: when it serves, where it is with an upgrade, when its end begins, and that it lives. The signs of life come from circus-loop,
 * so that one that hangs is noticed.
 *
 * <p>What state circusd is in is told again every second until it is taken; a sign of life is dropped. Whose socket is full or gone holds
 * nothing up. All of this is for circusd alone: neither workers nor hooks have it in their environment. Belongs to circus-loop.
 */
final class ServiceNotice implements Reconciler {
    private static final System.Logger LOG = System.getLogger(ServiceNotice.class.getName());
    private static final String SOCKET = "NOTIFY_SOCKET";
    private static final String WATCHDOG = "WATCHDOG_USEC";
    private static final String WATCHED = "WATCHDOG_PID";
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String address;
    private final long pid;

    /** As given; empty where nobody waits for signs of life. */
    private final String watchdogMicros;

    private final long signNanos;
    private @Nullable Agenda agenda;
    private String untold = "";
    private long nextSign;
    private boolean complained;

    private ServiceNotice(String address, long pid, String watchdogMicros) {
        this.address = address;
        this.pid = pid;
        this.watchdogMicros = watchdogMicros;
        // Twice as often as wanted, as sd_watchdog_enabled(3) advises.
        this.signNanos =
                watchdogMicros.isEmpty() ? 0 : TimeUnit.MICROSECONDS.toNanos(Long.parseLong(watchdogMicros)) / 2;
    }

    /** Takes out of the environment what is meant for circusd alone. */
    static ServiceNotice take(Map<String, String> environment, long pid) {
        String address = environment.getOrDefault(SOCKET, "");
        String micros = environment.getOrDefault(WATCHDOG, "");
        String whose = environment.getOrDefault(WATCHED, "");
        environment.keySet().removeAll(List.of(SOCKET, WATCHDOG, WATCHED));
        boolean watched = !address.isEmpty() && (whose.isEmpty() || whose.equals(Long.toString(pid)));
        if (watched && !micros.isEmpty() && !micros.matches("0*[1-9][0-9]{0,14}")) {
            LOG.log(
                    Level.WARNING,
                    "cannot read {0}={1}: microseconds are wanted; the watchdog is not served",
                    WATCHDOG,
                    micros);
            watched = false;
        }
        ServiceNotice notice = new ServiceNotice(address, pid, watched ? micros : "");
        notice.become("STATUS=starting");
        return notice;
    }

    /** Nobody is told anything. */
    static ServiceNotice none() {
        return new ServiceNotice("", ProcessHandle.current().pid(), "");
    }

    /** Without what is meant for the process that a manager runs in, and not for what it starts. */
    static Map<String, String> without(Map<String, String> environment) {
        Map<String, String> left = new HashMap<>(environment);
        left.keySet().removeAll(List.of(SOCKET, WATCHDOG, WATCHED));
        return left;
    }

    /** The environment of a circusd that is to take this one's place: the watchdog is to be served by whoever serves. */
    Map<String, String> forSuccessor(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        if (!address.isEmpty()) {
            all.put(SOCKET, address);
        }
        if (!watchdogMicros.isEmpty()) {
            all.put(WATCHDOG, watchdogMicros);
        }
        return all;
    }

    /** This circusd is the one that serves. A unit of systemd needs {@code NotifyAccess=all} for one that it did not start. */
    void serving(String endpoint) {
        become("READY=1\nMAINPID=" + pid + "\nSTATUS=serving at " + endpoint.replace('\n', ' '));
    }

    /** Until {@link #serving}, of this one or of the other. */
    void handingOver() {
        become("RELOADING=1\nSTATUS=another circusd takes over");
    }

    /** This circusd goes at once, before the other one serves: else its end would be taken for that of all. */
    void leavingTo(long heir) {
        become("RELOADING=1\nMAINPID=" + heir + "\nSTATUS=another circusd goes on");
    }

    /** There is no kernel; what follows is {@link #serving} or the end. */
    void withoutKernel() {
        become("STATUS=the kernel has gone: another one is started");
    }

    /** From here on the end is a matter of seconds. */
    void stopping() {
        become("STOPPING=1\nSTATUS=ending");
    }

    /** Signs of life are given by who runs this agenda, and what could not be told is told again. */
    void attend(Agenda running) {
        agenda = running;
        nextSign = 0;
        running.changed(this);
    }

    @Override
    public long step(long now) {
        long next = NEVER;
        if (!untold.isEmpty()) {
            if (tell(untold)) {
                untold = "";
            } else {
                next = now + AGAIN_NANOS;
            }
        }
        if (signNanos > 0) {
            if (now >= nextSign) {
                tell("WATCHDOG=1");
                nextSign = now + signNanos;
            }
            next = Math.min(next, nextSign);
        }
        return next;
    }

    private void become(String state) {
        untold = tell(state) ? "" : state;
        if (!untold.isEmpty() && agenda != null) {
            agenda.changed(this);
        }
    }

    private boolean tell(String message) {
        if (address.isEmpty()) {
            return true;
        }
        try {
            PassingSocket.sendDatagram(address, message);
            return true;
        } catch (IOException nobody) {
            if (!complained) {
                complained = true;
                LOG.log(
                        Level.WARNING,
                        "cannot tell {0}={1} how circusd is: {2}; it is tried again, and this is told no more",
                        SOCKET,
                        address,
                        nobody.getMessage());
            }
            return false;
        }
    }

    @Override
    public String toString() {
        return "notice to the service manager";
    }
}
