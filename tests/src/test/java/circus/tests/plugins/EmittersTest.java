package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The plugins that tell statsd, in circusd. */
@ExtendWith(HomeExtension.class)
class EmittersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Home home;

    EmittersTest(Home home) {
        this.home = home;
    }

    private static String statsd(Metrics metrics) {
        return "host = localhost\nport = " + metrics.port() + "\n";
    }

    @Test
    void events_are_counted() {
        try (Metrics statsd = new Metrics()) {
            Circus circus = home.circus("events", "", """
                    [plugin:stats]
                    use = circus.plugins.statsd.StatsdEmitter
                    application_name = myapp
                    sample_rate = 0.5
                    %s
                    [watcher:Flappy One]
                    cmd = sleep 1000
                    numprocesses = 2
                    """.formatted(statsd(statsd)));
            circus.start();
            await("the start")
                    .atMost(PATIENCE)
                    .until(() -> statsd.all().contains("circus.myapp.watcher.flappy_one.start:1|c|@0.5"));
            statsd.forget();
            circus.tell("stop", "--waiting", "flappy one");
            await("the stop").atMost(PATIENCE).until(() -> statsd.of("myapp").contains("flappy_one.stop:1|c|@0.5"));
            List<String> told = statsd.of("myapp");
            assertThat(told.stream()
                            .filter(line -> !line.startsWith("flappy_one.exit"))
                            .toList())
                    .containsExactly(
                            "flappy_one.kill:1|c|@0.5",
                            "flappy_one.kill:1|c|@0.5",
                            "flappy_one.reap:1|c|@0.5",
                            "flappy_one.reap:1|c|@0.5",
                            "flappy_one.stop:1|c|@0.5");
            circus.terminate();
        }
    }

    @Test
    void figures_are_told_in_circus_order() {
        try (Metrics statsd = new Metrics()) {
            Circus circus = home.circus("figures", "", """
                    [plugin:stats]
                    use = FullStats
                    loop_rate = 0.5
                    %s
                    [watcher:Ok]
                    cmd = sleep 1000
                    numprocesses = 2

                    [watcher:aborted1]
                    cmd = sleep 1000
                    autostart = no
                    """.formatted(statsd(statsd)));
            circus.start();
            circus.awaitWorkers("ok", 2);
            await("figures of both")
                    .atMost(PATIENCE)
                    .until(() -> statsd.of("app").contains("_stats.Ok.watchers_num:2|g"));
            statsd.forget();
            await("two rounds")
                    .atMost(PATIENCE)
                    .until(() -> statsd.of("app").stream()
                                    .filter(line -> line.startsWith("_stats.Ok.mem_sum"))
                                    .count()
                            == 2);
            List<String> told = statsd.of("app");
            int begin = told.indexOf("_stats.Ok.watchers_num:2|g");
            assertThat(told.subList(begin, begin + 7))
                    .extracting(line ->
                            line.replaceAll(":[0-9]+\\.[0-9]+\\|", ":F|").replaceAll(":[0-9]{5,}\\|", ":N|"))
                    .containsExactly(
                            "_stats.Ok.watchers_num:2|g",
                            "_stats.Ok.cpu_max:F|g",
                            "_stats.Ok.cpu_sum:F|g",
                            "_stats.Ok.mem_pct_max:F|g",
                            "_stats.Ok.mem_pct_sum:F|g",
                            "_stats.Ok.mem_max:N|g",
                            "_stats.Ok.mem_sum:N|g");
            assertThat(told).contains("_stats.aborted1.watchers_num:0|g").noneMatch(line -> line.contains("plugin:"));
            circus.terminate();
        }
    }

    @Test
    void a_page_is_watched_and_who_serves_it_restarted() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int[] status = {200};
        web.setExecutor(threads);
        web.createContext("/", exchange -> {
            if (status[0] == 0) {
                try {
                    boolean unused = over.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException ended) {
                    return;
                }
            }
            exchange.sendResponseHeaders(Math.max(200, status[0]), -1);
            exchange.close();
        });
        web.start();
        try (Metrics statsd = new Metrics()) {
            Circus circus =
                    home.circus("page", "", """
                    [plugin:page]
                    use = HttpObserver
                    loop_rate = 0.5
                    timeout = 1
                    check_url = http://127.0.0.1:%d/here
                    restart_on_error = Web Server
                    %s
                    [watcher:Web Server]
                    cmd = sleep 1000
                    """.formatted(web.getAddress().getPort(), statsd(statsd)));
            circus.start();
            await("a time")
                    .atMost(PATIENCE)
                    .until(() -> statsd.of("http_observer").stream()
                            .anyMatch(line -> line.matches("http_stats\\.request_time:\\d+\\|ms")));
            List<Integer> before = circus.awaitWorkers("web server", 1);
            assertThat(statsd.of("http_observer")).noneMatch(line -> line.contains("error"));

            status[0] = 500;
            await("a restart")
                    .atMost(PATIENCE)
                    .until(() -> !circus.pids("web server").equals(before));
            assertThat(statsd.of("http_observer"))
                    .containsSubsequence(
                            "http_stats.error:1|c", "http_stats.error.500:1|c", "http_stats.restart_on_error:1|c");

            status[0] = 0;
            await("silence is an error")
                    .atMost(PATIENCE)
                    .until(() -> statsd.of("http_observer").contains("http_stats.error.599:1|c"));
            status[0] = 200;
            over.countDown();
            statsd.forget();
            await("it is there again")
                    .atMost(PATIENCE)
                    .until(() -> statsd.of("http_observer").stream().anyMatch(line -> line.contains("request_time")));
            circus.terminate();
        } finally {
            web.stop(0);
            threads.shutdownNow();
        }
    }
}
