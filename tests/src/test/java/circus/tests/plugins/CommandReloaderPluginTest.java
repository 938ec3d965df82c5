package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.plugins.Happenings.Happening;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** CommandReloader with files that are written, replaced, and missing for a while. */
@ExtendWith(HomeExtension.class)
class CommandReloaderPluginTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Home home;

    CommandReloaderPluginTest(Home home) {
        this.home = home;
    }

    private static int awaitAnother(Circus circus, String watcher, int before) {
        await("another " + watcher)
                .atMost(PATIENCE)
                .until(() -> circus.pids(watcher).size() == 1
                        && !circus.pids(watcher).contains(before));
        return circus.pids(watcher).get(0);
    }

    @Test
    void whoever_runs_a_file_that_has_changed_is_restarted() throws Exception {
        Path touched = home.script("touched", "exec sleep 1000\n");
        Path one = home.script("one", "exec sleep 1000\n");
        Path two = home.script("two", "exec sleep 1000\n");
        Path link = Files.createSymbolicLink(home.path("current"), one);
        Circus circus = home.circus("reloads", "", """
                [plugin:reloader]
                use = circus.plugins.command_reloader.CommandReloader
                loop_rate = 0.2

                [watcher:aa lost]
                cmd = /no/where --at all
                max_retry = 1

                [watcher:Touched]
                cmd = ./touched --with arguments
                working_dir = %s

                [watcher:linked]
                cmd = "%s"

                [watcher:zz bare]
                cmd = sleep 1000
                """.formatted(home.directory(), link));
        circus.start();
        int first = circus.awaitWorkers("touched", 1).get(0);
        int linked = circus.awaitWorkers("linked", 1).get(0);
        int bare = circus.awaitWorkers("zz bare", 1).get(0);

        Files.setLastModifiedTime(touched, FileTime.from(Instant.now().plusSeconds(1)));
        int second = awaitAnother(circus, "touched", first);
        assertThat(circus.pids("linked")).containsExactly(linked);

        Path next = Files.createSymbolicLink(home.path("next"), two);
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        awaitAnother(circus, "linked", linked);

        Path away = Files.move(touched, home.path("away"));
        await("nothing comes of that")
                .during(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .until(() -> circus.pids("touched").equals(List.of(second)));
        Files.copy(away, touched, StandardCopyOption.COPY_ATTRIBUTES);
        Files.setLastModifiedTime(touched, FileTime.from(Instant.now().plusSeconds(5)));
        awaitAnother(circus, "touched", second);

        assertThat(Happenings.of(circus, "touched", "exit"))
                .extracting(Happening::reason)
                .containsOnly("restart");
        assertThat(circus.pids("zz bare")).containsExactly(bare);
        assertThat(circus.manager().errors()).contains(touched + " has changed: Touched is restarted");
        circus.terminate();
        home.mustBeEmpty();
    }
}
