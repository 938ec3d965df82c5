package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker writes more than the kernel keeps while its file cannot be written, for its directory is missing. */
@ExtendWith(HomeExtension.class)
class StuckFileTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int LINES = 40_000;
    private static final Pattern LOST = Pattern.compile("\\[circus] (\\d+) bytes lost .*");

    private final Home home;
    private final Path log;
    private final Path other;
    private final Path done;

    StuckFileTest(Home home) {
        this.home = home;
        this.log = home.path("missing").resolve("log");
        this.other = home.path("other.log");
        this.done = home.path("done");
    }

    private Circus start(String options) {
        Path writer = home.script("write.sh", """
                seq -f %%099.0f 1 %d
                touch %s
                exec sleep 1000
                """.formatted(LINES, done));
        Path ticker = home.script("tick.sh", "while :; do echo tick; sleep 0.1; done\n");
        Circus circus = home.circus("stuck", "", """
                [watcher:writer]
                cmd = %s
                copy_env = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                %s[watcher:ticker]
                cmd = %s
                copy_env = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(writer, log, options, ticker, other));
        circus.start();
        return circus;
    }

    private void awaitTicks() {
        int before = Home.read(other).length();
        await().atMost(SOON).until(() -> Home.read(other).length() > before + 10);
    }

    private List<String> lines() {
        return Home.read(log).lines().toList();
    }

    private static String line(int number) {
        return "%099d".formatted(number);
    }

    @Test
    void the_oldest_bytes_go_after_five_seconds_and_are_counted_in_the_file() throws IOException {
        Circus circus = start("");

        await().atMost(SOON).until(() -> Files.exists(done));
        awaitTicks();
        Files.createDirectory(log.getParent());
        await().atMost(SOON).until(() -> Home.read(log).endsWith(line(LINES) + "\n"));

        long told = 0;
        long written = 0;
        for (String line : lines()) {
            Matcher lost = LOST.matcher(line);
            if (lost.matches()) {
                told += Long.parseLong(lost.group(1));
            } else {
                written += line.length() + 1;
            }
        }
        assertThat(told).isPositive();
        // What was lost may begin and end within lines; then these are ended by us.
        assertThat(told + written).isBetween(100L * LINES, 100L * LINES + 2);
        circus.terminate();
    }

    @Test
    void with_overflow_block_the_worker_waits_and_nothing_is_lost() throws IOException {
        Circus circus = start("stdout_stream.overflow = block\n");

        await().atMost(SOON).until(() -> circus.askKernel("stats").contains(" heldback=1 "));
        await().pollDelay(Duration.ofSeconds(6)).until(() -> true); // longer than any other would wait
        awaitTicks();
        assertThat(done).doesNotExist();
        Files.createDirectory(log.getParent());
        await().atMost(SOON).until(() -> Home.read(log).endsWith(line(LINES) + "\n"));

        assertThat(lines())
                .isEqualTo(IntStream.rangeClosed(1, LINES)
                        .mapToObj(StuckFileTest::line)
                        .toList());
        circus.terminate();
    }
}
