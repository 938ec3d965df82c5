package circus.manager.watcher;

import circus.message.CommandException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one watcher: one runs, patient ones wait for their turn in the order in which they came. Runs on circus-loop only.
 */
final class Operations {
    /** More than this many are refused: something asks without end. */
    static final int MOST_WAITING = 1_000;

    private final Deque<Operation> waiting = new ArrayDeque<>();
    private @Nullable Operation current;
    private List<Integer> before = List.of();

    /** The lock name of what would make an impatient newcomer fail. */
    Optional<String> conflict() {
        if (current != null && !current.yields()) {
            return Optional.of(current.lock());
        }
        return waiting.stream()
                .filter(operation -> !operation.yields())
                .map(Operation::lock)
                .findFirst();
    }

    /** Takes the operation in, or refuses it in Circus's words. */
    void submit(Operation operation) throws CommandException {
        Optional<String> conflict = conflict();
        boolean full = waiting.size() >= MOST_WAITING;
        if (conflict.isPresent() && (full || !operation.patient())) {
            throw CommandException.conflict(conflict.get());
        }
        waiting.add(operation);
    }

    /** Takes in one of our own. */
    void add(Operation operation) {
        waiting.add(operation);
    }

    List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        if (current != null && !current.part()) {
            jobs.add(new Job(current.order(), true));
        }
        waiting.stream()
                .filter(operation -> !operation.part())
                .forEach(operation -> jobs.add(new Job(operation.order(), false)));
        return jobs;
    }

    /** Gives up the one of that number, if it waits. */
    boolean cancel(long number, CommandException cause) {
        for (Operation operation : waiting) {
            if (operation.order().number() == number && !operation.part()) {
                waiting.remove(operation);
                operation.outcome().failed(cause);
                return true;
            }
        }
        return false;
    }

    @Nullable
    Operation current() {
        return current;
    }

    /** Whether the next of the waiting ones is to cut short what runs: a stop need not wait for the end of our own start or reload. */
    boolean cutsShort() {
        Operation first = waiting.peek();
        return current != null
                && current.yields()
                && first != null
                && switch (first.kind()) {
                    case STOP, PAUSE, RESTART ->
                        current.kind() == Operation.Kind.START || current.kind().isReload();
                    case RELOAD, RELOAD_IN_TURN -> current.kind() == Operation.Kind.START;
                    case START, RESIZE, CHANGE -> false;
                };
    }

    /** The next one in turn, now current; null when one runs already or none waits. */
    @Nullable
    Operation next(Supplier<List<Integer>> pids) {
        if (current != null || waiting.isEmpty()) {
            return null;
        }
        current = waiting.remove();
        before = pids.get();
        return current;
    }

    void finish(List<Integer> pids) {
        Operation finished = current;
        if (finished != null) {
            current = null;
            finished.outcome().done(new Change(before, pids));
        }
    }

    /** The one that runs turns out to be impossible. */
    void fail(CommandException cause) {
        Operation failed = current;
        if (failed != null) {
            current = null;
            failed.outcome().failed(cause);
        }
    }

    /** Gives up everything, except a stop that runs: it leads where the end of the daemon leads too. */
    void abandon(CommandException refusal) {
        List<Operation> refused = new ArrayList<>(waiting);
        waiting.clear();
        Operation running = current;
        if (running != null && running.kind() != Operation.Kind.STOP && running.kind() != Operation.Kind.PAUSE) {
            current = null;
            running.outcome().failed(CommandException.serverError());
        }
        refused.forEach(operation -> operation.outcome().failed(refusal));
    }
}
