package papa.descent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.loop.Chores;
import papa.loop.EventLoop;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Incarnation;
import papa.process.Owner;
import papa.state.StateReader;
import papa.state.StateWriter;

/** Real processes below a shell that has adopted them, as it were; and a machine that fails in one place. */
@Timeout(120)
class StraysTest {
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long STEP_NANOS = 10_000_000L;

    private final Posix machine = new NativePosix();
    private final Proc truth = new Proc(machine);
    private final List<Process> started = new ArrayList<>();
    private final Set<Integer> descendants = new HashSet<>();
    private final Set<Integer> pidfds = new HashSet<>();
    private final List<Integer> grown = new ArrayList<>();
    private int opened;
    private boolean procFails;
    private long fileLimit = -1;
    private @Nullable Incarnation foster;
    private EventLoop loop;
    private Strays strays;

    StraysTest() throws Exception {
        begin();
    }

    private void begin() throws Exception {
        Posix posix = (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(), new Class<?>[] {Posix.class}, (proxy, method, arguments) -> {
                    try {
                        return call(method.getName(), arguments, () -> method.invoke(machine, arguments));
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
        Proc proc = new Proc(posix);
        loop = new EventLoop(machine);
        Lineage lineage = new Lineage(posix, proc, pid -> null, pid -> descendants.contains(pid) ? foster : null);
        strays = new Strays(
                posix,
                proc,
                loop,
                new Chores(loop),
                lineage,
                pid -> foster != null && !foster.reaped && pid == foster.pid,
                (owner, stat) -> grown.add(stat.pid()),
                owner -> {});
    }

    /** Asks the machine. */
    private interface Ask {
        Object get() throws Throwable;
    }

    private Object call(String name, Object[] arguments, Ask real) throws Throwable {
        opened += name.equals("open") ? 1 : 0;
        if (procFails && name.equals("open") && arguments[0].toString().startsWith("/proc/")) {
            return Errno.EMFILE.negated();
        }
        if (name.equals("fileLimit") && fileLimit >= 0) {
            ((long[]) arguments[0])[0] = fileLimit;
            return 0;
        }
        Object result = real.get();
        if (name.equals("pidfdOpen") && (int) result >= 0) {
            pidfds.add((int) result);
        } else if (name.equals("close")) {
            pidfds.remove((int) arguments[0]);
        }
        return result;
    }

    @AfterEach
    void end() {
        for (Process each : started) {
            each.descendants().forEach(ProcessHandle::destroyForcibly);
            each.destroyForcibly();
        }
    }

    /** A shell with a process of a kernel that was killed, and what that has left. */
    private List<Integer> start(int count) throws Exception {
        Process shell = new ProcessBuilder(
                        "sh", "-c", "for i in $(seq 0 $0); do setsid sleep 1000 & echo $!; done; wait", "" + count)
                .start();
        started.add(shell);
        List<Integer> pids = new ArrayList<>();
        BufferedReader said = shell.inputReader(StandardCharsets.UTF_8);
        for (int i = 0; i <= count; i++) {
            pids.add(Integer.parseInt(said.readLine()));
        }
        while (!pids.stream().allMatch(this::leadsItsSession)) {
            Thread.onSpinWait();
        }
        foster = incarnation(pids.remove(0));
        descendants.addAll(pids);
        return pids;
    }

    private boolean leadsItsSession(int pid) {
        return truth.stat(pid).filter(stat -> stat.session() == pid).isPresent();
    }

    private static Incarnation incarnation(int pid) {
        Incarnation process = Owner.of(pid);
        process.foster = true;
        return process;
    }

    private record Step(BooleanSupplier condition, Runnable then) {}

    private final ArrayDeque<Step> steps = new ArrayDeque<>();

    /** In this order, once the loop runs. */
    private void once(BooleanSupplier condition, Runnable then) {
        steps.add(new Step(condition, then));
    }

    /** Takes turns until all is so. */
    private void until(BooleanSupplier condition) throws Exception {
        once(condition, loop::stop);
        loop.after(PATIENCE_NANOS, loop::stop);
        loop.after(STEP_NANOS, this::step);
        loop.run();
        assertThat(steps).as("what never came to be so").isEmpty();
    }

    private void step() {
        if (steps.element().condition.getAsBoolean()) {
            steps.remove().then.run();
        }
        loop.after(STEP_NANOS, this::step);
    }

    private void resume() {
        strays.resume(List.of(incarnation()));
    }

    private Incarnation incarnation() {
        if (foster == null) {
            throw new AssertionError("nothing was started");
        }
        return foster;
    }

    private List<Integer> found() {
        return strays.of(incarnation()).stream().map(Proc.Stat::pid).toList();
    }

    @Test
    void what_is_left_is_found_once_proc_can_be_read_again() throws Exception {
        List<Integer> left = start(3);
        int first = left.get(0);
        descendants.retainAll(Set.of(first));
        resume();
        assertThat(found()).containsExactly(first);
        descendants.addAll(left);
        procFails = true;
        List<Integer> told = new ArrayList<>();
        strays.look(() -> told.addAll(found()));
        loop.after(300_000_000L, () -> {
            assertThat(told).isEmpty();
            procFails = false;
        });
        until(() -> !told.isEmpty());
        assertThat(told).containsExactlyInAnyOrderElementsOf(left);
    }

    @Test
    void a_look_ends_though_proc_cannot_be_read_for_long() throws Exception {
        start(1);
        procFails = true;
        List<String> told = new ArrayList<>();
        strays.look(() -> told.add("over"));
        until(() -> !told.isEmpty());
        assertThat(strays.areIdle()).isTrue();
    }

    /** Nor who may adopt them: the shell is learned of from the process. */
    @Test
    void a_kernel_that_cannot_read_proc_when_it_begins_loses_nobody() throws Exception {
        List<Integer> left = start(3);
        procFails = true;
        resume();
        loop.after(300_000_000L, () -> procFails = false);
        List<Integer> told = new ArrayList<>();
        strays.look(() -> told.addAll(found()));
        until(() -> !told.isEmpty());
        assertThat(told).containsExactlyInAnyOrderElementsOf(left);
    }

    @Test
    void who_was_told_by_a_state_is_kept_while_proc_cannot_be_read() throws Exception {
        List<Integer> left = start(3);
        resume();
        int state = machine.memoryFile("state", 0);
        try (StateWriter out = new StateWriter(machine, state, "0.1.0")) {
            strays.save(out);
            out.finish();
        }
        begin();
        Incarnation restored = incarnation(incarnation().pid);
        foster = restored;
        StateReader reader = new StateReader(machine);
        strays.restoreFrom(reader, number -> restored);
        reader.read(state);
        procFails = true;
        strays.resume(List.of(restored));
        assertThat(found()).containsExactlyInAnyOrderElementsOf(left);
        assertThat(restored.leftovers).containsExactlyInAnyOrderElementsOf(left);
        procFails = false;
        kill(left.get(1));
        until(() -> restored.leftovers.size() < 3 && pidfds.size() == 3 + 2); // three are another kernel's, as it were
        assertThat(found()).containsExactlyInAnyOrder(left.get(0), left.get(2));
    }

    private void kill(int pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    @Test
    void who_waits_for_a_look_and_fails_takes_nothing_from_the_others() throws Exception {
        List<Integer> left = start(1);
        resume();
        Map<String, Integer> told = new LinkedHashMap<>();
        strays.look(() -> {}); // the others wait for the next, all of them
        strays.look(() -> told.merge("first", 1, Integer::sum));
        strays.look(() -> {
            told.merge("fails", 1, Integer::sum);
            throw new IllegalStateException("a fault that is part of the test");
        });
        strays.look(() -> told.merge("last", 1, Integer::sum));
        once(() -> told.containsKey("last"), () -> kill(left.get(0)));
        until(() -> incarnation().leftovers.isEmpty());
        assertThat(told).isEqualTo(Map.of("first", 1, "fails", 1, "last", 1));
        assertThat(strays.areIdle()).isTrue();
    }

    @Test
    void an_eighth_of_the_files_is_for_strays_and_the_ends_of_the_others_are_noticed_too() throws Exception {
        fileLimit = 160;
        begin();
        List<Integer> left = start(50);
        resume();
        assertThat(found()).containsExactlyInAnyOrderElementsOf(left);
        assertThat(pidfds).hasSize(20);
        List<Integer> ending = left.subList(10, 40);
        ending.forEach(this::kill);
        int[] before = new int[1];
        int[] after = new int[1];
        // Who could only be looked at has got a pidfd that was given up: nobody is looked at any more.
        once(
                () -> incarnation().leftovers.stream().noneMatch(ending::contains) && strays.areIdle(),
                () -> loop.after(200_000_000L, () -> before[0] = opened));
        once(() -> before[0] > 0, () -> loop.after(200_000_000L, () -> after[0] = opened));
        until(() -> after[0] > 0);
        assertThat(after[0]).isEqualTo(before[0]);
        assertThat(incarnation().leftovers).hasSize(20);
        assertThat(pidfds).hasSize(20);
    }

    @Test
    void the_ends_of_those_without_a_pidfd_are_noticed_also_after_there_were_none_for_a_while() throws Exception {
        fileLimit = 8;
        begin();
        List<Integer> left = start(3);
        int last = left.get(2);
        descendants.remove(last);
        resume();
        assertThat(found()).containsExactlyInAnyOrder(left.get(0), left.get(1));
        assertThat(pidfds).hasSize(1);
        kill(left.get(0));
        Set<Integer> one = Set.of(left.get(1));
        once(() -> incarnation().leftovers.equals(one) && pidfds.size() == 1, () -> {
            descendants.add(last);
            strays.look(() -> {});
        });
        once(() -> incarnation().leftovers.contains(last), () -> kill(last));
        until(() -> incarnation().leftovers.equals(one));
    }
}
