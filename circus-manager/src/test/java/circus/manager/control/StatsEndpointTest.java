package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StatsEndpointTest {
    private static final int ROUNDS = 40;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().matches("(iothread|reaper|circus-door).*"))
                .collect(Collectors.toSet());
    }

    /** As the worker of the watcher circusd-stats is ended: it is told to, and interrupted. */
    @Test
    void who_is_interrupted_while_he_closes_it_leaves_no_thread_behind() throws Exception {
        Set<Thread> before = threads();
        for (int i = 0; i < ROUNDS; i++) {
            interruptedClose(i % 10);
        }
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Set<Thread> left = threads();
        left.removeAll(before);
        while (left.stream().anyMatch(Thread::isAlive) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(left.stream().filter(Thread::isAlive)).isEmpty();
    }

    private static void interruptedClose(int times) throws Exception {
        int port = freePort();
        CountDownLatch open = new CountDownLatch(1);
        boolean[] interrupted = new boolean[1];
        Thread owner = new Thread(() -> {
            try (StatsEndpoint endpoint = new StatsEndpoint(
                    "tcp://127.0.0.1:" + port, Access.of(Optional.empty(), false, Optional.empty()))) {
                open.countDown();
                endpoint.await(LIMIT);
            } catch (InterruptedException | CannotListenException over) {
                interrupted[0] = true;
            }
        });
        owner.start();
        open.await();
        for (int i = 0; i <= times; i++) {
            owner.interrupt();
            LockSupport.parkNanos(500_000);
        }
        owner.join(LIMIT.toMillis());
        assertThat(owner.isAlive()).isFalse();
        assertThat(interrupted[0]).isTrue();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
