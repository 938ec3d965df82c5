package papa.loop;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.PosixException;

class EventLoopTest {
    /** As for a process whose pidfd could not be opened: it is reaped on SIGCHLD instead. */
    @Test
    void what_is_no_descriptor_can_be_removed() throws PosixException {
        EventLoop loop = new EventLoop(new NativePosix());
        assertThatCode(() -> loop.remove(Errno.EMFILE.negated())).doesNotThrowAnyException();
        assertThatCode(() -> loop.remove(100_000)).doesNotThrowAnyException();
    }
}
