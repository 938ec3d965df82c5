package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.manager.Feed.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is published at stats_endpoint, and the watcher that does it. */
@ExtendWith(HomeExtension.class)
class StatsFeedTest {
    private static final Duration TO_COME = Duration.ofSeconds(30);
    private static final String STATISTICS = "circusd-stats";

    private final Circus circus;
    private final String endpoint = "tcp://127.0.0.1:" + Home.freePort();
    private final int web = Home.freePort();
    private final Feed feed = new Feed(endpoint);

    StatsFeedTest(Home home) {
        circus = home.circus("feed", "statsd = True\nstats_endpoint = " + endpoint + "\n", """
                [socket:web]
                host = 127.0.0.1
                port = %d
                [watcher:Two Words]
                cmd = sleep 1000
                numprocesses = 2
                [watcher:busy]
                cmd = /bin/sh -c 'while :; do :; done'
                """.formatted(web));
    }

    @AfterEach
    void leave() {
        feed.close();
        circus.terminate();
    }

    private List<Message> awaitMessages(String topic, int count) {
        return await(count + " messages of " + topic)
                .atMost(TO_COME)
                .until(() -> feed.of(topic), found -> found.size() >= count);
    }

    private static double number(Message message, String key) {
        return ((Number) Objects.requireNonNull(message.payload().get(key), key)).doubleValue();
    }

    @Test
    void every_second_each_process_is_told_then_its_watcher_and_the_daemons_and_sockets() throws IOException {
        circus.start();
        List<Integer> pids = circus.awaitWorkers("two words", 2);
        int busy = circus.awaitWorkers("busy", 1).get(0);

        Message one = awaitMessages("stat.two_words." + pids.get(0), 2).get(1);
        assertThat(one.payload().keySet())
                .containsExactly(
                        "mem_info1",
                        "mem_info2",
                        "cpu",
                        "mem",
                        "ctime",
                        "pid",
                        "username",
                        "nice",
                        "create_time",
                        "age",
                        "cmdline",
                        "children",
                        "subtopic",
                        "name");
        assertThat(one.payload())
                .containsEntry("pid", pids.get(0).longValue())
                .containsEntry("subtopic", pids.get(0).longValue())
                .containsEntry("cmdline", "sleep")
                .containsEntry("children", List.of())
                .containsEntry("name", null);

        Message both = awaitMessages("stat.two_words", 2).get(1);
        assertThat(both.payload().keySet()).containsExactly("pid", "cpu", "mem", "age");
        assertThat(both.payload())
                .containsEntry("pid", pids.stream().map(Integer::longValue).toList());
        assertThat(number(both, "age")).isGreaterThanOrEqualTo(number(one, "age"));

        await("a share of a processor")
                .atMost(TO_COME)
                .until(() -> feed.of("stat.busy." + busy).stream().anyMatch(each -> number(each, "cpu") > 2.0));

        Message daemon =
                awaitMessages("stat.circus." + circus.manager().pid(), 1).get(0);
        assertThat(daemon.payload()).containsEntry("name", "circusd");
        assertThat(awaitMessages("stat.circus", 1).get(0).payload().get("pid")).isInstanceOf(List.class);

        try (Socket unserved = new Socket(InetAddress.getLoopbackAddress(), web)) {
            assertThat(unserved.isConnected()).isTrue();
            await("somebody waits at the socket")
                    .atMost(TO_COME)
                    .until(() -> feed.of("stat.sockets").stream().anyMatch(each -> number(each, "reads") > 0));
        }
        Message sockets = feed.of("stat.sockets").get(0);
        assertThat(sockets.payload()).containsEntry("addresses", List.of("127.0.0.1:" + web));
        Message socket = feed.all().stream()
                .filter(each -> each.topic().startsWith("stat.sockets."))
                .findFirst()
                .orElseThrow();
        assertThat(socket.payload().keySet()).containsExactly("fd", "subtopic", "reads", "address");
        assertThat(feed.all()).noneMatch(each -> each.topic().startsWith("stat." + STATISTICS));
    }

