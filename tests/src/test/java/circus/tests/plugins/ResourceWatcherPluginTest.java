package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.plugins.Happenings.Happening;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** ResourceWatcher with processes that really eat memory. */
@ExtendWith(HomeExtension.class)
class ResourceWatcherPluginTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final String EATER = """
            import time
            eaten = b"x" * (64 << 20)
            time.sleep(1000)
            """;

    private final Home home;

    ResourceWatcherPluginTest(Home home) {
        this.home = home;
    }

    private static List<String> metrics(DatagramSocket statsd, int count) throws IOException {
        List<String> metrics = new ArrayList<>();
        statsd.setSoTimeout((int) PATIENCE.toMillis());
        while (metrics.size() < count) {
            DatagramPacket packet = new DatagramPacket(new byte[1024], 1024);
            statsd.receive(packet);
            metrics.add(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
        }
        return metrics;
    }

    @Test
    void who_eats_memory_for_a_round_more_than_max_count_is_restarted() throws Exception {
        Path eater = home.write("eater.py", EATER);
        try (DatagramSocket statsd = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Circus circus = home.circus("eats", "", """
                    [plugin:resources]
                    use = circus.plugins.resource_watcher.ResourceWatcher
                    service = eater
                    max_mem = 40M
                    max_cpu = 0
                    health_threshold = 0
                    loop_rate = 1
                    max_count = 2
                    host = 127.0.0.1
                    port = %d
                    application_name = shop

                    [watcher:eater]
                    cmd = %s %s
                    graceful_timeout = 1
                    """.formatted(statsd.getLocalPort(), DebianPython.PROGRAM, eater));
            circus.start();
            int before = circus.awaitWorkers("eater", 1).get(0);

            String over = "circus.shop.watcher._resource_watcher.eater.over_memory:1|c";
            assertThat(metrics(statsd, 4))
                    .containsExactly(over, over, over, "circus.shop.watcher._resource_watcher.eater.restarting:1|c");
            await("another")
                    .atMost(PATIENCE)
                    .until(() -> !circus.pids("eater").contains(before)
                            && circus.pids("eater").size() == 1);
            assertThat(Happenings.of(circus, "eater", "exit"))
                    .first()
                    .satisfies(end -> assertThat(end.reason()).isEqualTo("restart"));
            assertThat(circus.manager().errors())
                    .contains("eater: over_memory in 3 rounds in a row: it is restarted")
                    .contains("service in [plugin:resources] is an old name: write watcher instead");
            circus.terminate();
            home.mustBeEmpty();
        }
    }

    @Test
    void one_child_alone_is_signalled() {
        Path eater = home.write("eater.py", EATER);
        Path family = home.write("family.sh", """
                sleep 1000 &
                echo sleeper $!
                %s %s &
                echo eater $!
                wait $!
                echo ended $?
                wait
                """.formatted(DebianPython.PROGRAM, eater));
        Circus circus = home.circus("family", "", """
                [plugin:resources]
                use = ResourceWatcher
                watcher = family
                max_mem = 40M
                max_cpu = 0
                health_threshold = 0
                loop_rate = 0.5
                max_count = 1
                process_children = true
                child_signal = USR1

                [watcher:family]
                cmd = sh %s
                numprocesses = 2
                stop_children = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(family, home.path("family.log")));
        circus.start();
        List<Integer> before = circus.awaitWorkers("family", 2);
        await("the eaters of both have got it").atMost(PATIENCE).until(() -> said("ended 138") == 2);

        assertThat(circus.pids("family")).isEqualTo(before);
        assertThat(Happenings.of(circus, "family", "exit")).isEmpty();
        assertThat(Home.read(home.path("family.log")).lines().filter(line -> line.startsWith("sleeper ")))
                .hasSize(2)
                .allSatisfy(line -> assertThat(ProcessHandle.of(Long.parseLong(line.substring("sleeper ".length()))))
                        .isPresent());
        circus.terminate();
        home.mustBeEmpty();
    }

    private long said(String line) {
        return Home.read(home.path("family.log")).lines().filter(line::equals).count();
    }

    @Test
    void one_that_does_not_say_whom_it_looks_after_ends_with_that_word() {
        Circus circus = home.circus("whom", "", """
                [plugin:resources]
                use = ResourceWatcher
                """);
        circus.start();
        await("it is told")
                .atMost(PATIENCE)
                .until(() -> circus.manager()
                        .errors()
                        .contains("cannot look after a watcher: [plugin:resources] does not say which"));
        await("it ends by that")
                .atMost(PATIENCE)
                .until(() -> Happenings.of(circus, "plugin:resources", "exit").stream()
                        .map(Happening::reason)
                        .anyMatch("died"::equals));
        circus.terminate();
        home.mustBeEmpty();
    }
}
