package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against servers that answer as Redis does, or should not; a real one is in circus.tests.plugins. */
@Timeout(60)
class RedisObserverTest {
    private static final String PREFIX = "circus.redis_observer.watcher.redis_stats.";
    private static final String SILENCE = "";

    private final StatsdServer statsd = new StatsdServer();
    private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<Socket> accepted = Collections.synchronizedList(new ArrayList<>());
    private final RedisObserver plugin = new RedisObserver();

    /** What the server answers to words. */
    private volatile Function<String, String> server = words -> bulk("used_memory:1");

    RedisObserverTest() throws IOException {
        thread(() -> {
            while (true) {
                Socket socket = listening.accept();
                accepted.add(socket);
                thread(() -> serve(socket));
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // The end of this connection, or of the test.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        while (true) {
            String count = in.readLine();
            if (count == null) {
                return;
            }
            List<String> words = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(count.substring(1)); i++) {
                assertThat(in.readLine()).startsWith("$");
                words.add(in.readLine());
            }
            asked.add(String.join(" ", words));
            String answer = server.apply(String.join(" ", words));
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private void hangUpAll() {
        accepted.forEach(socket -> {
            try {
                socket.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        plugin.stop();
        listening.close();
        hangUpAll();
        statsd.close();
    }

    private Rehearsal observe(String login, String rest, String... more) throws Exception {
        Map<String, String> options = statsd.options(more);
        options.put("redis_url", "redis://" + login + "127.0.0.1:" + listening.getLocalPort() + rest);
        options.put("restart_on_timeout", "redis");
        Rehearsal circus = new Rehearsal(options);
        plugin.start(circus);
        return circus;
    }

    @Test
    void what_the_server_reports_of_the_keys_is_told_and_the_rest_passed_over() throws Exception {
        String info = String.join(
                "\r\n",
                "# Server",
                "redis_version:7.0.15",
                "uptime_in_seconds:12",
                "",
                "# Memory",
                "used_memory:1000",
                "mem_fragmentation_ratio:1.50",
                "keyspace_hits:nan",
                "used_cpu_sys:0.012345",
                "");
        server = words -> bulk(info);
        Rehearsal circus = observe("", "/0");
        circus.wholeRound();
        assertThat(statsd.receive(4))
                .containsExactly(
                        PREFIX + "used_memory:1000|g",
                        PREFIX + "used_cpu_sys:0.012345|g",
                        PREFIX + "mem_fragmentation_ratio:1.5|g",
                        PREFIX + "uptime_in_seconds:12|g");
        circus.wholeRound();
        assertThat(statsd.receive(4)).hasSize(4);
        assertThat(circus.casts).isEmpty();
        assertThat(asked).containsExactly("INFO", "INFO");
        assertThat(accepted).as("the connection is kept").hasSize(1);
    }

    @Test
    void who_asks_and_of_which_database_is_told_first() throws Exception {
        server = words -> words.equals("INFO") ? bulk("used_memory:1") : "+OK\r\n";
        observe("me:sec%20ret@", "/3").wholeRound();
        assertThat(asked).containsExactly("AUTH me sec ret", "SELECT 3", "INFO");
    }

    @Test
    void a_connection_that_came_to_its_end_meanwhile_is_made_again() throws Exception {
        Rehearsal circus = observe("", "");
        circus.wholeRound();
        hangUpAll();
        circus.wholeRound();
        assertThat(statsd.receive(2)).containsOnly(PREFIX + "used_memory:1|g");
        assertThat(circus.casts).isEmpty();
    }

    @Test
    void a_server_that_answers_by_an_error_is_not_restarted() throws Exception {
        server = words -> "-LOADING Redis is loading the dataset in memory\r\n";
        Rehearsal circus = observe("", "");
        circus.wholeRound();
        assertThat(statsd.receive(1)).containsExactly(PREFIX + "error:1|c");
        server = words -> "HTTP/1.1 400 Bad Request\r\n\r\n";
        circus.wholeRound();
        assertThat(statsd.receive(1)).containsExactly(PREFIX + "error:1|c");
        assertThat(circus.casts).isEmpty();
        assertThat(statsd.rest()).isEmpty();
    }

    @Test
    void a_server_that_is_silent_is_restarted_in_time_and_the_plugin_does_not_wait() throws Exception {
        server = words -> SILENCE;
        Rehearsal circus = observe("", "", "timeout", "0.5");
        long begun = System.nanoTime();
        circus.round();
        assertThat(System.nanoTime() - begun).as("the plugin's thread goes on").isLessThan(400_000_000L);
        circus.round();
        circus.posted();
        assertThat(System.nanoTime() - begun).isBetween(450_000_000L, 20_000_000_000L);
        assertThat(circus.isNothingPosted()).isTrue();
        assertThat(statsd.receive(2)).containsExactly(PREFIX + "error:1|c", PREFIX + "restart_on_error:1|c");
        assertThat(circus.casts).containsExactly("restart redis");
        assertThat(asked).containsExactly("INFO");

        server = words -> bulk("used_memory:2");
        circus.wholeRound();
        assertThat(statsd.receive(1)).containsExactly(PREFIX + "used_memory:2|g");
    }

    @Test
    void half_an_answer_byte_by_byte_is_silence_too() throws Exception {
        server = words -> "$1000\r\nused_memory:";
        Rehearsal circus = observe("", "", "timeout", "0.5");
        circus.wholeRound();
        assertThat(statsd.receive(2)).contains(PREFIX + "restart_on_error:1|c");
        server = words -> "$99999999999\r\n";
        circus.wholeRound();
        assertThat(statsd.receive(1)).containsExactly(PREFIX + "error:1|c");
        server = words -> "$100000000\r\n";
        circus.wholeRound();
        assertThat(statsd.receive(1)).containsExactly(PREFIX + "error:1|c");
        server = words -> "x".repeat(9000);
        circus.wholeRound();
        assertThat(statsd.receive(1)).containsExactly(PREFIX + "error:1|c");
        assertThat(circus.casts).hasSize(1);
    }

    @Test
    void where_nobody_listens_the_watcher_is_restarted() throws Exception {
        Rehearsal circus = observe("", "");
        listening.close();
        circus.wholeRound();
        assertThat(statsd.receive(2)).containsExactly(PREFIX + "error:1|c", PREFIX + "restart_on_error:1|c");
        assertThat(circus.casts).containsExactly("restart redis");
    }
}
