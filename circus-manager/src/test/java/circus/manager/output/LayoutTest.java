package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.disk.FileIdentity;
import circus.manager.line.Color;
import circus.manager.line.Layout;
import circus.manager.line.LineShape;
import circus.manager.line.Shapes;
import circus.manager.line.Speaker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

/** How lines look in files. */
final class LayoutTest {
    private static final Duration SECOND = Duration.ofMillis(1100);
    private static final Layout NAMED =
            Layout.text(Optional.of("T"), List.of(Layout.Part.PID, Layout.Part.WATCHER, Layout.Part.WID));

    @TempDir
    private Path directory;

    private final Rig rig = new Rig();

    private Path log() {
        return directory.resolve("log");
    }

    private StreamId stream(long incarnation, String watcher, Layout layout) {
        rig.route(watcher, Channel.OUT, new OutputRoute.ToFile(log(), layout));
        return rig.process(incarnation, watcher.toLowerCase(java.util.Locale.ROOT));
    }

    private String beginsWith(Layout layout) throws IOException {
        StreamId web = stream(7, "Web", layout);
        rig.say(web, "x\n");
        rig.settle();
        return Rig.lines(log()).get(0).replace("x", "");
    }

    @Test
    void a_prefix_tells_watcher_wid_and_pid_behind_the_time() throws IOException {
        assertThat(beginsWith(NAMED)).isEqualTo("T [Web.7 4007] | ");
    }

    @Test
    void a_prefix_without_a_time_is_the_name_alone() throws IOException {
        assertThat(beginsWith(Layout.text(Optional.empty(), List.of(Layout.Part.WATCHER))))
                .isEqualTo("[Web] | ");
    }

    @Test
    void the_parts_of_a_prefix_that_are_not_wanted_are_left_out() throws IOException {
        assertThat(beginsWith(Layout.text(Optional.empty(), List.of(Layout.Part.PID, Layout.Part.WID))))
                .isEqualTo("[7 4007] | ");
        assertThat(Layout.text(Optional.empty(), List.of(Layout.Part.PID)).mark(new Speaker("w", 1, 2)))
                .isEqualTo("[2] | ");
    }

    @Test
    void a_prefix_that_was_torn_is_completed_by_the_next_manager() throws IOException {
        StreamId web = stream(7, "web", NAMED);
        rig.say(web, "one\ntwo\n");
        tear("T [web.7 4007] | one\nT [web.7 40");
        assertThat(Rig.lines(log())).containsExactly("T [web.7 4007] | one", "T [web.7 4007] | two");
    }

    /** The plan is committed, this much of it written, and the manager dies. */
    private void tear(String written) throws IOException {
        rig.exchange();
        rig.turn();
        rig.exchange();
        Files.writeString(log(), written, StandardOpenOption.APPEND);
        rig.restart();
        rig.settle();
    }

    private static String json(String message) {
        return "{\"time\":\"2020-09-13T12:26:40.XZ\",\"watcher\":\"web\",\"wid\":7,\"pid\":4007,\"stream\":\"stdout\","
                + "\"message\":\"" + message + "\"}";
    }

    private List<String> jsonLines() throws IOException {
        return Rig.lines(log()).stream()
                .map(line -> line.replaceFirst("40\\.\\d{6}Z", "40.XZ"))
                .toList();
    }

    @Test
    void a_line_becomes_an_object_of_json() throws IOException {
        StreamId web = stream(7, "web", Layout.json(Optional.empty()));
        rig.say(web, "o");
        rig.say(web, "ne\n\nsays \"no\\\" \u0001\u007f\t\r\n");
        rig.say(web, "ü€\uD83D\uDE00\n");
        rig.settle();
        assertThat(jsonLines())
                .containsExactly(
                        json("one"),
                        json(""),
                        json("says \\\"no\\\\\\\" \\u0001\\u007f\\t\\r"),
                        json("ü€\uD83D\uDE00"));
    }

