package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.Layout;
import circus.manager.rotation.Rotation;
import circus.options.RotateWhen;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

/** Files that are put aside, by us or by others (contract/streams.md, 6 to 8). */
final class RotationTest {
    private static final Duration LATE = Duration.ofMillis(1100);

    @TempDir
    private Path directory;

    private final Rig rig = new Rig();

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void route(String watcher, Layout layout, FileCare care) {
        rig.route(watcher, Channel.OUT, new OutputRoute.ToFile(file("F"), layout, care, Overflow.DROP));
    }

    private static FileCare bySize(long maxBytes, int backups) {
        Rotation rotation = maxBytes == 0 ? Rotation.NEVER : new Rotation.BySize(maxBytes, backups);
        return new FileCare(rotation, false, OptionalInt.empty(), false);
    }

    private static FileCare byTime(RotateWhen when, int backups) {
        return new FileCare(new Rotation.ByTime(when, 1, true, backups), false, OptionalInt.empty(), false);
    }

    private static FileCare followed() {
        return new FileCare(Rotation.NEVER, true, OptionalInt.empty(), false);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path each : all.toList()) {
                files.put(each.getFileName().toString(), Files.readString(each));
            }
        }
        return files;
    }

    /** Each text is written before the next one comes, though no line ends. */
    private StreamId say(String... texts) {
        StreamId web = rig.process(1, "web");
        say(web, texts);
        return web;
    }

    private void say(StreamId stream, String... texts) {
        for (String text : texts) {
            rig.say(stream, text);
            rig.later(LATE);
        }
    }

    // ---- the vectors of section 6 ----

    @Test
    void a_file_stays_below_its_maximum() throws IOException {
        route("web", Layout.PLAIN, bySize(10, 2));
        StreamId web = say("12345");
        assertThat(files()).isEqualTo(Map.of("F", "12345"));
        say(web, "12345");
        assertThat(files()).isEqualTo(Map.of("F", "12345", "F.1", "12345"));
        say(web, "12345");
        assertThat(files()).isEqualTo(Map.of("F", "12345", "F.1", "12345", "F.2", "12345"));
        say(web, "123456789012345");
        assertThat(files()).isEqualTo(Map.of("F", "123456789012345", "F.1", "12345", "F.2", "12345"));
        say(web, "z");
        assertThat(files()).isEqualTo(Map.of("F", "z", "F.1", "123456789012345", "F.2", "12345"));
        say(web, "yy\n");
        assertThat(files()).isEqualTo(Map.of("F", "zyy\n", "F.1", "123456789012345", "F.2", "12345"));
    }

    @Test
    void without_backups_a_file_is_begun_anew() throws IOException {
        route("web", Layout.PLAIN, bySize(10, 0));
        say("12345", "12345", "zz");
        assertThat(files()).isEqualTo(Map.of("F", "12345zz"));
    }

    @Test
    void one_backup_is_kept() throws IOException {
        route("web", Layout.PLAIN, bySize(10, 1));
        StreamId web = rig.process(1, "web");
        for (int size : new int[] {4, 8, 4, 8, 4, 8}) {
            say(web, "aaaa");
            assertThat(files().get("F")).hasSize(size);
        }
        assertThat(files()).isEqualTo(Map.of("F", "aaaaaaaa", "F.1", "aaaaaaaa"));
    }

    @Test
    void without_a_maximum_a_file_grows() throws IOException {
        route("web", Layout.PLAIN, bySize(0, 5));
        say("aaaa", "aaaa", "aaaa");
        assertThat(files()).isEqualTo(Map.of("F", "aaaaaaaaaaaa"));
    }

    @Test
    void a_file_that_would_just_reach_its_maximum_is_put_aside() throws IOException {
        route("web", Layout.PLAIN, bySize(5, 3));
        say("1234", "5");
        assertThat(files()).isEqualTo(Map.of("F", "5", "F.1", "1234"));
    }

    @Test
    void a_file_that_was_too_long_is_put_aside_as_it_is() throws IOException {
        Files.writeString(file("F"), "x".repeat(20));
        route("web", Layout.PLAIN, bySize(10, 1));
        say("new");
        assertThat(files()).isEqualTo(Map.of("F", "new", "F.1", "x".repeat(20)));
    }

    // ---- lines ----

    @Test
    void many_lines_at_once_are_parted_between_files_and_prefixes_count() throws IOException {
        route("web", Layout.timed("T"), bySize(40, 9));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\ntwo\nthree\nfour\n");
        rig.later(LATE);
        assertThat(files())
                .isEqualTo(
                        Map.of("F.1", "T [4001] | one\nT [4001] | two\n", "F", "T [4001] | three\nT [4001] | four\n"));
    }

    @Test
    void a_megabyte_of_plain_lines_is_parted_at_line_ends() throws IOException {
        route("web", Layout.PLAIN, bySize(10_000, 1000));
        StreamId web = rig.process(1, "web");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            all.append("line ").append(i).append(" is neither long nor short\n");
        }
        rig.say(web, all.toString());
        for (int i = 0; i < 100; i++) {
            rig.settle();
        }
        StringBuilder found = new StringBuilder();
        Map<String, String> files = files();
        for (int i = files.size() - 1; i > 0; i--) {
            assertThat(files.get("F." + i)).endsWith("\n").hasSizeBetween(9_900, 9_999);
            found.append(files.get("F." + i));
        }
        assertThat(found.append(files.get("F")).toString()).isEqualTo(all.toString());
    }

    @Test
    void an_open_line_goes_on_in_the_new_file_without_a_second_prefix() throws IOException {
        route("web", Layout.timed("T"), bySize(20, 9));
        StreamId web = say("begun", " and", " not ended\n");
        rig.say(web, "next\n");
        rig.later(LATE);
        assertThat(files())
                .isEqualTo(Map.of("F.2", "T [4001] | begun", "F.1", " and not ended\n", "F", "T [4001] | next\n"));
    }

    /** It would be in two plans else, and somebody else's line between them after a kill, in the middle of a character even. */
    @Test
    void a_line_that_comes_in_two_parts_goes_into_one_file() throws IOException {
        route("web", Layout.PLAIN, bySize(10, 9));
        StreamId web = say("abc\n");
        rig.say(web, "1234");
        rig.settle();
        rig.say(web, "56\n7");
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.1", "abc\n", "F", "123456\n"));
    }

    @Test
    void who_comes_between_ends_the_open_line_in_the_old_file() throws IOException {
        route("web", Layout.PLAIN, bySize(10, 9));
        StreamId web = rig.process(1, "web");
        StreamId other = rig.process(2, "web");
        say(web, "12345");
        say(other, "abcde\n");
        say(web, "678\n");
        assertThat(files()).isEqualTo(Map.of("F.2", "12345\n", "F.1", "abcde\n", "F", "678\n"));
    }

    @Test
    void two_watchers_share_the_file_and_its_rotation() throws IOException {
        route("web", Layout.PLAIN, bySize(10, 9));
        route("api", Layout.PLAIN, bySize(10, 9));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        rig.say(web, "web 1\n");
        rig.say(api, "api 1\n");
        rig.say(web, "web 2\n");
        rig.later(LATE);
        rig.later(LATE);
        assertThat(files()).isEqualTo(Map.of("F.2", "web 1\n", "F.1", "api 1\n", "F", "web 2\n"));
    }

    @Test
    void the_next_manager_goes_on_with_an_open_line_behind_a_rotation() throws IOException {
        route("web", Layout.timed("T"), bySize(20, 9));
        StreamId web = say("begun", " and");
        rig.restart();
        say(web, " ended\n");
        assertThat(files()).isEqualTo(Map.of("F.1", "T [4001] | begun", "F", " and ended\n"));
    }

    @Test
    void a_file_that_cannot_be_put_aside_grows_and_loses_nothing() throws IOException {
        route("web", Layout.PLAIN, bySize(10, 9));
        rig.store.stuck(true);
        StreamId web = rig.process(1, "web");
        rig.say(web, "12345\n12345\n12345\n");
        rig.later(LATE);
        assertThat(files()).isEqualTo(Map.of("F", "12345\n12345\n12345\n"));
        rig.store.stuck(false);
        rig.later(Duration.ofMinutes(1));
        rig.say(web, "67890\n");
        rig.later(LATE);
        assertThat(files()).isEqualTo(Map.of("F.1", "12345\n12345\n12345\n", "F", "67890\n"));
    }

    // ---- section 7, and what others do to files ----

    @Test
    void a_followed_name_is_looked_at_before_each_write() throws IOException {
        route("web", Layout.PLAIN, followed());
        StreamId web = say("1\n");
        Files.move(file("F"), file("renamed"));
        say(web, "2\n");
        assertThat(files()).isEqualTo(Map.of("F", "2\n", "renamed", "1\n"));
        Files.delete(file("F"));
        say(web, "3\n");
        assertThat(files()).isEqualTo(Map.of("F", "3\n", "renamed", "1\n"));
    }

    @Test
    void a_file_that_others_rename_is_gone_on_with_until_it_is_reopened() throws IOException {
        route("web", Layout.PLAIN, FileCare.plain());
        StreamId web = say("1\n");
        Files.move(file("F"), file("renamed"));
        say(web, "2\n");
        assertThat(files()).isEqualTo(Map.of("renamed", "1\n2\n"));
        rig.book().reopen();
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F", "", "renamed", "1\n2\n"));
        say(web, "3\n");
        assertThat(files()).isEqualTo(Map.of("F", "3\n", "renamed", "1\n2\n"));
    }

    @Test
    void a_reopened_file_goes_on_with_the_open_line() throws IOException {
        route("web", Layout.timed("T"), FileCare.plain());
        StreamId web = say("begun");
        Files.move(file("F"), file("renamed"));
        rig.book().reopen();
        say(web, " ended\n");
        assertThat(files()).isEqualTo(Map.of("F", " ended\n", "renamed", "T [4001] | begun"));
    }

    @Test
    void a_file_that_others_cut_is_gone_on_with_at_its_end() throws IOException {
        route("web", Layout.timed("T"), FileCare.plain());
        StreamId web = say("one\nbegun");
        Files.writeString(file("F"), "", StandardOpenOption.TRUNCATE_EXISTING);
        say(web, " ended\n", "two\n");
        assertThat(files()).isEqualTo(Map.of("F", " ended\nT [4001] | two\n"));
    }

    @Test
    void a_file_that_we_make_has_the_mode_that_was_asked_for() throws IOException {
        Rotation rotation = new Rotation.BySize(10, 2);
        route("web", Layout.PLAIN, new FileCare(rotation, false, OptionalInt.of(0640), false));
        say("12345\n", "12345\n");
        for (String name : List.of("F", "F.1")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name))))
                    .isEqualTo("rw-r-----");
        }
    }

    // ---- section 8 ----

    @Test
    void a_file_is_put_aside_before_the_first_line_of_the_next_period() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 0));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.settle();
        rig.kernel.pass(Duration.ofMillis(1200));
        rig.say(web, "two\n");
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.20200913122640", "one\n", "F", "two\n"));
    }

    @Test
    void a_line_that_ends_in_the_next_period_goes_into_the_file_in_which_it_was_begun() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 0));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.settle();
        rig.kernel.pass(Duration.ofMillis(900));
        rig.say(web, "begun");
        rig.settle();
        rig.kernel.pass(Duration.ofMillis(200));
        rig.say(web, " and ended\ntwo\n");
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.20200913122640", "one\nbegun and ended\n", "F", "two\n"));
    }

    @Test
    void a_file_is_put_aside_in_time_though_nobody_writes() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 0));
        say("one\n");
        rig.kernel.pass(Duration.ofMillis(1600));
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.20200913122640", "one\n", "F", ""));
        rig.kernel.pass(Duration.ofSeconds(10));
        rig.settle();
        assertThat(files()).hasSize(2);
    }

    /** The file was written late, and so was what waits; each is named by when its first line was said. */
    @Test
    void after_an_absence_files_are_named_by_their_lines() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 0));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.settle();
        writtenLast("2020-09-13T12:26:45Z");
        rig.kernel.pass(Duration.ofMillis(1200));
        rig.say(web, "two\n");
        rig.kernel.pass(Duration.ofMillis(1200));
        rig.say(web, "three\n");
        rig.kernel.pass(Duration.ofMillis(600));
        rig.restart();
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.20200913122640", "one\n", "F.20200913122641", "two\n", "F", "three\n"));
    }

    private void writtenLast(String time) throws IOException {
        Files.setLastModifiedTime(file("F"), FileTime.from(Instant.parse(time)));
    }

    @Test
    void a_file_is_named_by_its_first_line_though_another_manager_wrote_it() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.H, 0));
        StreamId web = say("one\n");
        for (int i = 0; i < 3; i++) {
            rig.kernel.pass(Duration.ofMinutes(50));
            rig.restart();
            rig.settle();
            rig.kernel.pass(Duration.ofMillis(600));
            rig.settle();
            writtenLast("2020-09-13T13:26:35Z");
        }
        assertThat(files()).isEqualTo(Map.of("F.2020091312", "one\n", "F", ""));
        rig.restart();
        say(web, "two\n");
        rig.kernel.pass(Duration.ofMinutes(61));
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.2020091312", "one\n", "F.2020091314", "two\n", "F", ""));
    }

    /** The stream of another process comes late, as it does where it had to wait for another file. */
    @Test
    void a_late_line_never_begins_a_file_with_an_earlier_name() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 0));
        StreamId web = rig.process(1, "web");
        StreamId late = rig.process(2, "web");
        rig.kernel.pipe(late).isPaused = true;
        rig.say(late, "late\n");
        for (String line : List.of("one\n", "two\n")) {
            rig.say(web, line);
            rig.settle();
            rig.kernel.pass(Duration.ofMillis(1600));
            rig.settle();
        }
        assertThat(files()).isEqualTo(Map.of("F.20200913122640", "one\n", "F.20200913122641", "two\n", "F", ""));
        rig.restart();
        rig.settle();
        rig.kernel.pass(Duration.ofMillis(1600));
        rig.settle();
        assertThat(files().get("F.20200913122642")).isEqualTo("late\n");
    }

    @Test
    void a_file_that_begins_with_a_gap_is_put_aside_in_its_time() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 0));
        StreamId web = rig.process(1, "web");
        rig.say(web, "lost\n");
        rig.kernel.dropOldest(web, 1);
        rig.settle();
        rig.kernel.pass(Duration.ofMillis(1600));
        rig.settle();
        assertThat(files().keySet()).containsExactly("F", "F.20200913122640");
    }

    @Test
    void a_file_that_a_stranger_begins_is_put_aside_in_its_time() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 0));
        StreamId web = rig.process(1, "web");
        rig.settle();
        Files.writeString(file("F"), "a stranger's\n");
        writtenLast("2020-09-13T12:26:40Z");
        rig.say(web, "ours\n");
        rig.settle();
        rig.kernel.pass(Duration.ofMillis(1600));
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.20200913122640", "a stranger's\nours\n", "F", ""));
    }

    @Test
    void another_interval_counts_from_when_the_file_was_begun() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.D, 0));
        say("one\n");
        rig.kernel.pass(Duration.ofMinutes(50));
        route("web", Layout.PLAIN, byTime(RotateWhen.H, 0));
        rig.kernel.pass(Duration.ofMinutes(11));
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.2020091312", "one\n", "F", ""));
    }

    @Test
    void a_file_of_the_future_is_as_old_as_the_manager() throws IOException {
        Files.writeString(file("F"), "found\n");
        writtenLast("2036-01-01T00:00:00Z");
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 0));
        rig.settle();
        rig.kernel.pass(Duration.ofMillis(1600));
        rig.settle();
        assertThat(files()).isEqualTo(Map.of("F.20200913122640", "found\n", "F", ""));
    }

    @Test
    void the_oldest_are_removed_when_there_are_too_many() throws IOException {
        route("web", Layout.PLAIN, byTime(RotateWhen.S, 2));
        StreamId web = rig.process(1, "web");
        for (int i = 0; i < 5; i++) {
            rig.say(web, i + "\n");
            rig.settle();
            rig.kernel.pass(Duration.ofMillis(1100));
        }
        rig.settle();
        assertThat(files().values()).containsExactly("4\n", "2\n", "3\n");
    }

    // ---- compression ----

    private String unzipped(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file(name)))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void what_was_put_aside_is_compressed_and_moves_on_as_such() throws IOException {
        route("web", Layout.PLAIN, new FileCare(new Rotation.BySize(10, 2), false, OptionalInt.empty(), true));
        StreamId web = say("one\n");
        say(web, "longer two\n", "longer three\n", "longer four\n");
        rig.settle();
        assertThat(names()).containsExactly("F", "F.1.gz", "F.2.gz");
        assertThat(Files.readString(file("F"))).isEqualTo("longer four\n");
        assertThat(unzipped("F.1.gz")).isEqualTo("longer three\n");
        assertThat(unzipped("F.2.gz")).isEqualTo("longer two\n");
    }

    @Test
    void what_an_earlier_manager_did_not_compress_is_compressed_at_the_start() throws IOException {
        Files.writeString(file("F.20200912"), "old\n");
        FileCare care =
                new FileCare(new Rotation.ByTime(RotateWhen.MIDNIGHT, 1, true, 0), false, OptionalInt.empty(), true);
        route("web", Layout.PLAIN, care);
        rig.settle();
        assertThat(names()).containsExactly("F", "F.20200912.gz");
    }
}
