package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real datagrams, and time that passes when it is told to. */
class WatchDogTest {
    private HandDriven circus = circus();
    private WatchDog plugin = new WatchDog(circus::nanos);

    private static HandDriven circus(String... more) {
        String[] common = {"loop_rate", "5", "max_count", "1", "port", "0"};
        String[] all = new String[common.length + more.length];
        System.arraycopy(common, 0, all, 0, common.length);
        System.arraycopy(more, 0, all, common.length, more.length);
        HandDriven circus = new HandDriven("plugin:dog", all);
        circus.answer(
                "status",
                Map.of("statuses", Map.of("Web App", "active", "plugin:dog", "active", "circusd-stats", "active")));
        circus.answer(
                "list",
                properties ->
                        Map.of("pids", "Web App".equals(properties.get("name")) ? List.of(11L, 12L) : List.of(99L)));
        return circus;
    }

    private void restart(String... more) throws Exception {
        plugin.stop();
        circus = circus(more);
        plugin = new WatchDog(circus::nanos);
        plugin.start(circus);
        circus.asked();
    }

    @AfterEach
    void stop() throws Exception {
        plugin.stop();
    }

    private void send(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), plugin.port()));
        }
    }

    private static void until(BooleanSupplier holds) {
        long limit = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it takes too long").isLessThan(limit);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void beatOnce(int pid) throws Exception {
        send(pid + ";1795209277.5");
        LockSupport.parkNanos(1_000_000);
    }

    /** Returns when the heartbeat has been taken. */
    private void beat(int pid) throws Exception {
        beatOnce(pid);
        until(() -> plugin.hasHeard(pid));
    }

    @Test
    void all_that_are_silent_are_ended_in_one_round() throws Exception {
        restart();
        circus.tell(plugin, "db", "spawn", Map.of("process_pid", 20L));
        circus.pass(Duration.ofMillis(4900));
        beat(12);
        circus.pass(Duration.ofMillis(100));
        assertThat(circus.asked()).isEmpty();
        circus.pass(Duration.ofSeconds(5));
        assertThat(circus.asked().stream().map(HandDriven.Asked::toString))
                .containsExactlyInAnyOrder(
                        "cast kill {name=Web App, pid=11}",
                        "cast kill {name=Web App, pid=12}",
                        "cast kill {name=db, pid=20}");
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.asked()).isEmpty();
    }

    @Test
    void who_beats_lives_and_who_has_ended_is_not_ended() throws Exception {
        restart();
        circus.tell(plugin, "Web App", "exit", Map.of("process_pid", 12L));
        for (int round = 0; round < 10; round++) {
            circus.pass(Duration.ofMillis(2500));
            beat(11);
            circus.pass(Duration.ofMillis(2500));
        }
        assertThat(circus.asked()).isEmpty();
    }

    @Test
    void the_signal_and_the_time_of_the_section_are_handed_on() throws Exception {
        restart(
                "watchers_stop_signal",
                "SIGINT",
                "watchers_graceful_timeout",
                "2.5",
                "watchers_regex",
                "web_",
                "msg_regex",
                "(?P<app_name>[a-z]+) (?P<pid>\\d+)");
        circus.tell(plugin, "db", "spawn", Map.of("process_pid", 20L));
        circus.tell(plugin, "WEB", "spawn", Map.of("process_pid", 21L));
        send("web 12 and more");
        until(() -> plugin.hasHeard(12));
        circus.pass(Duration.ofSeconds(10));
        assertThat(circus.asked().stream().map(HandDriven.Asked::toString))
                .containsExactlyInAnyOrder(
                        "cast kill {name=Web App, pid=11, signum=2, graceful_timeout=2.5}",
                        "cast kill {name=Web App, pid=12, signum=2, graceful_timeout=2.5}");
    }

    @Test
    @Timeout(60)
    void nothing_is_kept_of_a_flood_and_no_datagram_hurts() throws Exception {
        restart();
        for (int i = 0; i < 3000; i++) {
            send(100_000 + i + ";1");
            send("no heartbeat " + i);
        }
        send("");
        send(";;;");
        send("99999999999999999999;1");
        send("x".repeat(5000));
        // As processes do: some of a flood is lost on the way.
        while (!plugin.hasHeard(11)) {
            beatOnce(11);
        }
        assertThat(plugin.kept()).isEqualTo(1);
    }

    @Test
    void a_port_that_is_taken_ends_it_before_anybody_is_hurt() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            HandDriven other = new HandDriven("plugin:dog", "port", Integer.toString(taken.getLocalPort()));
            assertThatThrownBy(() -> new WatchDog(other::nanos).start(other))
                    .hasMessageStartingWith("cannot receive heartbeats at 127.0.0.1:" + taken.getLocalPort() + ": ")
                    .hasMessageContaining("ip and port");
            other.pass(Duration.ofHours(1));
            assertThat(other.asked()).isEmpty();
        }
        HandDriven elsewhere = new HandDriven("plugin:dog", "ip", "192.0.2.1", "port", "0");
        assertThatThrownBy(() -> new WatchDog(elsewhere::nanos).start(elsewhere))
                .hasMessageStartingWith("cannot receive heartbeats at 192.0.2.1:0: ");
        HandDriven unnamed = new HandDriven("plugin:dog", "msg_regex", "^(.*);(.*)$", "port", "0");
        assertThatThrownBy(() -> new WatchDog(unnamed::nanos).start(unnamed))
                .hasMessage("cannot use msg_regex = ^(.*);(.*)$: it has no group pid;"
                        + " write (?P<pid>[0-9]+) where the number of the process stands");
    }

    @Test
    void its_port_is_free_when_it_has_ended_also_without_a_word() throws Exception {
        HandDriven other = circus();
        WatchDog left = new WatchDog(other::nanos);
        Thread owner = new Thread(() -> {
            try {
                left.start(other);
            } catch (Exception told) {
                throw new AssertionError(told);
            }
        });
        owner.start();
        owner.join();
        until(() -> isFree(left.port()));
    }

    private static boolean isFree(int port) {
        try (DatagramSocket free = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            return free.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    @Test
    void after_a_freeze_nobody_is_ended_for_what_he_could_not_say() throws Exception {
        restart();
        circus.pass(Duration.ofSeconds(4));
        beat(11);
        beat(12);
        circus.freeze(Duration.ofMinutes(10));
        assertThat(circus.asked()).isEmpty();
        circus.pass(Duration.ofSeconds(11));
        assertThat(circus.asked()).hasSize(2);
    }
}