    @Test
    void bytes_that_are_no_utf_8_become_a_replacement() throws IOException {
        StreamId web = stream(7, "web", Layout.json(Optional.empty()));
        rig.kernel.say(web, new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3, '\n'});
        rig.settle();
        assertThat(jsonLines()).containsExactly(json("a\ufffdb\ufffd"));
        assertThat(rig.committed(web)).isEqualTo(5);
    }

    @Test
    void a_part_of_a_line_says_that_it_is_one() throws IOException {
        StreamId web = stream(7, "web", Layout.json(Optional.of("%H")));
        rig.say(web, "wait");
        rig.later(SECOND);
        rig.say(web, "ing\n");
        rig.settle();
        assertThat(Rig.text(log()))
                .contains("{\"time\":\"12\",", "\"message\":\"wait\",\"partial\":true}\n", "\"message\":\"ing\"}\n");
    }

    @Test
    void json_ends_the_open_line_of_another_stream() throws IOException {
        StreamId plain = stream(1, "api", Layout.PLAIN);
        StreamId web = stream(7, "web", Layout.json(Optional.empty()));
        rig.say(plain, "open");
        rig.later(SECOND);
        rig.say(web, "{}\n");
        rig.say(plain, " rest\n");
        rig.settle();
        assertThat(jsonLines()).containsExactly("open", json("{}"), " rest");
    }

    @Test
    void lost_bytes_are_told_in_json() throws IOException {
        StreamId web = stream(7, "web", Layout.json(Optional.empty()));
        rig.say(web, "lost\n");
        rig.say(web, "here\n");
        rig.kernel.dropOldest(web, 1);
        rig.settle();
        assertThat(Rig.lines(log()).get(0))
                .contains("\"message\":\"[circus] 5 bytes lost 12:26:40.0 to 12:26:40.0\",\"lost\":5}");
        assertThat(JsonExactness.messages(Rig.text(log()))).hasSize(2);
    }

    @Test
    void a_torn_line_of_json_is_completed_from_the_bytes_of_the_kernel() throws IOException {
        StreamId web = stream(7, "web", Layout.json(Optional.empty()));
        rig.say(web, "one\ntwo\nthree\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        // What would have been written, by a manager that lives on.
        rig.turn();
        byte[] whole = Files.readAllBytes(log());
        String text = new String(whole, StandardCharsets.UTF_8);
        Files.writeString(log(), text.substring(0, text.indexOf("two") + 1));
        rig.restart();
        rig.settle();
        assertThat(Rig.text(log())).isEqualTo(text);
        assertThat(rig.committed(web)).isEqualTo(14);
    }

    @Test
    void a_torn_line_of_json_whose_bytes_are_gone_is_ended() throws IOException {
        StreamId web = stream(7, "web", Layout.json(Optional.empty()));
        rig.say(web, "one\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        Files.writeString(log(), "{\"time\":\"2020", StandardOpenOption.APPEND);
        rig.kernel.dropOldest(web, 1);
        rig.restart();
        rig.say(web, "two\n");
        rig.settle();
        assertThat(Rig.lines(log()).get(0)).isEqualTo("{\"time\":\"2020");
        assertThat(Rig.text(log())).contains("4 bytes lost").endsWith("\"two\"}\n");
    }

    private static String fancy(String said) {
        StringBuilder shown = new StringBuilder();
        LineShape lines = new Shapes(java.time.ZoneId.of("UTC"))
                .of(
                        new Layout(
                                Layout.Shape.FANCY,
                                Optional.of("%Y-%m-%d %H:%M:%S"),
                                List.of(),
                                Optional.of(Color.GREEN)),
                        new Speaker("web", 1, 42),
                        Channel.OUT,
                        true);
        boolean begins = true;
        for (String part : said.split("(?<=\n)|(?<=\\|)")) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            lines.shape(
                    (source, from, to) -> shown.append(new String(source, from, to - from, StandardCharsets.UTF_8)),
                    1_577_934_245_000_000L,
                    bytes,
                    0,
                    bytes.length,
                    begins);
            begins = part.endsWith("\n");
        }
        return shown.toString();
    }

    /** The vector of contract/streams.md, section 4. */
    @Test
    void fancy_lines_are_in_colour_behind_their_time_and_never_empty() {
        String prefix = "\u001b[0;32;40m2020-01-02 03:04:05 [42] | ";
        assertThat(fancy("a\n\nb\nc\n"))
                .isEqualTo(prefix + "a\u001b[0m\n" + prefix + "b\u001b[0m\n" + prefix + "c\u001b[0m\n");
        assertThat(fancy("be|gun\n")).isEqualTo(prefix + "be|\u001b[0m\u001b[0;32;40mgun\u001b[0m\n");
    }

    @Test
    void a_record_of_a_layout_that_version_1_cannot_tell_has_version_2() {
        for (Layout layout : List.of(NAMED, Layout.json(Optional.of("%H+%M")), Layout.json(Optional.empty()))) {
            Plan plan = new Plan(
                    3,
                    4,
                    List.of(new Plan.Writer(new StreamId(1, Channel.OUT), new Speaker("W b+ü", 3, 42), 5, layout)),
                    List.of(new Plan.Piece(0, 8, 3, null)));
            LogRecord record = new LogRecord("/log", new FileIdentity(1, 2), 0, 0, StreamId.NOBODY, 0, plan, null);
            assertThat(record.encode()).startsWith("2 ").matches("[ -~]*");
            assertThat(LogRecord.parse(record.encode())).isEqualTo(record);
        }
    }
}
