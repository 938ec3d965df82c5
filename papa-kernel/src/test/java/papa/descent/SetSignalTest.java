package papa.descent;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.loop.Chores;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.Proc;

/** What goes wrong while a set is signalled; real processes, and a machine that fails in one place. */
@Timeout(60)
class SetSignalTest {
    private final Posix machine = new NativePosix();
    private final Proc truth = new Proc(machine);
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private int start() {
        try {
            Process process = new ProcessBuilder("sleep", "1000").start();
            started.add(process);
            return (int) process.pid();
        } catch (java.io.IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** Answers a call in place of the machine; null leaves it to that. */
    private interface Fault {
        @Nullable
        Object instead(String call, Object[] arguments);
    }

    private Posix with(Fault fault) {
        return (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(), new Class<?>[] {Posix.class}, (proxy, method, arguments) -> {
                    Object instead = fault.instead(method.getName(), arguments == null ? new Object[0] : arguments);
                    return instead == null ? method.invoke(machine, arguments) : instead;
                });
    }

    /** What came of a signal. */
    private static final class Outcome implements SetSignal.Done {
        private int count = -1;
        private String reason = "";

        @Override
        public void sent(Collection<Integer> pids) {
            count = pids.size();
        }

        @Override
        public void failed(int reached, String why) {
            count = reached;
            reason = why;
        }
    }

    private Outcome send(Posix posix, int number, Supplier<List<Integer>> roots, Predicate<Proc.Stat> isRoot) {
        Proc proc = new Proc(posix);
        Lineage lineage = new Lineage(posix, proc, pid -> null, pid -> null);
        Outcome outcome = new Outcome();
        SetSignal.Members members = new SetSignal.Members() {
            @Override
            public TreeWalk walk(Consumer<Proc.Stat> beforeChildren) {
                return new TreeWalk(proc, machine.pid(), roots.get(), isRoot, stat -> true, beforeChildren);
            }

            @Override
            public boolean has(Proc.Stat stat) {
                return true;
            }

            @Override
            public void walked(TreeWalk walk) {}
        };
        Orphans orphans = new Orphans(posix, proc, lineage, pid -> false, (owner, stat) -> {});
        SetSignal signal = new SetSignal(posix, proc, orphans, members, number, true, outcome);
        while (!signal.goOn(new Chores.Budget(5))) {
            assertThat(outcome.count).isEqualTo(-1);
        }
        return outcome;
    }

    private char state(int pid) {
        return truth.stat(pid).map(Proc.Stat::state).orElse('-');
    }

    @Test
    void a_number_that_has_passed_on_to_another_process_is_not_hit() throws Exception {
        int pid = start();
        long ticks = truth.stat(pid).orElseThrow().startTicks();
        Path before = Files.createTempFile("stat", "");
        try {
            Files.writeString(
                    before,
                    Files.readString(Path.of("/proc/" + pid + "/stat"))
                            .replace(" " + ticks + " ", " " + (ticks - 1) + " "));
            boolean[] passedOn = new boolean[1];
            Posix posix = with((call, arguments) -> {
                boolean first = call.equals("open") && arguments[0].equals("/proc/" + pid + "/stat") && !passedOn[0];
                passedOn[0] |= first;
                return first ? machine.open(before.toString(), 0, 0) : null;
            });
            Outcome outcome = send(posix, 15, () -> List.of(pid), stat -> stat.startTicks() == ticks - 1);
            assertThat(passedOn[0]).isTrue();
            assertThat(outcome.count).isZero();
            assertThat(outcome.reason).isEmpty();
            assertThat(state(pid)).isNotIn('Z', '-');
        } finally {
            Files.delete(before);
        }
    }

    @Test
    void whoever_cannot_be_opened_is_not_hit_and_told() {
        int pid = start();
        Posix posix = with((call, arguments) -> call.equals("pidfdOpen") ? Errno.EMFILE.negated() : null);
        Outcome outcome = send(posix, 9, () -> List.of(pid), stat -> true);
        assertThat(outcome.count).isZero();
        assertThat(outcome.reason).isEqualTo("Too many open files (EMFILE)");
        assertThat(state(pid)).isNotIn('Z', 'T', '-');
    }

    @Test
    void who_cannot_be_killed_is_not_left_stopped() {
        int pid = start();
        int other = start();
        Posix posix = with((call, arguments) ->
                call.equals("pidfdSignal") && arguments[1].equals(9) ? Errno.EPERM.negated() : null);
        Outcome outcome = send(posix, 9, () -> List.of(pid, other), stat -> true);
        assertThat(outcome.count).isZero();
        assertThat(outcome.reason).isEqualTo("2 processes are another user's: Operation not permitted (EPERM)");
        assertThat(List.of(state(pid), state(other))).doesNotContain('T', 'Z', '-');
    }

    @Test
    void what_grows_without_end_is_given_up() {
        Outcome outcome = send(
                machine,
                15,
                () -> {
                    start();
                    return started.stream().map(each -> (int) each.pid()).toList();
                },
                stat -> true);
        assertThat(outcome.reason).isEqualTo("new processes come faster than they are found");
        assertThat(outcome.count).isEqualTo(100);
    }

    @Test
    void neither_the_kernel_itself_nor_the_first_process_is_ever_hit() {
        Outcome outcome = send(machine, 0, () -> List.of(1, machine.pid(), 0, -1), stat -> true);
        assertThat(outcome.count).isZero();
    }
}
