package papa.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.loop.EventLoop;
import papa.posix.Attributes;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;

/** A thread that cannot come back from the identity of a child must never start anything again. */
@Timeout(60)
class BrokenLauncherTest {
    private final AtomicInteger failures = new AtomicInteger(1);
    private final AtomicInteger changes = new AtomicInteger();

    /** The real machine, but for one change of user back to root that it refuses. */
    private Posix machine() {
        Posix real = new NativePosix();
        ClassLoader loader = Posix.class.getClassLoader();
        Attributes attributes = (Attributes) Proxy.newProxyInstance(
                loader, new Class<?>[] {Attributes.class}, (proxy, method, arguments) -> {
                    boolean back = method.getName().equals("setUser") && arguments[0].equals(0);
                    if (back && changes.incrementAndGet() > 0 && failures.getAndDecrement() > 0) {
                        return Errno.EPERM.negated();
                    }
                    return call(method, real.attributes(), arguments);
                });
        return (Posix) Proxy.newProxyInstance(
                loader,
                new Class<?>[] {Posix.class},
                (proxy, method, arguments) ->
                        method.getName().equals("attributes") ? attributes : call(method, real, arguments));
    }

    private static Object call(java.lang.reflect.Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    /** A spawner on a loop of its own, and what it tells. */
    private final class World implements AutoCloseable, Spawner.Launched {
        private final Path folder = Files.createTempDirectory("papa-launch");
        private final Posix posix = machine();
        private final EventLoop loop = new EventLoop(posix);
        private final Spawner spawner;
        private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
        private final Thread thread = new Thread(this::run);

        private World() throws Exception {
            long[] limit = new long[2];
            posix.fileLimit(limit);
            spawner = new Spawner(posix, loop, new LaunchSettings(limit[0], "/", 022, folder.toString()));
            spawner.start();
            thread.start();
        }

        private void run() {
            try {
                loop.run();
            } catch (papa.posix.PosixException failed) {
                told.add(failed);
            }
        }

        @Override
        public void started(Started started) {
            told.add(started);
        }

        @Override
        public void failed(LaunchFailure failure) {
            told.add(failure);
        }

        private void start(String script, IdentityWords identity) {
            loop.post(() -> spawner.launch(order("t", script, identity), this));
        }

        /** What is told next; who was started has ended then. */
        private Object next() throws InterruptedException {
            Object next = told.poll(30, TimeUnit.SECONDS);
            if (next instanceof Started started) {
                int[] status = new int[1];
                while (posix.waitFor(started.pid(), status, new long[0]) == 0) {
                    Thread.onSpinWait();
                }
                posix.close(started.pidfd());
            }
            return next == null ? "nothing" : next;
        }

        @Override
        public void close() throws Exception {
            loop.post(loop::stop);
            thread.join(10_000);
            Files.delete(folder);
        }
    }

    private static final IdentityWords NOBODY = new IdentityWords("nobody", "", null);

    @Test
    void another_thread_takes_its_place() throws Exception {
        try (World world = new World()) {
            Path as = world.folder.resolve("as");
            world.start("true", NOBODY);
            world.start("id -u > " + as, IdentityWords.NONE);
            assertThat(List.of(world.next(), world.next())).allMatch(Started.class::isInstance);
            assertThat(changes).as("attempts to come back").hasValue(1);
            assertThat(as).hasContent("0");
            Files.delete(as);
        }
    }

    @Test
    void however_many_are_lost_nobody_waits_for_ever_for_an_answer() throws Exception {
        failures.set(Integer.MAX_VALUE);
        try (World world = new World()) {
            long files = openFiles();
            for (int i = 0; i < Spawner.MOST_LOST; i++) {
                world.start("exit 0", NOBODY);
            }
            for (int i = 0; i < Spawner.MOST_LOST; i++) {
                assertThat(world.next()).as("start %d", i).isInstanceOf(Started.class);
            }
            assertThat(openFiles()).as("open files").isLessThanOrEqualTo(files + 8);
            for (int i = 0; i < 10; i++) {
                world.start("exit 0", NOBODY);
                world.start("exit 0", IdentityWords.NONE);
                assertThat(world.next())
                        .isInstanceOf(LaunchFailure.class)
                        .asString()
                        .contains("cannot start t: 64 threads could not come back from the identity of a child");
                assertThat(world.next()).isInstanceOf(Started.class);
            }
        }
    }

    private static long openFiles() throws java.io.IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    private static LaunchOrder order(String name, String script, IdentityWords identity) {
        ProcessSpec.Target none = ProcessSpec.Target.NULL;
        ChildAttributes attributes = new ChildAttributes(identity, null, List.of(), "", false, false, false, "");
        ProcessSpec spec = new ProcessSpec(
                name,
                List.of("/bin/sh", "-c", script),
                false,
                Map.of("PATH", "/bin:/usr/bin"),
                "",
                "",
                -1,
                List.of(),
                none,
                none,
                0,
                attributes);
        return new LaunchOrder(spec, spec, spec.argv(), new HandedOver(), Map.of(), null);
    }
}
