package papa.kernel;

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

    @Test
    void another_thread_takes_its_place() throws Exception {
        Path folder = Files.createTempDirectory("papa-launch");
        Posix posix = machine();
        EventLoop loop = new EventLoop(posix);
        long[] limit = new long[2];
        posix.fileLimit(limit);
        Spawner spawner = new Spawner(posix, loop, new LaunchSettings(limit[0], "/", 022, folder.toString()));
        BlockingQueue<Object> told = new LinkedBlockingQueue<>();
        Spawner.Launched listener = new Spawner.Launched() {
            @Override
            public void started(Started started) {
                told.add(started);
            }

            @Override
            public void failed(LaunchFailure failure) {
                told.add(failure);
            }
        };
        spawner.start();
        Thread thread = new Thread(() -> {
            try {
                loop.run();
            } catch (papa.posix.PosixException failed) {
                told.add(failed);
            }
        });
        thread.start();
        Path as = folder.resolve("as");
        loop.post(() -> spawner.launch(order("uid=nobody", "true", new IdentityWords("nobody", "", null)), listener));
        loop.post(() -> spawner.launch(order("own", "id -u > " + as, IdentityWords.NONE), listener));
        Object first = told.poll(30, TimeUnit.SECONDS);
        Object second = told.poll(30, TimeUnit.SECONDS);
        loop.post(loop::stop);
        thread.join(10_000);
        assertThat(List.of(first, second)).allMatch(Started.class::isInstance);
        int[] status = new int[1];
        while (posix.waitFor(((Started) second).pid(), status) == 0) {
            Thread.onSpinWait();
        }
        posix.waitFor(((Started) first).pid(), status);
        assertThat(changes).as("attempts to come back").hasValue(1);
        assertThat(as).hasContent("0");
        Files.delete(as);
        Files.delete(folder);
    }

    private static LaunchOrder order(String name, String script, IdentityWords identity) {
        ProcessSpec.Target none = ProcessSpec.Target.NULL;
        ChildAttributes attributes = new ChildAttributes(identity, null, List.of(), "", false, false);
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
