package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.options.BadValueException;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpObserverTest {
    private static final String PREFIX = "circus.http_observer.watcher.http_stats.";

    private final StatsdServer statsd = new StatsdServer();
    private final HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final HttpObserver plugin = new HttpObserver();

    HttpObserverTest() throws IOException {
        web.setExecutor(threads);
        web.createContext("/fine", exchange -> {
            byte[] page = "a page".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        web.createContext("/empty", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        web.createContext("/broken", exchange -> {
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        web.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/fine");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        web.createContext("/private", exchange -> {
            String who = exchange.getRequestHeaders().getFirst("Authorization");
            exchange.sendResponseHeaders("Basic bWU6c2VjcmV0".equals(who) ? 200 : 401, -1);
            exchange.close();
        });
        web.createContext("/silent", exchange -> hold());
        web.createContext("/trickle", exchange -> {
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            hold();
        });
        web.start();
    }

    private void hold() throws IOException {
        try {
            boolean unused = over.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        plugin.stop();
        over.countDown();
        web.stop(0);
        threads.shutdownNow();
        statsd.close();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + web.getAddress().getPort() + path;
    }

    private Rehearsal observe(String url, String... options) throws Exception {
        Map<String, String> config = statsd.options(options);
        config.put("check_url", url);
        Rehearsal circus = new Rehearsal(config);
        plugin.start(circus);
        return circus;
    }

    @Test
    void a_page_that_is_there_is_told_in_whole_milliseconds() throws Exception {
        Rehearsal circus = observe(url("/fine"), "restart_on_error", "web");
        assertThat(circus.period).isEqualTo(Duration.ofSeconds(60));
        circus.wholeRound();
        circus.wholeRound();
        assertThat(statsd.receive(2))
                .allMatch(line -> line.matches(PREFIX.replace(".", "\\.") + "request_time:\\d+\\|ms"));
        assertThat(circus.casts).isEmpty();
        assertThat(statsd.rest()).isEmpty();
    }

    @Test
    void what_succeeds_otherwise_is_fine_too() throws Exception {
        for (String path : List.of("/empty", "/moved")) {
            observe(url(path)).wholeRound();
            assertThat(statsd.receive(1).get(0)).contains("request_time:");
        }
        observe(url("/private").replace("//", "//me:secret@")).wholeRound();
        assertThat(statsd.receive(1).get(0)).contains("request_time:");
    }

    @Test
    void an_error_is_counted_by_its_status_and_a_watcher_restarted() throws Exception {
        Rehearsal circus = observe(url("/broken"), "restart_on_error", "web");
        circus.wholeRound();
        assertThat(statsd.receive(3))
                .containsExactly(PREFIX + "error:1|c", PREFIX + "error.500:1|c", PREFIX + "restart_on_error:1|c");
        assertThat(circus.casts).containsExactly("restart web");
        circus.wholeRound();
        assertThat(circus.casts).hasSize(2);
    }

    @Test
    void without_a_watcher_an_error_is_only_counted() throws Exception {
        Rehearsal circus = observe(url("/nowhere"), "application_name", "mine");
        circus.wholeRound();
        assertThat(statsd.receive(2))
                .containsExactly(
                        "circus.mine.watcher.http_stats.error:1|c", "circus.mine.watcher.http_stats.error.404:1|c");
        assertThat(circus.casts).isEmpty();
    }

    @Test
    void silence_and_half_an_answer_are_599_in_time_and_nothing_else_is_asked_meanwhile() throws Exception {
        for (String path : List.of("/silent", "/trickle")) {
            Rehearsal circus = observe(url(path), "timeout", "0.5");
            long begun = System.nanoTime();
            circus.round();
            assertThat(System.nanoTime() - begun)
                    .as("the plugin's thread goes on")
                    .isLessThan(400_000_000L);
            circus.round();
            circus.posted();
            assertThat(System.nanoTime() - begun).isBetween(450_000_000L, 20_000_000_000L);
            assertThat(statsd.receive(2)).containsExactly(PREFIX + "error:1|c", PREFIX + "error.599:1|c");
            assertThat(statsd.rest()).isEmpty();
            assertThat(circus.isNothingPosted()).isTrue();
        }
    }

    @Test
    void where_nobody_listens_it_is_599_too_and_it_is_seen_when_it_comes_back() throws Exception {
        String there = url("/fine");
        int port = web.getAddress().getPort();
        Rehearsal circus = observe(there, "restart_on_error", "web");
        circus.wholeRound();
        assertThat(statsd.receive(1).get(0)).contains("request_time:");
        web.stop(0);
        circus.wholeRound();
        assertThat(statsd.receive(3)).contains(PREFIX + "error.599:1|c");
        HttpServer again = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        again.createContext("/fine", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        again.start();
        try {
            circus.wholeRound();
            assertThat(statsd.receive(1).get(0)).contains("request_time:");
            assertThat(circus.casts).containsExactly("restart web");
        } finally {
            again.stop(0);
        }
    }

    @Test
    void what_is_no_web_address_is_refused() {
        assertThatThrownBy(() -> observe("localhost:80"))
                .isInstanceOf(BadValueException.class)
                .hasMessageContaining("cannot use check_url = localhost:80: 'localhost:80' is not a web address");
    }
}
