package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A disk that takes nothing for a while: what was to be written waits in the kernel, goes on where it stopped when the disk is back, and
 * where it was too much, the log tells how much of it is missing. Nobody else notices.
 */
@ExtendWith(HomeExtension.class)
class DiskTroubleTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** More than the disks of these tests hold, and less than papa keeps of a process. */
    private static final int SOME = 15_000;

    /** More than papa keeps of a process. */
    private static final int TOO_MUCH = 60_000;

    private final Home home;
    private final Path talk;

    DiskTroubleTest(Home home) {
        this.home = home;
        talk = Talker.script(home);
    }

    /** One who talks to the log in question, and others who have nothing to do with it. */
    private Circus circus(Path log, int count) {
        return home.circus("trouble", "", """
                [watcher:talker]
                cmd = perl %s %d
                stdout_stream.class = FileStream
                stdout_stream.filename = %s

                [watcher:other]
                cmd = sh -c 'while :; do echo tick; sleep 0.1; done'
                copy_env = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(talk, count, log, other()));
    }

    private Path other() {
        return home.path("other.log");
    }

    private void othersGoOn(Circus circus) {
        long before = Home.read(other()).length();
        int pid = circus.awaitWorkers("other", 1).get(0);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await("another one is replaced")
                .atMost(SOON)
                .until(() -> circus.pids("other").size() == 1
                        && !circus.pids("other").contains(pid));
        await("another log goes on").atMost(SOON).until(() -> Home.read(other()).length() > before + 20);
    }

    private static void isToldOnce(Circus circus, Path log) {
        String told = "cannot write " + log;
        await("the trouble is told")
                .atMost(SOON)
                .until(() -> circus.manager().errors().contains(told));
        assertThat(circus.manager().errors().lines().filter(line -> line.contains(told)))
                .hasSize(1);
    }

    // ---- a full disk

    /** A disk that is small, and how it gets room again. */
    private record SmallDisk(Path seen, Runnable room) {}

    /** The file may not grow beyond a size: for circusd, that is a full disk. Works for everybody. */
    private SmallDisk limited(Circus circus, Path log) {
        circus.start();
        limit(circus, "1400000");
        return new SmallDisk(log, () -> limit(circus, "unlimited"));
    }

    private static void limit(Circus circus, String size) {
        Commands.run(
                        Duration.ofSeconds(5),
                        "prlimit",
                        "--fsize=" + size + ":unlimited",
                        "--pid",
                        Integer.toString(circus.manager().pid()))
                .mustSucceed();
    }

    /** A file system of its own that is full; empty where nobody may mount one. */
    private Optional<SmallDisk> mounted(Circus circus, Path log) {
        Path disk = Objects.requireNonNull(log.getParent());
        return Spaces.offered(disk, "true").map(spaces -> {
            Path mount = home.script("with-disk", "mount -t tmpfs -o size=1m none " + disk + " && exec \"$@\"\n");
            circus.awaitCommands(circus.launchBelow(words(spaces.fresh(), mount.toString())));
            String pid = Integer.toString(circus.awaitWorkers("talker", 1).get(0));
            List<String> inside = spaces.inside(pid, home.directory());
            return new SmallDisk(Path.of("/proc/" + pid + "/root" + log), () -> remount(inside, "size=100m", disk));
        });
    }

    private static String[] words(List<String> first, String... rest) {
        return Stream.concat(first.stream(), Stream.of(rest)).toArray(String[]::new);
    }

    private static void remount(List<String> inside, String option, Path disk) {
        // With "none", what mount(8) finds in mountinfo is not given again: a user of ours there may be nobody within.
        Commands.run(Duration.ofSeconds(5), words(inside, "mount", "-o", "remount," + option, "none", disk.toString()))
                .mustSucceed();
    }

    private Path diskLog() {
        return home.write("disk/.here", "").resolveSibling("talk.log");
    }

    private void fillsAndGoesOn(Circus circus, SmallDisk disk, Path log, int count) {
        isToldOnce(circus, log);
        othersGoOn(circus);
        if (count == TOO_MUCH) {
            await("the worker is held back by nobody")
                    .atMost(SOON)
                    .until(() -> Files.exists(home.path("talk.pl.done")));
        }

        disk.room().run();

        await("the end is logged")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(Home.read(disk.seen())).endsWith("\nthe end\n"));
        long lost = Talker.lost(Home.read(disk.seen()), Talker.said(count));
        if (count == TOO_MUCH) {
            assertThat(lost).isPositive();
        } else {
            assertThat(lost).isZero();
        }
    }

    @Test
    void a_file_that_may_not_grow_for_a_while_misses_nothing() {
        Path log = diskLog();
        Circus circus = circus(log, SOME);
        fillsAndGoesOn(circus, limited(circus, log), log, SOME);
    }

    @Test
    void a_file_that_may_not_grow_for_long_tells_what_it_misses() {
        Path log = diskLog();
        Circus circus = circus(log, TOO_MUCH);
        fillsAndGoesOn(circus, limited(circus, log), log, TOO_MUCH);
    }

    @Test
    void a_file_system_that_is_full_for_a_while_misses_nothing() {
        Path log = diskLog();
        Circus circus = circus(log, SOME);
        mounted(circus, log).ifPresent(disk -> fillsAndGoesOn(circus, disk, log, SOME));
    }

    @Test
    void a_file_system_that_is_full_for_long_has_logs_that_tell_what_they_miss() {
        Path log = diskLog();
        Circus circus = circus(log, TOO_MUCH);
        mounted(circus, log).ifPresent(disk -> fillsAndGoesOn(circus, disk, log, TOO_MUCH));
    }

    // ---- a log that cannot be opened

    private interface Deed {
        void run() throws IOException;
    }

    private static void perform(Deed deed) {
        try {
            deed.run();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void waitsFor(Circus circus, Path log, List<String> below, Deed trouble, Deed mended) {
        waitsFor(circus, log, log, below, trouble, mended);
    }

    /** The trouble comes while no manager runs, so that the file is to be opened again; we may see it by another name. */
    private void waitsFor(Circus circus, Path seen, Path log, List<String> below, Deed trouble, Deed mended) {
        circus.awaitCommands(circus.launchBelow(below.toArray(String[]::new)));
        await("something is logged").atMost(SOON).until(() -> Home.read(seen).length() > 1000);
        circus.manager().kill9();
        perform(trouble);
        circus.awaitCommands(circus.launchBelow(below.toArray(String[]::new)));
        isToldOnce(circus, log);
        othersGoOn(circus);

        perform(mended);

        await("the end is logged")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(Home.read(seen)).endsWith("\nthe end\n"));
        assertThat(Talker.lost(Home.read(seen), Talker.said(SOME))).isZero();
    }

    @Test
    void a_folder_that_vanishes_and_comes_back_has_all_of_the_log() {
        Path log = diskLog();
        Path gone = home.path("gone");
        waitsFor(
                circus(log, SOME),
                log,
                List.of("env"),
                () -> Files.move(log.getParent(), gone),
                () -> Files.move(gone, log.getParent()));
    }

    /** A file system cannot be remounted so while somebody has a file open there for writing; see {@link SickDiskTest} for one that breaks. */
    @Test
    void a_file_system_that_can_only_be_read_for_a_while_has_all_of_the_log() {
        Path log = diskLog();
        Path disk = Objects.requireNonNull(log.getParent());
        Spaces.offered(disk, "true").ifPresent(spaces -> {
            Path holder = home.path("holder");
            Path mount = home.script(
                    "with-disk", "mount -t tmpfs none " + disk + " && echo $$ > " + holder + " && exec sleep 1000\n");
            perform(() -> home.prepared(List.of(words(spaces.fresh(), mount.toString())))
                    .start());
            await("there is a file system")
                    .atMost(SOON)
                    .until(() -> Home.read(holder).endsWith("\n"));
            String pid = Home.read(holder).strip();
            List<String> inside = spaces.inside(pid, home.directory());
            waitsFor(
                    circus(log, SOME),
                    Path.of("/proc/" + pid + "/root" + log),
                    log,
                    inside,
                    () -> remount(inside, "ro", disk),
                    () -> remount(inside, "rw", disk));
        });
    }

    @Test
    void a_log_for_which_permission_is_lost_goes_on_when_it_is_given_again() {
        Path log = diskLog();
        List<String> below =
                Commands.run(Duration.ofSeconds(5), "id", "-u").text().equals("0")
                        ? List.of(
                                "setpriv",
                                "--inh-caps=-dac_override,-dac_read_search",
                                "--bounding-set=-dac_override,-dac_read_search")
                        : List.of("env");
        waitsFor(
                circus(log, SOME),
                log,
                below,
                () -> Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("---------")),
                () -> Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-r--r--")));
    }
}
