package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.plugins.Happenings.Happening;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** WatchDog with processes that send heartbeats until they are told to be silent. */
@ExtendWith(HomeExtension.class)
class WatchDogPluginTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final String BEATING = """
            import os, socket, sys, time
            out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            while True:
                if not os.path.exists(sys.argv[2]):
                    out.sendto(("%d;%f" % (os.getpid(), time.time())).encode(), ("127.0.0.1", int(sys.argv[1])))
                time.sleep(0.2)
            """;

    private final Home home;

    WatchDogPluginTest(Home home) {
        this.home = home;
    }

    @Test
    void who_beats_lives_and_all_that_fall_silent_are_replaced_at_once() throws Exception {
        Path script = home.write("beating.py", BEATING);
        Path silence = home.path("silence");
        int port = Home.freePort();
        Circus circus = home.circus("dog", "", """
                [plugin:dog]
                use = WatchDog
                loop_rate = 1.5
                max_count = 2
                port = %d
                watchers_regex = beating
                watchers_stop_signal = INT

                [watcher:Beating]
                cmd = %s %s %d %s
                numprocesses = 3

                [watcher:steady]
                cmd = %2$s %3$s %4$d /nowhere

                [watcher:silent]
                cmd = sleep 1000
                """.formatted(port, DebianPython.PROGRAM, script, port, silence));
        circus.start();
        List<Integer> before = circus.awaitWorkers("beating", 3);
        List<Integer> others = circus.awaitWorkers("silent", 1);
        await("they live while they beat")
                .during(Duration.ofSeconds(6))
                .atMost(PATIENCE)
                .until(() -> circus.pids("beating").equals(before));
        Files.createFile(silence);
        await("they are ended")
                .atMost(PATIENCE)
                .until(() -> Happenings.of(circus, "beating", "exit").size() >= 3);
        Files.delete(silence);
        List<Happening> ends = Happenings.of(circus, "beating", "exit");
        assertThat(ends.stream().limit(3).map(Happening::pid)).containsExactlyInAnyOrderElementsOf(before);
        assertThat(ends).allSatisfy(end -> assertThat(end.reason()).isEqualTo("kill"));
        assertThat(ends.get(2).time() - ends.get(0).time()).isLessThan(1.4);
        List<Integer> after = circus.awaitWorkers("beating", 3);
        assertThat(after).doesNotContainAnyElementsOf(before);
        assertThat(circus.pids("silent")).isEqualTo(others);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_port_that_is_taken_is_told_and_nobody_is_ended() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Circus circus = home.circus("deaf", "", """
                    [plugin:dog]
                    use = circus.plugins.watchdog.WatchDog
                    loop_rate = 0.1
                    max_count = 1
                    port = %d

                    [watcher:silent]
                    cmd = sleep 1000
                    """.formatted(taken.getLocalPort()));
            circus.start();
            List<Integer> before = circus.awaitWorkers("silent", 1);
            await("it is told")
                    .atMost(PATIENCE)
                    .until(() -> circus.manager()
                            .errors()
                            .contains("cannot receive heartbeats at 127.0.0.1:" + taken.getLocalPort()));
            await("nobody is hurt")
                    .during(Duration.ofSeconds(2))
                    .atMost(PATIENCE)
                    .until(() -> circus.pids("silent").equals(before));
            taken.close();
            await("it goes on by itself")
                    .atMost(PATIENCE)
                    .until(() -> !Happenings.of(circus, "silent", "exit").isEmpty());
            circus.terminate();
            home.mustBeEmpty();
        }
    }
}
