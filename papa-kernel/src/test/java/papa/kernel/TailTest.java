package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import papa.client.PapaException;
import papa.loop.Micros;
import papa.wire.Frame;

/** {@code tail}: for people and for programs, from every kind of beginning. */
@Timeout(60)
class TailTest {
    private final RunningKernel kernel;

    TailTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    /** Starts it, and waits until it has ended and its output is held. */
    private long ended(RunningKernel.Client client, String name, String script, String... options) throws Exception {
        long process = client.start(name, script, options);
        awaitEnd(client, name);
        return process;
    }

    private static void awaitEnd(RunningKernel.Client client, String name) throws PapaException {
        client.until(() -> {
            try {
                return client.call("stats", name).contains("running=0");
            } catch (PapaException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    // For people.

    @Test
    void a_person_sees_the_last_ten_lines_as_they_were_written() throws Exception {
        ended(kernel.connect(), "ten", "i=0; while [ $i -lt 15 ]; do i=$((i+1)); echo line $i; done; printf last");
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask("tail ten"))
                    .isEqualTo(
                            "line 7\nline 8\nline 9\nline 10\nline 11\nline 12\nline 13\nline 14\nline 15\nlast\n> ");
            person.ask("hello");
            assertThat(person.ask("tail ten lines=2")).isEqualTo("line 15\nlast\n> ");
            person.say("tail ten lines=0");
            assertThat(person.readTo("> ")).isEqualTo("> ");
            assertThat(person.ask("get x")).isEqualTo("\n> ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "lines=2,two|three|",
                "lines=99,one|two|three|",
                "lines=1 err,two|",
                "out,one|three|",
                "bytes=8,o|three|",
                "bytes=0,",
                "offset=4,three|",
                "offset=2 out,e|three|",
                "offset=99,",
                "since=-600,one|two|three|",
                "since=5000000000.5,",
                "since=0 out err,one|two|three|"
            })
    void it_begins_where_it_is_asked_to(String words, String expected) throws Exception {
        ended(kernel.connect(), "b", "echo one; sleep 0.05; echo two >&2; sleep 0.05; echo three");
        try (Person person = new Person(kernel.socket)) {
            person.say("tail b " + words);
            String text = expected == null ? "" : expected.replace('|', '\n');
            assertThat(person.readTo("> ")).isEqualTo(text + "> ");
        }
    }

    @Test
    void a_time_between_two_lines_divides_them() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = ended(client, "t", "echo early; sleep 0.2; echo late");
        client.call("follow", "output", "t");
        client.until(() -> client.has(Frame.End.class, process));
        long late = client.frames.stream()
                .filter(Frame.Data.class::isInstance)
                .mapToLong(each -> ((Frame.Data) each).timeMicros())
                .max()
                .orElseThrow();
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask("tail t since=" + late)).isEqualTo("late\n> ");
            assertThat(person.ask("tail t since=" + (late - 100_000))).isEqualTo("late\n> ");
            person.say("tail t since=" + Micros.seconds(late + 1));
            assertThat(person.readTo("> ")).isEqualTo("> ");
        }
    }

