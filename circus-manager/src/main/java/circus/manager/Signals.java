package circus.manager;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What others want of circusd by signals. Each is kept until somebody takes it who can act on it, so that none is lost while one {@link
 * Daemon} is at its end and the next has not begun: an end that is asked for then ends the next one at once. Any thread.
 */
final class Signals {
    private static final System.Logger LOG = System.getLogger(Signals.class.getName());
    private static final List<String> KEPT = List.of("TERM", "INT", "HUP", "USR1");

    /** Without SIG; the same one twice is the same wish. */
    private final Set<String> untaken = new LinkedHashSet<>();

    private Runnable bell = () -> {};
    private boolean listening;

    /** Those of the process. */
    Signals() {
        this(false);
    }

    private Signals(boolean deaf) {
        this.listening = deaf;
    }

    /** Of a manager in another program, whose process's signals are not for it: only what {@link #came} tells counts. */
    static Signals ofNobody() {
        return new Signals(true);
    }

    /** From now on no signal ends the process by itself. Only the first call counts. */
    void listen(Optional<QuitSignal> quitSignal) {
        synchronized (this) {
            if (listening) {
                return;
            }
            listening = true;
        }
        LOG.log(Level.INFO, "Registering signals...");
        KEPT.forEach(name -> SystemSignals.on(name, this::came));
        quitSignal.ifPresent(signal -> signal.handle(() -> came("QUIT")));
        SystemSignals.on("WINCH", signal -> LOG.log(Level.INFO, "Got signal SIG_{0}; it has no effect", signal));
    }

    /** One more, by its name without SIG. */
    synchronized void came(String name) {
        untaken.add(name);
        bell.run();
    }

    /**
     * From now on this is run, on any thread, when there is something to take; at once, if there is.
     *
     * @param next has it taken soon, on another thread
     */
    synchronized void ring(Runnable next) {
        bell = next;
        if (!untaken.isEmpty()) {
            next.run();
        }
    }

    /** All that came and was not taken, in its order; whoever takes it sees to it. */
    synchronized List<String> take() {
        List<String> all = new ArrayList<>(untaken);
        untaken.clear();
        return all;
    }

    /** Whether somebody waits for the end of circusd, and nobody has taken that. */
    synchronized boolean wantEnd() {
        return untaken.stream().anyMatch(Signals::isEnd);
    }

    /** Whether it is one that ends circusd. */
    static boolean isEnd(String name) {
        return name.equals("TERM") || name.equals("INT") || name.equals("QUIT");
    }
}
