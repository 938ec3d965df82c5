package papa.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;

class TakeoverTest {
    private final Posix real = new NativePosix();

    /** The machine's calls, but close_range(2), which Linux knows since 5.9, and its flag since 5.11. */
    private Posix withoutCloseRange(Errno error) {
        return (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(), new Class<?>[] {Posix.class}, (proxy, call, words) -> {
                    if (call.getName().equals("closeOnExecFrom")) {
                        return error.negated();
                    }
                    try {
                        return call.invoke(real, words);
                    } catch (InvocationTargetException failed) {
                        throw failed.getTargetException();
                    }
                });
    }

    private static boolean closesOnExec(int fd) throws Exception {
        String flags =
                Files.readString(Path.of("/proc/self/fdinfo", fd + "")).replaceFirst("(?s).*flags:\\s*(\\d+).*", "$1");
        return (Integer.parseInt(flags, 8) & Posix.O_CLOEXEC) != 0;
    }

    @Test
    void an_old_linux_marks_descriptors_one_by_one_and_nothing_is_left_open_for_children() throws Exception {
        for (Errno error : List.of(Errno.EINVAL, Errno.EPERM)) {
            Posix posix = withoutCloseRange(error);
            int[] ends = new int[2];
            assertThat(real.pipe(ends)).isZero();
            real.program().setCloseOnExec(ends[1], false); // as a JVM opens its own

            Program none = new Program("/no/such/program", List.of("none"), List.of());
            int failed = Takeover.execute(posix, none, ends[0], List.of());

            assertThat(Errno.ENOENT.is(failed)).as(Errno.of(failed)).isTrue();
            assertThat(closesOnExec(ends[0])).isTrue();
            assertThat(closesOnExec(ends[1])).isTrue();
            real.close(ends[0]);
            real.close(ends[1]);
        }
    }
}
