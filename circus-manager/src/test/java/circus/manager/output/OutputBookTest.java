package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

final class OutputBookTest {
    private static final Duration SECOND = Duration.ofMillis(1100);

    @TempDir
    private Path directory;

    private final Rig rig = new Rig();

    private Path file(String name) {
        return directory.resolve(name);
    }

    @Test
    void whole_lines_stand_in_the_file_as_they_were_said() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\r\n\ntwo\nthr");
        rig.say(web, "ee\n");
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("one\r\n\ntwo\nthree\n");
        assertThat(rig.committed(web)).isEqualTo(16);
    }

    @Test
    void a_configured_file_exists_before_anybody_writes() {
        rig.toFile("web", file("log"));
        assertThat(file("log")).isEmptyFile();
    }

    @Test
    void each_line_has_one_prefix_with_the_time_of_its_first_byte() throws IOException {
        rig.toFile("web", file("log"), "%Y-%m-%d %H:%M:%S");
        StreamId web = rig.process(1, "web");
        rig.say(web, "a\n\nb\r\npar");
        rig.say(web, "tial\n");
        rig.settle();
        String prefix = "2020-09-13 12:26:40 [4001] | ";
        assertThat(Rig.text(file("log")))
                .isEqualTo(prefix + "a\n" + prefix + "\n" + prefix + "b\r\n" + prefix + "partial\n");
    }

    @Test
    void an_open_line_is_written_after_a_second_and_completed_without_a_second_prefix() throws IOException {
        rig.toFile("web", file("log"), "T");
        StreamId web = rig.process(1, "web");
        rig.say(web, "done\nwaiting");
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("T [4001] | done\n");
        rig.later(SECOND);
        assertThat(Rig.text(file("log"))).isEqualTo("T [4001] | done\nT [4001] | waiting");
        rig.say(web, " ended\n");
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("T [4001] | done\nT [4001] | waiting ended\n");
    }

    @Test
    void who_finds_the_line_of_another_open_ends_it_first() throws IOException {
        rig.toFile("web", file("log"), "T");
        StreamId one = rig.process(1, "web");
        StreamId two = rig.process(2, "web");
        rig.say(one, "open");
        rig.later(SECOND);
        rig.say(two, "between\n");
        rig.settle();
        rig.say(one, " rest\n");
        rig.settle();
        assertThat(Rig.lines(file("log"))).containsExactly("T [4001] | open", "T [4002] | between", "T [4001] |  rest");
    }

    @Test
    void an_open_line_that_is_not_written_yet_does_not_hold_up_others() throws IOException {
        rig.toFile("web", file("log"));
        StreamId one = rig.process(1, "web");
        StreamId two = rig.process(2, "web");
        rig.say(one, "first");
        rig.say(two, "second\n");
        rig.say(one, " third\n");
        rig.settle();
        assertThat(Rig.lines(file("log"))).containsExactly("second", "first third");
    }

    @Test
    void an_open_line_ends_before_a_character_that_is_not_complete() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.kernel.say(web, new byte[] {'a', (byte) 0xe2, (byte) 0x82});
        rig.later(SECOND);
        assertThat(Files.readAllBytes(file("log"))).containsExactly('a');
        rig.kernel.say(web, new byte[] {(byte) 0xac, 'b'});
        rig.later(SECOND);
        assertThat(Rig.text(file("log"))).isEqualTo("a€b");
    }

    @Test
    void what_never_becomes_a_character_is_written_a_second_later() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.kernel.say(web, new byte[] {'a', (byte) 0xe4});
        rig.later(SECOND);
        rig.later(SECOND);
        assertThat(Files.readAllBytes(file("log"))).containsExactly('a', 0xe4);
        assertThat(rig.committed(web)).isEqualTo(2);
    }

    @Test
    void a_line_of_64_KiB_is_written_without_waiting_for_its_end() throws IOException {
        rig.toFile("web", file("log"), "T");
        StreamId web = rig.process(1, "web");
        for (int i = 0; i < 5; i++) {
            rig.say(web, "x".repeat(16 * 1024));
        }
        rig.settle();
        assertThat(Files.size(file("log"))).isEqualTo(64 * 1024 + "T [4001] | ".length());
        rig.say(web, "\n");
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("T [4001] | " + "x".repeat(80 * 1024) + "\n");
    }

    @Test
    void the_last_words_of_a_process_are_written_when_it_has_ended() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "bye\nno line feed");
        rig.kernel.end(1);
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("bye\nno line feed");
        assertThat(rig.book().isDone(1)).isTrue();
        StreamId next = rig.process(2, "web");
        rig.say(next, "hello\n");
        rig.settle();
        assertThat(Rig.lines(file("log"))).containsExactly("bye", "no line feed", "hello");
    }

    @Test
    void a_process_that_said_nothing_is_done_at_once() {
        rig.process(1, "web");
        rig.kernel.end(1);
        rig.settle();
        assertThat(rig.book().isDone(1)).isTrue();
    }

    @Test
    void lost_bytes_are_told_in_the_file() throws IOException {
        rig.toFile("web", file("log"), "T");
        StreamId web = rig.process(1, "web");
        rig.say(web, "begun ");
        rig.later(SECOND);
        rig.say(web, "12345\n");
        rig.say(web, "67890");
        rig.kernel.dropOldest(web, 1);
        rig.say(web, " rest\n");
        rig.settle();
        assertThat(Rig.lines(file("log")))
                .containsExactly(
                        "T [4001] | begun ", "[circus] 6 bytes lost 12:26:40.0 to 12:26:40.0", "T [4001] | 67890 rest");
        assertThat(rig.book().counts().bytesLost()).isEqualTo(6);
        assertThat(rig.book().counts().byWatcher()).isEqualTo(Map.of("web", new OutputTrouble(6, List.of())));
    }

    @Test
    void two_names_of_one_file_share_one_writer() throws IOException {
        Files.createSymbolicLink(file("link"), file("log"));
        rig.toFile("web", file("log"));
        rig.toFile("api", file("link"));
        rig.toFile("job", directory.resolve("../" + directory.getFileName() + "/log"));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        StreamId job = rig.process(3, "job");
        rig.say(web, "open");
        rig.later(SECOND);
        rig.say(api, "second\n");
        rig.say(job, "third\n");
        rig.settle();
        assertThat(Rig.lines(file("log"))).containsExactly("open", "second", "third");
        assertThat(rig.kernel.values()).hasSize(1);
    }

    @Test
    void what_strangers_wrote_stays_and_their_open_line_is_ended() throws IOException {
        Files.writeString(file("log"), "an old line\nan open one");
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "ours\n");
        rig.settle();
        Files.writeString(file("log"), "theirs", StandardOpenOption.APPEND);
        rig.say(web, "ours again\n");
        rig.settle();
        assertThat(Rig.lines(file("log")))
                .containsExactly("an old line", "an open one", "ours", "theirs", "ours again");
    }

    @Test
    void a_file_that_was_cut_is_appended_to_without_a_hole() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "before\n");
        rig.settle();
        Files.writeString(file("log"), "");
        rig.say(web, "after\n");
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("after\n");
    }

    @Test
    void an_open_line_is_completed_by_the_next_manager() throws IOException {
        rig.toFile("web", file("log"), "T");
        StreamId web = rig.process(1, "web");
        rig.say(web, "open");
        rig.later(SECOND);
        rig.restart();
        rig.say(web, " rest\n");
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("T [4001] | open rest\n");
    }

    @Test
    void a_batch_that_was_written_and_not_committed_is_recognised_though_the_kernel_lost_it() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\ntwo\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        rig.turn();
        assertThat(Rig.text(file("log"))).isEqualTo("one\ntwo\n");
        assertThat(rig.committed(web)).isZero();
        rig.kernel.dropOldest(web, 1);
        rig.restart();
        rig.say(web, "three\n");
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void a_batch_that_was_planned_and_not_written_is_written_once() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\ntwo\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        assertThat(file("log")).isEmptyFile();
        assertThat(rig.kernel.values()).hasSize(1);
        rig.restart();
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("one\ntwo\n");
    }

    @Test
    void a_line_that_was_torn_is_completed_before_others_come() throws IOException {
        Files.createSymbolicLink(file("link"), file("log"));
        rig.toFile("web", file("log"), "T");
        rig.toFile("api", file("link"));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        rig.say(web, "one\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        Files.writeString(file("log"), "T [40", StandardOpenOption.APPEND);
        rig.say(api, "second\n");
        rig.restart();
        rig.settle();
        assertThat(Rig.lines(file("log"))).containsExactly("T [4001] | one", "second");
        assertThat(rig.book().isSettled()).isTrue();
    }

    @Test
    void a_line_that_was_torn_is_completed_though_nobody_writes_there_any_more() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\ntwo\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        Files.writeString(file("log"), "on", StandardOpenOption.APPEND);
        rig.forgetRoutes();
        rig.toFile("web", file("new"));
        rig.restart();
        rig.settle();
        assertThat(Rig.text(file("log"))).isEqualTo("one\n");
        assertThat(Rig.text(file("new"))).isEqualTo("two\n");
    }

    @Test
    void the_format_of_a_new_configuration_begins_with_the_next_line() throws IOException {
        rig.toFile("web", file("log"), "T");
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        rig.turn();
        rig.route("web", Channel.OUT, new OutputRoute.ToFile(file("log"), Layout.timed("NEW")));
        rig.restart();
        rig.say(web, "two\n");
        rig.settle();
        assertThat(Rig.lines(file("log"))).containsExactly("T [4001] | one", "NEW [4001] | two");
    }

    @Test
    void strangers_who_wrote_behind_a_plan_are_not_taken_for_us() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\ntwo\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        Files.writeString(file("log"), "on", StandardOpenOption.APPEND);
        Files.writeString(file("log"), " a stranger's line\n", StandardOpenOption.APPEND);
        rig.restart();
        rig.settle();
        assertThat(Rig.lines(file("log"))).containsExactly("on a stranger's line", "one", "two");
    }

    @Test
    void a_file_that_was_renamed_meanwhile_is_found_and_nothing_comes_twice() throws IOException {
        rig.toFile("web", file("log"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        rig.turn();
        Files.move(file("log"), file("log.1"));
        rig.restart();
        rig.settle();
        rig.say(web, "two\n");
        rig.settle();
        assertThat(Rig.text(file("log.1"))).isEqualTo("one\n");
        assertThat(Rig.text(file("log"))).isEqualTo("two\n");
        assertThat(rig.kernel.values()).hasSize(1);
    }

    @Test
    void it_is_found_among_thousands_too_whatever_its_name() throws IOException {
        for (int i = 0; i < 5_000; i++) {
            Files.createFile(file("another-" + i));
        }
        rig.toFile("web", file("web.log"));
        StreamId web = rig.process(1, "web");
        for (String name : List.of("web.moved-1.log", "0", "zz")) {
            rig.say(web, "one\n");
            rig.exchange();
            rig.turn();
            rig.exchange();
            rig.turn();
            Files.move(file("web.log"), file(name));
            rig.restart();
            rig.settle();
            rig.say(web, "two\n");
            rig.settle();
            assertThat(Rig.text(file(name))).isEqualTo("one\n");
            assertThat(Rig.text(file("web.log"))).isEqualTo("two\n");
            Files.delete(file("web.log"));
            rig.restart();
        }
    }

    @Test
    void many_files_are_written_with_few_open() throws IOException {
        for (int i = 1; i <= 600; i++) {
            rig.toFile("w" + i, file("log" + i));
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 1; i <= 600; i++) {
                StreamId stream = round == 0 ? rig.process(i, "w" + i) : new StreamId(i, Channel.OUT);
                rig.say(stream, "line " + round + " of " + i + "\n");
            }
            rig.settle();
            rig.settle();
        }
        for (int i = 1; i <= 600; i++) {
            assertThat(Rig.lines(file("log" + i))).containsExactly("line 0 of " + i, "line 1 of " + i);
        }
    }
}
