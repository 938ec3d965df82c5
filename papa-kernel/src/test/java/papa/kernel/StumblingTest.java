package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.wire.Frame;

/** A fault while a pipe is read, as for want of memory: nothing is lost, and it is read again. */
@Timeout(60)
class StumblingTest {
    private final AtomicInteger faults = new AtomicInteger();

    /** Of reads into the memory for output, that is, of as much as fills a block; those of requests go on. */
    private final AtomicInteger faultsToCome = new AtomicInteger();

    private Posix faulty() {
        Posix real = new NativePosix();
        return (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(), new Class<?>[] {Posix.class}, (proxy, call, words) -> {
                    boolean isOfOutput = call.getName().equals("read")
                            && ((Number) words[2]).longValue() > 12_000
                            && ((Number) words[2]).longValue() < 16_384;
                    if (isOfOutput && faultsToCome.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        faults.incrementAndGet();
                        throw new OutOfMemoryError("a fault for a test");
                    }
                    try {
                        return call.invoke(real, words);
                    } catch (InvocationTargetException failed) {
                        throw failed.getTargetException();
                    }
                });
    }

    @Test
    void a_stream_whose_reading_failed_is_read_again_and_nothing_is_missing() throws Exception {
        faultsToCome.set(3);
        try (RunningKernel kernel = new RunningKernel(1024 * 1024, faulty())) {
            RunningKernel.Client client = kernel.connect();
            client.call("follow", "output", "*");
            long one = client.start("one", "echo hello; echo world >&2; exit 3");
            client.until(() -> client.has(Frame.End.class, one));
            assertThat(faults).hasValue(3);
            assertThat(client.output(one)).contains("hello\n", "world\n").hasSize(12);
            faultsToCome.set(2);
            long other = client.start("other", "head -c 300000 /dev/zero");
            client.until(() -> client.has(Frame.End.class, other));
            assertThat(client.output(other)).hasSize(300_000);
            assertThat(client.frames).noneMatch(Frame.Gap.class::isInstance);
        }
    }
}
