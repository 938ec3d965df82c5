package papa.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.descent.Apart;
import papa.launch.ProcessSpec;
import papa.loop.EventLoop;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.posix.SpawnRequest;
import papa.state.StateException;
import papa.state.StateReader;
import papa.state.StateWriter;

/** What a papa that runs a manager hands on to the program that takes its place; the processes are real. */
@Timeout(60)
class InitTest {
    private final Posix posix = new NativePosix();

    /** Not by the JDK, which would reap it. */
    private int spawn(List<String> argv) {
        int pid = posix.spawn(
                new SpawnRequest(argv.get(0), argv, List.of("PATH=/bin:/usr/bin"), 0, -1, -1, -1, -1, List.of(), null));
        assertThat(pid).isPositive();
        return pid;
    }

    /** A loop with an {@link Init}, without a kernel behind it. */
    private final class World implements Host {
        final EventLoop loop = new EventLoop(posix);
        final Apart apart = new Apart();
        final List<Integer> started = new ArrayList<>();
        final Init init;
        boolean stopped;

        /** Whether a start is told when a test says so. */
        boolean slow;

        final List<Runnable> toTell = new ArrayList<>();

        private World(boolean once, String... command) throws Exception {
            ProcessSpec spec = ManagerCommand.spec(List.of(command), List.of("PATH=/bin:/usr/bin"), "/run/p.sock");
            init = new Init(posix, loop, this, spec, once);
        }

        /** From now on {@link Init} belongs to the loop's thread. */
        private World start(Runnable first) {
            loop.post(first);
            Thread thread = new Thread(
                    () -> {
                        try {
                            loop.run();
                        } catch (PosixException failed) {
                            throw new AssertionError(failed);
                        }
                    },
                    "loop-under-test");
            thread.setDaemon(true);
            thread.start();
            return this;
        }

        @Override
        public void launch(ProcessSpec spec, Launched launched) {
            loop.post(() -> {
                int pid = spawn(spec.argv());
                started.add(pid);
                Runnable telling = () -> launched.started(pid, posix.pidfdOpen(pid), null);
                if (slow) {
                    toTell.add(telling);
                } else {
                    telling.run();
                }
            });
        }

        @Override
        public boolean isIdle() {
            return false;
        }

        @Override
        public Apart apart() {
            return apart;
        }

        @Override
        public void ending() {}

        @Override
        public void endAll(Runnable done) {
            done.run();
        }

        @Override
        public void stop() {
            stopped = true; // the loop turns on, so that it can be asked
        }

        /** Does something on the loop's thread. */
        private <T> T on(Supplier<T> action) throws Exception {
            return CompletableFuture.supplyAsync(action, loop::post).get(20, TimeUnit.SECONDS);
        }

        private void run(Runnable action) throws Exception {
            CompletableFuture.runAsync(action, loop::post).get(20, TimeUnit.SECONDS);
        }

        /** Waits until something holds there. */
        private void until(BooleanSupplier condition) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!on(condition::getAsBoolean)) {
                assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }

        private int pid() throws Exception {
            return on(init::pid);
        }

        private int save() {
            int file = posix.memoryFile("state-test", 0);
            try (StateWriter writer = new StateWriter(posix, file, "0.1.0")) {
                init.save(writer);
                assertThat(writer.finish()).isZero();
            }
            return file;
        }