    @Test
    void a_watcher_that_nobody_is_in_any_more_is_told_of_once_more() {
        circus.start();
        awaitMessages("stat.two_words", 1);
        circus.tell("stop", "--waiting", "two words");
        feed.forget();
        awaitMessages("stat.busy", 4);
        List<Message> last = feed.of("stat.two_words").stream()
                .filter(each -> each.payload().get("pid") instanceof List<?> pids && pids.isEmpty())
                .toList();
        assertThat(last)
                .singleElement()
                .satisfies(each -> assertThat(each.payload())
                        .containsEntry("cpu", 0.0)
                        .containsEntry("mem", 0L)
                        .containsEntry("age", "N/A"));
    }

    @Test
    void it_is_a_watcher_that_can_be_stopped_started_and_killed() {
        circus.start();
        awaitMessages("stat.busy", 1);
        assertThat(circus.tell("list")).isEqualTo("busy,circusd-stats,two words");
        assertThat(circus.tell("status")).contains("circusd-stats: active");
        assertThat(circus.tell("options", STATISTICS)).contains("--statspoint " + endpoint);
        int first = circus.awaitWorkers(STATISTICS, 1).get(0);

        circus.tell("stop", "--waiting", STATISTICS);
        assertThat(circus.tell("status", STATISTICS)).isEqualTo("stopped");
        feed.forget();
        circus.tell("start", "--waiting", STATISTICS);
        awaitMessages("stat.busy", 1);
        int second = circus.awaitWorkers(STATISTICS, 1).get(0);
        assertThat(second).isNotEqualTo(first);

        circus.tell("signal", STATISTICS, "KILL");
        await("another one")
                .atMost(TO_COME)
                .until(() -> circus.pids(STATISTICS), pids -> pids.size() == 1 && pids.get(0) != second);
        feed.forget();
        awaitMessages("stat.busy", 1);
        assertThat(circus.manager().isAlive()).isTrue();
    }

    @Test
    void whoever_listens_hears_of_the_same_workers_after_a_crash_of_circusd_and_an_upgrade() {
        Daemon former = circus.start();
        int busy = circus.awaitWorkers("busy", 1).get(0);
        awaitMessages("stat.busy." + busy, 1);
        former.kill9();
        circus.start();
        feed.forget();
        awaitMessages("stat.busy." + busy, 1);

        assertThat(circus.tell("upgrade", "--probation", "1")).contains("has taken over");
        feed.forget();
        awaitMessages("stat.busy." + busy, 1);
        assertThat(circus.tell("status", STATISTICS)).isEqualTo("active");
    }

    @Test
    void a_peer_that_sends_something_else_takes_nothing_from_others() {
        DebianPython.requireZmq();
        circus.start();
        awaitMessages("stat.busy", 1);
        Commands.run(TO_COME, DebianPython.PROGRAM, "-c", """
                        import sys, time, zmq
                        odd = zmq.Context().socket(zmq.XSUB)
                        odd.setsockopt(zmq.LINGER, 0)
                        odd.connect(sys.argv[1])
                        odd.send(b'\\x01stat.')
                        time.sleep(0.5)
                        odd.send(b'\\x05')
                        time.sleep(0.5)
                        """, endpoint).mustSucceed();
        feed.forget();
        awaitMessages("stat.busy", 2);
    }

    @Test
    void reloadconfig_begins_and_ends_it() {
        circus.edit("statsd = True\nstats_endpoint = " + endpoint + "\n", "");
        circus.start();
        assertThat(circus.tell("list")).isEqualTo("busy,two words");
        circus.edit("[circus]\n", "[circus]\nstatsd = True\nstats_endpoint = " + endpoint + "\n");
        assertThat(circus.tell("reloadconfig", "--waiting")).isEqualTo("ok");
        awaitMessages("stat.busy", 1);

        circus.edit("statsd = True\nstats_endpoint = " + endpoint + "\n", "");
        assertThat(circus.tell("reloadconfig", "--waiting")).isEqualTo("ok");
        assertThat(circus.tell("list")).isEqualTo("busy,two words");
    }
}
