package circus.manager.resident;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.kernel.Exit;
import circus.manager.kernel.LaunchSpec;
import circus.manager.kernel.Launched;
import circus.manager.kernel.SignalReply;
import circus.manager.kernel.SignalTarget;
import circus.manager.kernel.SpawnReply;
import circus.manager.watcher.Clock;
import circus.manager.watcher.FakeKernel;
import circus.manager.watcher.Launcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResidentsTest {
    private static final int TERM = 15;
    private static final int KILL = 9;
    private static final int USR1 = 10;

    /** Ends when it is closed, unless it is stubborn; or at once, by a fault. */
    private static final class Sleeper implements Resident {
        private final CountDownLatch closed = new CountDownLatch(1);
        private final boolean stubborn;
        private final boolean faulty;
        private final CountDownLatch over = new CountDownLatch(1);

        private Sleeper(boolean stubborn, boolean faulty) {
            this.stubborn = stubborn;
            this.faulty = faulty;
        }

        @Override
        public void run() {
            if (faulty) {
                throw new IllegalStateException("no more");
            }
            CountDownLatch until = stubborn ? over : closed;
            while (until.getCount() > 0) {
                try {
                    until.await();
                } catch (InterruptedException again) {
                    if (!stubborn) {
                        return;
                    }
                }
            }
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private final LinkedBlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private final FakeKernel kernel = new FakeKernel(Clock.system(), exit -> {}, incarnation -> {});
    private final List<Exit> exits = new ArrayList<>();
    private final List<Launched> launched = new ArrayList<>();
    private final List<Sleeper> made = Collections.synchronizedList(new ArrayList<>());
    private Map<String, String> notes = Map.of(Launcher.RESIDENT, "stats");
    private boolean stubborn;
    private boolean faulty;
    private final Residents residents =
            new Residents(kernel, Map.of("stats", watcher -> make()), loop::add, Clock.system(), exits::add);

    private Sleeper make() {
        Sleeper sleeper = new Sleeper(stubborn, faulty);
        made.add(sleeper);
        return sleeper;
    }

    @AfterEach
    void letAllGo() {
        residents.close();
        made.forEach(each -> each.over.countDown());
    }

    private LaunchSpec spec(String name) {
        return new LaunchSpec(name, List.of("any"), Map.of(), "/", "/bin", List.of(), false, false, notes);
    }

    private void spawn(String name) {
        residents.spawn(spec(name), new SpawnReply() {
            @Override
            public void spawned(Launched one) {
                launched.add(one);
            }

            @Override
            public void failed(String reason) {
                throw new AssertionError(reason);
            }
        });
    }

    private void turn() {
        for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
            task.run();
        }
    }

    /** Runs the next task, which has to come. */
    private void awaitTask() {
        try {
            Runnable task = loop.poll(20, TimeUnit.SECONDS);
            if (task == null) {
                throw new AssertionError("nothing comes");
            }
            task.run();
        } catch (InterruptedException ended) {
            throw new AssertionError(ended);
        }
    }

    private Launched spawnOne() {
        spawn("stats.1");
        while (launched.isEmpty()) {
            awaitTask();
        }
        return launched.get(0);
    }

    private Exit awaitExit() {
        while (exits.isEmpty()) {
            awaitTask();
        }
        return exits.get(0);
    }

    @Test
    void a_worker_has_the_number_of_its_thread_and_the_kernel_does_not_hear_of_it() {
        Launched one = spawnOne();
        assertThat(one.incarnation()).isNegative();
        assertThat(Files.exists(Path.of("/proc/self/task/" + one.pid()))).isTrue();
        assertThat(one.pid()).isNotEqualTo((int) ProcessHandle.current().pid());
        assertThat(kernel.waiting()).isZero();
        residents.annotate(one.incarnation(), "key", "value");
        residents.take(one.incarnation());
        assertThat(kernel.waiting()).isZero();
    }

    @Test
    void others_are_the_kernels_also_under_such_a_name() {
        notes = Map.of();
        spawn("web.1");
        spawn("stats.1");
        assertThat(kernel.waiting()).isEqualTo(2);
        assertThat(made).isEmpty();
    }

    @Test
    void a_signal_that_ends_processes_ends_it_and_is_its_exit_code() {
        Launched one = spawnOne();
        residents.signal(one.incarnation(), TERM, SignalTarget.PROCESS);
        Exit exit = awaitExit();
        assertThat(exit.incarnation()).isEqualTo(one.incarnation());
        assertThat(exit.code()).isEqualTo(-TERM);
        assertThat(exit.leftovers()).isZero();
    }

    @Test
    void another_signal_does_nothing() {
        Launched one = spawnOne();
        List<Boolean> reached = new ArrayList<>();
        residents.signal(one.incarnation(), USR1, SignalTarget.PROCESS, new SignalReply() {
            @Override
            public void sent(boolean anybody) {
                reached.add(anybody);
            }

            @Override
            public void failed(String reason) {
                throw new AssertionError(reason);
            }
        });
        assertThat(reached).as("not before the caller has come back").isEmpty();
        turn();
        assertThat(reached).containsExactly(true);
        assertThat(made.get(0).closed.getCount()).isPositive();
    }

    @Test
    void one_that_does_not_end_counts_as_ended_when_it_is_killed() {
        stubborn = true;
        Launched one = spawnOne();
        residents.signal(one.incarnation(), TERM, SignalTarget.PROCESS);
        turn();
        assertThat(exits).isEmpty();
        residents.signal(one.incarnation(), KILL, SignalTarget.PROCESS);
        turn();
        assertThat(exits)
                .singleElement()
                .satisfies(exit -> assertThat(exit.code()).isEqualTo(-KILL));
        made.get(0).over.countDown();
        awaitTask();
        assertThat(exits).as("its real end is nobody's affair").hasSize(1);
    }

    @Test
    void a_fault_is_an_exit_code() {
        faulty = true;
        spawn("stats.1");
        assertThat(awaitExit().code()).isEqualTo(1);
    }

    @Test
    void nobody_hears_of_ends_after_the_close() {
        spawnOne();
        residents.close();
        awaitTask();
        assertThat(exits).isEmpty();
    }
}
