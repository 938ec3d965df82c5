package circus.manager.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.client.CircusClient;
import circus.message.Json;
import circus.message.JsonException;
import circus.plugin.PluginCallException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Against a circusd that answers as it is told to. */
@Timeout(60)
class RemoteOrdersTest {
    private static final Map<String, Object> OK = Map.of("status", "ok");
    private static final Map<String, Object> BUSY =
            Map.of("status", "error", "reason", "arbiter is already running watcher_stop command", "errno", 5);

    private final String endpoint = "tcp://127.0.0.1:" + freePort();
    private final RemoteOrders orders = new RemoteOrders("plugin:x", new CircusClient(endpoint));
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private @Nullable Thread circusd;
    private volatile boolean over;

    /** The answer to a command, the number of which is told; null: it goes away. */
    private volatile BiFunction<String, Integer, @Nullable Map<String, Object>> answers = (command, number) -> OK;

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private void start() {
        circusd = new Thread(() -> {
            while (!over) {
                serve();
            }
        });
        circusd.setDaemon(true);
        circusd.start();
    }

    /** Until it goes away. */
    private void serve() {
        try (ZContext context = new ZContext()) {
            ZMQ.Socket router = context.createSocket(SocketType.ROUTER);
            router.setReceiveTimeOut(50);
            boolean unused = router.bind(endpoint);
            while (!over) {
                byte[] peer = router.recv();
                if (peer == null) {
                    continue;
                }
                String body = new String(router.recv(), StandardCharsets.UTF_8);
                Map<String, @Nullable Object> request = new LinkedHashMap<>(Json.readObject(body));
                String command = String.valueOf(request.get("command"));
                asked.add(command);
                Map<String, Object> answer = answers.apply(command, asked.size());
                if (answer == null) {
                    return;
                }
                Map<String, @Nullable Object> reply = new LinkedHashMap<>(answer);
                reply.put("id", request.get("id"));
                router.sendMore(peer);
                router.send(Json.bytes(reply));
            }
        } catch (JsonException broken) {
            throw new AssertionError(broken);
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        orders.close();
        over = true;
        if (circusd != null) {
            circusd.join();
        }
    }

    @Test
    void what_is_given_while_circusd_is_away_is_carried_out_in_order() throws Exception {
        orders.cast("stop", Map.of("name", "a"));
        orders.cast("start", Map.of("name", "a"));
        start();
        assertThat(orders.call("list", Map.of())).containsEntry("status", "ok");
        assertThat(asked).containsExactly("stop", "start", "list");
    }

    @Test
    void what_is_refused_since_another_command_is_under_way_is_tried_again_and_what_else_is_refused_is_told()
            throws Exception {
        answers = (command, number) -> number < 3 ? BUSY : OK;
        start();
        orders.cast("stop", Map.of("name", "a"));
        assertThat(orders.call("restart", Map.of("name", "a"))).containsEntry("status", "ok");
        assertThat(asked).containsExactly("stop", "stop", "stop", "restart");

        answers = (command, number) -> Map.of("status", "error", "reason", "program a not found");
        assertThat(orders.call("stop", Map.of("name", "a"))).containsEntry("reason", "program a not found");
    }

    @Test
    void an_answer_that_got_lost_is_asked_for_again_only_where_that_changes_nothing() throws Exception {
        answers = (command, number) -> number == 1 ? null : OK;
        start();
        assertThat(orders.call("list", Map.of())).containsEntry("status", "ok");
        assertThat(asked).containsExactly("list", "list");

        asked.clear();
        assertThatThrownBy(() -> orders.call("incr", Map.of("name", "a")))
                .isInstanceOf(PluginCallException.class)
                .hasMessageContaining("cannot tell what became of 'incr'");
        assertThat(asked).containsExactly("incr");
        assertThat(orders.call("list", Map.of())).containsEntry("status", "ok");
    }

    @Test
    void what_no_message_can_hold_is_refused_and_the_next_command_is_sent() throws Exception {
        start();
        orders.cast("stop", Map.of("name", new Object()));
        assertThatThrownBy(() -> orders.call("start", Map.of("name", new Object())))
                .isInstanceOf(PluginCallException.class)
                .hasMessage("cannot write a java.lang.Object as JSON");
        Map<String, Object> itself = new HashMap<>();
        itself.put("itself", itself);
        assertThatThrownBy(() -> orders.call("start", itself))
                .isInstanceOf(PluginCallException.class)
                .hasMessageContaining("StackOverflowError");
        assertThat(orders.call("list", Map.of())).containsEntry("status", "ok");
        assertThat(asked).containsExactly("list");
    }

    @Test
    void who_waits_for_an_answer_can_be_interrupted() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread plugin = new Thread(() -> {
            try {
                waits.countDown();
                orders.call("list", Map.of());
            } catch (InterruptedException asItShould) {
                ended.countDown();
            } catch (PluginCallException wrong) {
                throw new AssertionError(wrong);
            }
        });
        plugin.start();
        assertThat(waits.await(20, TimeUnit.SECONDS)).isTrue();
        plugin.interrupt();
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        long begun = System.nanoTime();
        orders.close();
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }
}
