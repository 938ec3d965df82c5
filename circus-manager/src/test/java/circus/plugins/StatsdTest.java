package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatsdTest {
    private static final Statsd.Lookup HERE = host -> InetAddress.getLoopbackAddress();

    @Test
    void each_number_is_a_datagram_as_circus_sends_it() throws IOException {
        try (StatsdServer server = new StatsdServer();
                Statsd statsd = new Statsd("here", server.port(), "myapp", 1, HERE)) {
            statsd.increment("flappy.spawn");
            statsd.decrement("flappy.spawn");
            statsd.gauge("_stats.ok.watchers_num", 0);
            statsd.gauge("_stats.ok.cpu_max", 0.0);
            statsd.gauge("_stats.ok.mem_sum", 3365928L);
            statsd.gauge("_stats.ok.mem_pct_sum", 0.014);
            statsd.timed("http_stats.request_time", 12);
            assertThat(server.receive(7))
                    .containsExactly(
                            "circus.myapp.watcher.flappy.spawn:1|c",
                            "circus.myapp.watcher.flappy.spawn:-1|c",
                            "circus.myapp.watcher._stats.ok.watchers_num:0|g",
                            "circus.myapp.watcher._stats.ok.cpu_max:0.0|g",
                            "circus.myapp.watcher._stats.ok.mem_sum:3365928|g",
                            "circus.myapp.watcher._stats.ok.mem_pct_sum:0.014|g",
                            "circus.myapp.watcher.http_stats.request_time:12|ms");
        }
    }

    @Test
    void a_sample_rate_is_told_and_everything_is_sent() throws IOException {
        try (StatsdServer server = new StatsdServer();
                Statsd statsd = new Statsd("here", server.port(), "app", 0.5, HERE)) {
            for (int i = 0; i < 20; i++) {
                statsd.increment("ok.hook_success");
            }
            statsd.gauge("größe", 1);
            assertThat(server.receive(21))
                    .startsWith("circus.app.watcher.ok.hook_success:1|c|@0.5")
                    .endsWith("circus.app.watcher.größe:1|g|@0.5")
                    .hasSize(21);
        }
    }

    @Test
    void a_name_that_takes_its_time_holds_nobody_up_and_the_queue_has_an_end() throws Exception {
        CountDownLatch found = new CountDownLatch(1);
        try (StatsdServer server = new StatsdServer();
                Statsd statsd = new Statsd("slow", server.port(), "app", 1, host -> {
                    awaitQuietly(found);
                    return InetAddress.getLoopbackAddress();
                })) {
            // One more may be in the sender's hands.
            int many = Statsd.MOST_WAITING + 100;
            for (int i = 0; i < many; i++) {
                statsd.increment("many");
            }
            assertThat(statsd.leftOut()).isBetween(99L, 100L);
            found.countDown();
            assertThat(server.receive(1)).containsExactly("circus.app.watcher.many:1|c");
        }
    }

    @Test
    void an_unknown_name_is_looked_up_no_more_than_now_and_then() throws Exception {
        CountDownLatch lookups = new CountDownLatch(2);
        try (Statsd statsd = new Statsd("nowhere", 8125, "app", 1, host -> {
            lookups.countDown();
            throw new UnknownHostException(host);
        })) {
            for (int i = 0; i < 100; i++) {
                statsd.increment("lost");
            }
            statsd.close();
            assertThat(statsd.leftOut()).isEqualTo(100);
            assertThat(lookups.getCount()).isEqualTo(1);
        }
    }

    @Test
    void nobody_at_home_is_no_matter_and_closing_sends_what_waits() throws Exception {
        int port;
        try (StatsdServer gone = new StatsdServer()) {
            port = gone.port();
        }
        try (Statsd statsd = new Statsd("here", port, "app", 1, HERE)) {
            for (int i = 0; i < 100; i++) {
                statsd.increment("lost");
            }
        }
        try (StatsdServer server = new StatsdServer()) {
            Statsd statsd = new Statsd("here", server.port(), "app", 1, HERE);
            for (int i = 0; i < 100; i++) {
                statsd.increment("last");
            }
            statsd.close();
            statsd.increment("too late");
            assertThat(server.rest()).hasSize(100).containsOnly("circus.app.watcher.last:1|c");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) throws UnknownHostException {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new UnknownHostException("slow");
            }
        } catch (InterruptedException closed) {
            throw new UnknownHostException("slow");
        }
    }
}
