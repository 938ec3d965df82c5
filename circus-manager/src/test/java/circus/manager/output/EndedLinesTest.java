package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.Layout;
import circus.manager.rotation.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

/** Whoever ends a line that somebody else has left open, at a rotation and over the end of a manager. */
final class EndedLinesTest {
    private static final Duration LATE = Duration.ofMillis(1100);

    @TempDir
    private Path directory;

    private final Rig rig = new Rig();

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void toRotated(String watcher) {
        FileCare care = new FileCare(new Rotation.BySize(10, 9), false, OptionalInt.empty(), false);
        rig.route(watcher, Channel.OUT, new OutputRoute.ToFile(file("F"), Layout.PLAIN, care, Overflow.DROP));
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

    private void say(StreamId stream, String text) {
        rig.say(stream, text);
        rig.later(LATE);
    }

    /** As after a kill behind the rotation, when what was to go on with the line comes later, or never. */
    private StreamId begunInTheFileBefore() throws IOException {
        toRotated("web");
        StreamId web = rig.process(1, "web");
        StreamId other = rig.process(2, "web");
        say(web, "12345");
        Files.writeString(file("F"), "", StandardOpenOption.TRUNCATE_EXISTING);
        return other;
    }

    @Test
    void a_long_line_is_alone_in_its_file_though_a_line_of_the_file_before_has_no_end() throws IOException {
        StreamId other = begunInTheFileBefore();
        rig.restart();
        say(other, "longer than ten\n");
        assertThat(files()).isEqualTo(Map.of("F.1", "\n", "F", "longer than ten\n"));
    }

    @Test
    void a_notice_is_alone_in_its_file_though_a_line_of_the_file_before_has_no_end() throws IOException {
        StreamId other = begunInTheFileBefore();
        rig.say(other, "lost\n");
        rig.kernel.dropOldest(other, 1);
        rig.restart();
        rig.later(LATE);
        assertThat(files()).containsEntry("F.1", "\n");
        assertThat(files().get("F")).startsWith("[circus] 5 bytes lost");
    }

    private StreamId begunByOneWatcherOfTwo() throws IOException {
        toRotated("web");
        toRotated("api");
        StreamId web = rig.process(1, "web");
        say(web, "12345");
        return web;
    }

    @Test
    void a_line_goes_on_after_a_kill_if_who_was_to_come_between_goes_elsewhere() throws IOException {
        StreamId web = begunByOneWatcherOfTwo();
        StreamId api = rig.process(2, "api");
        rig.say(api, "abcde\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        rig.forgetRoutes();
        rig.restart();
        toRotated("web");
        rig.toFile("api", file("G"));
        say(web, "678\n");
        assertThat(files()).isEqualTo(Map.of("F", "12345678\n", "G", "abcde\n"));
    }

    @Test
    void a_line_goes_on_on_a_disk_that_was_full_if_who_was_to_come_between_goes_elsewhere() throws IOException {
        StreamId web = begunByOneWatcherOfTwo();
        StreamId api = rig.process(2, "api");
        rig.store.full(true);
        say(api, "abcde\n");
        rig.toFile("api", file("G"));
        rig.settle();
        rig.store.full(false);
        rig.later(LATE);
        say(web, "678\n");
        assertThat(files()).isEqualTo(Map.of("F", "12345678\n", "G", "abcde\n"));
    }

    /** The notice was torn just in front of its line feed, and the manager that found that was killed before it came to write it. */
    @Test
    void a_notice_gets_its_line_feed_though_two_managers_are_killed_over_it() throws IOException {
        rig.toFile("web", file("F"));
        StreamId web = rig.process(1, "web");
        StreamId other = rig.process(2, "web");
        say(web, "12345");
        rig.say(other, "lost\n");
        rig.kernel.dropOldest(other, 1);
        rig.exchange();
        rig.turn();
        rig.exchange();
        String notice = "12345\n[circus] 5 bytes lost 12:26:40.0 to 12:26:40.0";
        Files.writeString(file("F"), notice.substring(5), StandardOpenOption.APPEND);
        rig.restart();
        rig.restart();
        say(web, "678\n");
        assertThat(files()).isEqualTo(Map.of("F", notice + "\n678\n"));
    }
}
