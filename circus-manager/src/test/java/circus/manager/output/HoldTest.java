package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

/** Files that cannot be written, and streams that go elsewhere. */
final class HoldTest {
    private static final Duration SECOND = Duration.ofMillis(1100);

    @TempDir
    private Path directory;

    private final Rig rig = new Rig();

    private Path file(String name) {
        return directory.resolve(name);
    }

    @Test
    void a_missing_directory_holds_up_its_file_alone_until_it_is_there() throws IOException {
        rig.toFile("web", file("missing/log"));
        rig.toFile("api", file("api"));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        rig.say(web, "one\n");
        rig.say(api, "goes on\n");
        rig.settle();
        assertThat(Rig.text(file("api"))).isEqualTo("goes on\n");
        assertThat(rig.kernel.pipe(web).isPaused).isTrue();
        assertThat(rig.book().counts().filesOnHold()).isEqualTo(1);
        assertThat(rig.book().counts().byWatcher()).containsOnlyKeys("web");
        OutputTrouble trouble =
                Objects.requireNonNull(rig.book().counts().byWatcher().get("web"));
        assertThat(trouble.bytesLost()).isZero();
        assertThat(trouble.waiting()).hasSize(1);
        assertThat(trouble.waiting().get(0).file())
                .isEqualTo(file("missing/log").toString());
        assertThat(trouble.waiting().get(0).sinceSeconds()).isBetween(1.6e9, 1.7e9);
        Files.createDirectory(file("missing"));
        rig.say(web, "two\n");
        rig.later(SECOND);
        assertThat(Rig.text(file("missing/log"))).isEqualTo("one\ntwo\n");
        assertThat(rig.kernel.pipe(web).isPaused).isFalse();
        assertThat(rig.book().counts().filesOnHold()).isZero();
        assertThat(rig.book().counts().byWatcher()).isEmpty();
        assertThat(rig.book().counts().troubles()).isEqualTo(1);
    }

    @Test
    void a_full_disk_tears_no_line_and_doubles_none() throws IOException {
        rig.toFile("web", file("log"), "%H:%M:%S");
        StreamId web = rig.process(1, "web");
        for (int round = 0; round < 40; round++) {
            rig.store.full(round % 4 == 1 || round % 4 == 2);
            for (int i = 0; i < 20; i++) {
                rig.say(web, "line " + (round * 20 + i) + " is not very short\n");
            }
            rig.later(SECOND);
        }
        assertThat(rig.book().counts().troubles()).isPositive();
        int number = 0;
        for (String line : Rig.lines(file("log"))) {
            assertThat(line).isEqualTo("12:26:40 [4001] | line " + number++ + " is not very short");
        }
        assertThat(number).isEqualTo(800);
    }

    @Test
    void a_file_that_is_replaced_while_it_is_held_goes_on_in_the_new_one() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.settle();
        rig.store.full(true);
        rig.say(web, "two\nthree\n");
        rig.settle();
        Files.move(file("log"), file("log.1"));
        rig.store.full(false);
        rig.later(SECOND);
        String both = Rig.text(file("log.1")) + Rig.text(file("log"));
        assertThat(both).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void two_names_of_a_file_that_could_not_be_opened_share_one_writer_later() throws IOException {
        Files.createSymbolicLink(file("link"), file("missing"));
        rig.toFile("web", file("missing/log"));
        rig.toFile("api", file("link/log"));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        rig.say(web, "open");
        rig.settle();
        rig.say(api, "second\n");
        rig.settle();
        Files.createDirectory(file("missing"));
        rig.later(SECOND);
        rig.later(SECOND);
        assertThat(Rig.lines(file("missing/log"))).containsExactlyInAnyOrder("open", "second");
        assertThat(rig.kernel.values()).hasSize(1);
    }

    @Test
    void a_named_pipe_is_refused_since_it_would_hold_up_everything() throws Exception {
        new ProcessBuilder("mkfifo", file("pipe").toString()).start().waitFor();
        rig.toFile("web", file("pipe"));
        rig.settle();
        assertThat(rig.book().counts().filesOnHold()).isEqualTo(1);
    }

    @Test
    void a_new_route_takes_the_next_line_and_loses_none() throws IOException {
        rig.toFile("web", file("old"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\ntwo\nthr");
        rig.exchange();
        rig.turn();
        rig.toFile("web", file("new"));
        rig.say(web, "ee\n");
        rig.settle();
        assertThat(Rig.text(file("old"))).isEqualTo("one\ntwo\n");
        assertThat(Rig.text(file("new"))).isEqualTo("three\n");
        assertThat(rig.committed(web)).isEqualTo(14);
    }

    @Test
    void a_new_route_frees_streams_from_a_file_that_is_held() throws IOException {
        rig.toFile("web", file("old"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.settle();
        rig.store.full(true);
        rig.say(web, "two\nthree\n");
        rig.settle();
        rig.store.full(false);
        rig.toFile("web", file("new"));
        rig.settle();
        assertThat(Rig.text(file("old")) + Rig.text(file("new"))).isEqualTo("one\ntwo\nthree\n");
        assertThat(rig.committed(web)).isEqualTo(14);
    }

    @Test
    void a_stream_that_is_out_of_step_is_asked_for_again() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.say(web, "two\n");
        rig.settle();
        rig.kernel.pipe(web).cursor += 4;
        rig.say(web, "thr\n");
        rig.say(web, "four\n");
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("one\ntwo\nthr\nfour\n");
    }

    @Test
    void the_kernel_is_told_what_is_to_become_of_what_cannot_be_written() {
        OutputRoute.ToFile waits = new OutputRoute.ToFile(
                file("missing/log"), Layout.PLAIN, FileCare.plain(), new Overflow(true, Duration.ofSeconds(5)));
        rig.route("web", Channel.OUT, waits);
        rig.toFile("api", file("api"));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        rig.say(web, "one\n");
        rig.say(api, "one\n");
        rig.settle();
        assertThat(rig.kernel.pipe(web).overflow).isEqualTo("block");
        assertThat(rig.kernel.pipe(api).overflow).isEqualTo("5");
        Overflow soon = new Overflow(false, Duration.ofMillis(1250));
        rig.route("web", Channel.OUT, new OutputRoute.ToFile(waits.file(), waits.layout(), waits.care(), soon));
        rig.settle();
        assertThat(rig.kernel.pipe(web).isPaused).isTrue();
        assertThat(rig.kernel.pipe(web).overflow).isEqualTo("1.250");
        rig.restart();
        rig.settle();
        assertThat(rig.kernel.pipe(web).overflow).isEqualTo("1.250");
    }
}