        private void restore(int file) throws StateException {
            StateReader reader = new StateReader(posix);
            init.restoreFrom(reader);
            reader.read(file);
        }
    }

    private static String text(int file) throws Exception {
        return Files.readString(Path.of("/proc/self/fd/" + file), StandardCharsets.ISO_8859_1)
                .replaceAll("lived=\\d+", "lived=…");
    }

    @Test
    void the_manager_is_the_same_afterwards_and_is_watched() throws Exception {
        World before = new World(false, "/bin/sleep", "600");
        before.start(before.init::begin);
        before.until(() -> before.init.pid() != 0);
        int manager = before.pid();
        int state = before.on(before::save);
        before.run(before.loop::stop);

        World after = new World(false, "/bin/sleep", "600");
        after.restore(state);
        int again = after.save();
        assertThat(text(again)).isEqualTo(text(state)).contains("manager pid=" + manager + " process=");
        assertThat(after.init.pid()).isEqualTo(manager);
        assertThat(after.apart.has(manager)).isTrue();

        after.start(after.init::resume);
        posix.kill(manager, Posix.SIGKILL);
        after.until(() -> after.started.size() == 1 && after.init.pid() != 0);
        assertThat(after.pid()).isEqualTo(after.on(() -> after.started.get(0))).isNotEqualTo(manager);
        after.run(() -> after.init.came(Posix.SIGTERM));
        after.until(() -> after.stopped);
        assertThat(after.on(after.init::code)).isEqualTo(143);
        after.run(after.loop::stop);
        posix.close(state);
        posix.close(again);
    }

    @Test
    void a_pause_before_the_next_one_goes_on() throws Exception {
        World before = new World(false, "/bin/false");
        before.start(before.init::begin);
        before.until(() -> before.started.size() == 3 && before.init.pid() == 0);
        int state = before.on(before::save);
        before.run(before.loop::stop);
        assertThat(text(state))
                .containsPattern("init backoff=800000000 started=1 code=1 rest=\\d+\n")
                .doesNotContain("manager ");

        World after = new World(false, "/bin/sleep", "600");
        after.restore(state);
        after.start(after.init::resume);
        after.until(() -> after.init.pid() != 0);
        after.run(() -> after.init.came(Posix.SIGTERM));
        after.until(() -> after.stopped);
        after.run(after.loop::stop);
        posix.close(state);
    }

    @Test
    void who_was_the_manager_before_is_known_afterwards() throws Exception {
        World before = new World(false, "/bin/sleep", "600");
        before.start(before.init::begin);
        before.until(() -> before.init.pid() != 0);
        int former = before.pid();
        int next = spawn(List.of("/bin/sleep", "600"));
        before.run(() -> before.init.handOver(next, posix.pidfdOpen(next)));
        int state = before.on(before::save);
        before.run(before.loop::stop);
        assertThat(text(state)).contains("manager pid=" + next + " ", " former=1");

        World after = new World(false, "/bin/sleep", "600");
        after.restore(state);
        after.start(after.init::resume);
        posix.kill(former, Posix.SIGKILL);
        after.until(() -> !after.apart.has(former));
        assertThat(after.pid()).isEqualTo(next);
        assertThat(after.on(after.started::size)).isZero();
        after.run(() -> after.init.came(Posix.SIGTERM));
        after.until(() -> after.stopped);
        assertThat(after.on(after.init::code)).as("it is a child of ours").isEqualTo(143);
        after.run(after.loop::stop);
        posix.close(state);
    }

    @Test
    void the_first_one_may_become_it_again_and_its_code_is_known_then() throws Exception {
        World world = new World(true, "/bin/sleep", "600");
        world.start(world.init::begin);
        world.until(() -> world.init.pid() != 0);
        int first = world.pid();
        int next = spawn(List.of("/bin/sleep", "600"));
        for (int i = 0; i < 3; i++) {
            world.run(() -> world.init.handOver(next, posix.pidfdOpen(next)));
            world.run(() -> world.init.handOver(first, posix.pidfdOpen(first)));
        }
        assertThat(world.pid()).isEqualTo(first);
        int state = world.on(world::save);
        assertThat(text(state).lines().filter(line -> line.startsWith("manager ")))
                .as("each once")
                .hasSize(2);
        posix.close(state);
        posix.kill(first, Posix.SIGTERM);
        world.until(() -> world.stopped);
        assertThat(world.on(world.init::code)).isEqualTo(143);
        world.until(() -> !world.apart.has(next));
        world.run(world.loop::stop);
    }

    @Test
    void one_that_comes_to_run_while_papa_ends_is_ended_too() throws Exception {
        World world = new World(false, "/bin/sleep", "600");
        world.slow = true;
        world.start(world.init::begin);
        world.until(() -> !world.toTell.isEmpty());
        int other = spawn(List.of("/bin/sleep", "600"));
        world.run(() -> world.init.handOver(other, posix.pidfdOpen(other)));
        world.run(() -> world.init.came(Posix.SIGTERM));
        world.until(() -> world.stopped);
        world.run(() -> world.toTell.forEach(Runnable::run));
        int late = world.on(() -> world.started.get(0));
        world.until(() -> !world.apart.has(late) && !Files.exists(Path.of("/proc/" + late)));
        assertThat(world.on(world.init::code)).as("that of the other").isEqualTo(143);
        world.run(world.loop::stop);
    }

    @Test
    void lines_that_contradict_each_other_are_refused() throws Exception {
        for (String lines : List.of(
                "init backoff=1 code=0",
                "init backoff=100000000 code=256",
                "manager pid=1 process=-1 lived=0\nmanager pid=2 process=-1 lived=0",
                "manager pid=0 process=-1 lived=0",
                "manager pid=7 process=99999999 lived=0")) {
            String state = "papa-state version=1 readable-by=1 program=0.1.0\n" + lines + "\nend lines="
                    + (1 + lines.lines().count()) + "\n";
            int file = file(state);
            World world = new World(false, "/bin/true");
            assertThatThrownBy(() -> world.restore(file)).as(lines).isInstanceOf(StateException.class);
            posix.close(file);
        }
    }

    private int file(String text) {
        int file = posix.memoryFile("state-test", 0);
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        long memory = posix.allocate(bytes.length);
        posix.putBytes(memory, bytes, 0, bytes.length);
        assertThat(posix.write(file, memory, bytes.length)).isEqualTo(bytes.length);
        posix.free(memory);
        return file;
    }

    @Test
    void the_environment_of_the_manager_is_papas_but_for_what_is_for_papa() {
        ProcessSpec spec = ManagerCommand.spec(
                List.of("m"),
                List.of(
                        "A=1",
                        "A=2",
                        "B=",
                        "LISTEN_FDS=3",
                        "NOTIFY_SOCKET=@x",
                        "WATCHDOG_PID=1",
                        "_JAVA_SR_SIGNUM=40",
                        "PAPA_SOCKET=/old",
                        "=odd",
                        "none"),
                "/run/p.sock");
        @Nullable String first = spec.environment().get("A");
        assertThat(Objects.requireNonNull(first)).isEqualTo("1");
        assertThat(spec.environment().keySet()).containsExactly("A", "B", "PAPA_SOCKET");
        assertThat(spec.environment()).containsEntry("PAPA_SOCKET", "/run/p.sock");
    }
}