    @Test
    void what_is_held_no_more_is_told_on_a_line_of_its_own() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = ended(client, "g", "echo one; sleep 0.1; echo two");
        client.call("commit", "out", "" + process, "4");
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask("tail g offset=1"))
                    .matches(
                            "\\[3 bytes of g out are held no more, from [-0-9]+ [:.0-9]+ to [-0-9]+ [:.0-9]+]\ntwo\n> ");
            assertThat(person.ask("tail g")).isEqualTo("two\n> ");
        }
    }

    @Test
    void with_several_processes_each_line_says_whose_it_is() throws Exception {
        RunningKernel.Client client = kernel.connect();
        ended(client, "w.1", "printf 'one\\ntw'; sleep 0.4; echo o");
        RunningKernel.Client other = kernel.connect();
        other.start("w.2", "echo boom >&2");
        awaitEnd(other, "w.2");
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask("tail w.*")).isEqualTo("w.1 out: one\nw.1 out: two\nw.2 err: boom\n> ");
            assertThat(person.ask("tail w.2 times=1")).matches("[-0-9]{10} [:.0-9]{15} err: boom\n> ");
            assertThat(person.ask("tail w.1 w.2 times=1 lines=1")).contains(" w.1 out: two\n", " w.2 err: boom\n");
        }
    }

    @Test
    void a_line_that_another_stream_breaks_into_has_its_head_twice() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.start("x.1", "printf ab; sleep 0.6; echo cd");
        client.until(() -> client.frames.isEmpty() && held(client, "x.1") == 2);
        client.start("x.2", "echo mid");
        awaitEnd(client, "x.1");
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask("tail x.*")).isEqualTo("x.1 out: ab\nx.2 out: mid\nx.1 out: cd\n> ");
        }
    }

    private static long held(RunningKernel.Client client, String name) {
        try {
            return Long.parseLong(client.call("stats", name).replaceAll("(?s).* held=(\\d+) .*", "$1"));
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void following_goes_on_until_the_process_has_ended() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.start("f", "echo one; sleep 0.3; echo two >&2; sleep 0.2; printf three; exit 3");
        try (Person person = new Person(kernel.socket)) {
            person.say("tail f follow=1");
            assertThat(person.readTo("> "))
                    .matches("one\ntwo\nthree\n\\[f ended at [-0-9]+ [:.0-9]+, with exit code 3]\n> ");
            assertThat(person.ask("tail f follow=1"))
                    .contains("three\n[f ended")
                    .endsWith("code 3]\n> ");
        }
    }

    @Test
    void following_ends_with_a_line_which_is_obeyed_if_it_is_a_command() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.start("f", "echo one; printf more; sleep 30");
        try (Person person = new Person(kernel.socket)) {
            for (String line : List.of("", "q", "Q\r")) {
                person.say("tail f follow=1");
                assertThat(person.readTo("more")).isEqualTo("one\nmore");
                person.say(line);
                assertThat(person.readTo("> ")).isEqualTo("\n> ");
            }
            person.say("tail f follow=1 lines=0");
            person.say("get x");
            assertThat(person.readTo("> \n> ")).isEqualTo("> \n> ");
            assertThat(person.ask("stats")).contains(" tails=0 ");
        }
    }

    @Test
    void a_person_who_goes_while_following_is_noticed() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.start("f", "sleep 30");
        try (Person person = new Person(kernel.socket)) {
            person.say("tail f follow=1");
            client.until(() -> contains(client, " tails=1 "));
        }
        client.until(() -> contains(client, " tails=0 "));
    }

    private static boolean contains(RunningKernel.Client client, String word) {
        try {
            return client.call("stats").contains(word);
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "tail; cannot tail: name a process",
                "tail nobody; cannot tail nobody: no process of this name or incarnation is held",
                "tail nobody*; cannot tail: nothing matches",
                "tail e lines=x; cannot take \"x\" for a number",
                "tail e lines=-1; cannot tail from lines=-1: below 0",
                "tail e since=yesterday; cannot tail from since=yesterday: -60 for the last minute",
                "tail e lines=1 bytes=1; cannot tail from bytes=1: it is to begin elsewhere already",
                "tail e follow=yes; cannot tail with follow=yes: 0 or 1 is wanted",
                "tail e colour=1; cannot tail colour=1: no process of this name",
                "stats nobody; cannot stats nobody: no process of this name"
            })
    void what_cannot_be_understood_is_told(String line, String message) throws Exception {
        ended(kernel.connect(), "e", "echo one");
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask(line)).startsWith("Error: " + message);
        }
    }

    @Test
    void too_many_beginnings_are_refused() throws Exception {
        RunningKernel.Client client = kernel.connect();
        ended(client, "e", "echo one");
        String[] words = new String[66];
        words[0] = "tail";
        for (int i = 1; i < words.length; i++) {
            words[i] = "e" + "x".repeat(i) + "*";
        }
        assertThatThrownBy(() -> client.call(words)).hasMessageContaining("64 words with a * are the most");
    }

    // For programs.

    @Test
    void a_program_gets_frames_and_then_the_answer() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long first = ended(client, "p", "echo one; sleep 0.1; echo two >&2; exit 4");
        long second = client.start("p", "echo three; sleep 30");
        client.until(() -> held(client, "" + second) == 6);
        assertThat(client.call("tail", "p", "lines=5")).isEmpty();
        assertThat(client.frames.stream().map(TailTest::shape))
                .containsExactly(
                        "process " + first,
                        "out " + first + " 0 4",
                        "err " + first + " 0 4",
                        "exit " + first + " 4",
                        "end " + first,
                        "process " + second,
                        "out " + second + " 0 6");
        assertThat(client.call("tail", "" + second, "bytes=3")).isEmpty();
        assertThat(client.output(second)).isEqualTo("three\nee\n");
        assertThat(client.call("stats", "p")).contains("out=0:4:0 err=0:4:0", "out=0:6:0");
    }

    private static String shape(Frame frame) {
        if (frame instanceof Frame.Announced) {
            return "process " + frame.incarnation();
        } else if (frame instanceof Frame.Data data) {
            return data.channel().word() + " " + data.incarnation() + " " + data.offset() + " "
                    + data.bytes().capacity();
        } else if (frame instanceof Frame.Gap gap) {
            return "gap " + gap.incarnation() + " " + gap.offset() + " " + gap.bytes();
        } else if (frame instanceof Frame.Exit exit) {
            return "exit " + exit.incarnation() + " " + exit.code();
        }
        return frame.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT) + " " + frame.incarnation();
    }

    @Test
    void a_program_is_told_what_is_missing_at_the_offset_it_asked_for() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = ended(client, "m", "echo one; sleep 0.1; echo two");
        client.call("commit", "out", "" + process, "4");
        client.call("tail", "m", "offset=1", "out");
        assertThat(client.frames.stream().map(TailTest::shape))
                .containsExactly(
                        "process " + process,
                        "gap " + process + " 1 3",
                        "out " + process + " 4 4",
                        "exit " + process + " 0",
                        "end " + process);
        Frame.Gap gap = (Frame.Gap) client.frames.get(1);
        assertThat(gap.firstMicros()).isPositive().isLessThanOrEqualTo(gap.lastMicros());
    }

    @Test
    void a_program_follows_to_the_end() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = client.start("f", "echo one; sleep 0.2; echo two; sleep 0.2; exit 2");
        client.call("tail", "f", "follow=1", "lines=1");
        assertThat(client.output(process)).isEqualTo("one\ntwo\n");
        assertThat(client.frames.stream().map(TailTest::shape)).endsWith("exit " + process + " 2", "end " + process);
    }

    @Test
    void a_connection_tails_or_follows_but_not_both_at_once() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = ended(client, "e", "echo one");
        client.call("tail", "e");
        client.call("follow", "output", "e");
        client.until(() -> client.has(Frame.End.class, process));
        assertThatThrownBy(() -> client.call("tail", "e")).hasMessageContaining("it follows or tails already");
    }

    @Test
    void a_large_tail_that_nobody_reads_stops_nothing_and_arrives_whole_in_the_end() throws Exception {
        RunningKernel.Client starter = kernel.connect();
        for (int i = 0; i < 24; i++) {
            starter.start("big." + i, "head -c 2000000 /dev/zero | tr '\\0' x");
        }
        for (int i = 0; i < 24; i++) {
            String name = "big." + i;
            starter.until(() -> held(starter, name) == 2_000_000);
        }
        try (Person slow = new Person(kernel.socket)) {
            slow.say("hello framed");
            slow.readTo("> ");
            slow.say("1 tail big.* lines=1000000");
            starter.until(() -> contains(starter, " tails=1 "));
            ended(starter, "small", "echo small");
            assertThat(starter.call("stats", "big.0")).contains("out=0:2000000:0");
            assertThat(slow.readTo("ok 1 0\n\n")).hasSizeGreaterThan(48_000_000);
        }
        starter.until(() -> contains(starter, " tails=0 "));
    }

    @Test
    void a_tail_holds_nobody_back_and_is_told_what_it_was_too_slow_for() throws Exception {
        RunningKernel.Client starter = kernel.connect();
        long process = starter.start("busy", "head -c 8000000 /dev/zero; echo end", "bufsize=100k");
        RunningKernel.Client slow = kernel.connect();
        slow.channel.request(List.of("tail", "busy", "offset=0", "follow=1"), new Ignored());
        slow.channel.flush();
        awaitEnd(starter, "busy");
        slow.until(() -> slow.has(Frame.End.class, process));
        long dropped = slow.frames.stream()
                .filter(Frame.Gap.class::isInstance)
                .mapToLong(each -> ((Frame.Gap) each).bytes())
                .sum();
        assertThat(dropped).isPositive();
        assertThat(dropped + slow.output(process).length()).isEqualTo(8_000_004);
    }

    /** Takes any answer. */
    private static final class Ignored implements papa.client.ReplyListener {
        @Override
        public void ok(String body) {}

        @Override
        public void failed(String reason) {}
    }

    @Test
    void the_kernel_tells_its_figures() throws Exception {
        RunningKernel.Client client = kernel.connect();
        ended(client, "a b", "echo one; exit 3", "annotate.x=1");
        client.call("set", "name", "value");
        assertThat(client.call("stats"))
                .startsWith("kernel version=")
                .contains(" running=0 ended=1 ", " values=1 ", " sessions=1 ", " output=4 outputroom=16384 ")
                .containsPattern(" resident=\\d{7,} ");
        assertThat(client.call("stats", "*"))
                .matches(
                        "\"a b\" incarnation=\\d+ pid=\\d+ running=0 started=\\d+ exit=3 ended=\\d+ user=\\d+ system=\\d+ maxrss(below)?=\\d+ held=4"
                                + " limit=2097152 room=16384 out=0:4:0 err=0:0:0 heldback=0 unattended=0 annotations=1"
                                + " leftovers=0\n");
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask("stats a\\ b")).startsWith("a b incarnation=");
        }
    }
}
