package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.output.LogJudge.Shape;
import circus.tests.output.TortureLine.Voice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The judge of the torture sees each kind of fault. */
@ExtendWith(HomeExtension.class)
class LogJudgeTest {
    private static final Voice A = new Voice("a-1", 7, "out");
    private static final Voice B = new Voice("b-1", 8, "out");
    private static final String TIME = "2026-11-21 18:00:00.000000";

    private final Home home;

    LogJudgeTest(Home home) {
        this.home = home;
    }

    private static String text(Voice voice, int number) {
        return new TortureLine(voice, number, 1_000_000, false).text();
    }

    private static String line(Voice voice, int number) {
        return text(voice, number) + "\n";
    }

    private static String total(Voice voice, int number) {
        return new TortureLine(voice, number, 1_000_000, true).text() + "\n";
    }

    private static String stamped(Voice voice, String line) {
        return TIME + " [" + voice.pid() + "] | " + line;
    }

    /** What comes before a place in a text, or behind it; a place within a character is moved. */
    private static String upTo(int at, String text) {
        return text.substring(0, Character.isLowSurrogate(text.charAt(at)) ? at + 1 : at);
    }

    private static String from(int at, String text) {
        return text.substring(upTo(at, text).length());
    }

    private void told(Voice voice, String count) {
        home.write("told/" + voice.name() + "." + voice.pid() + "." + voice.channel(), count);
    }

    private LogJudge judge(Shape shape, boolean isShared, String... files) {
        home.write("told/x", "");
        LogJudge judge = new LogJudge();
        List<Path> paths = new java.util.ArrayList<>();
        for (int i = 0; i < files.length; i++) {
            paths.add(home.write("log." + i, files[i]));
        }
        judge.read("log", shape, isShared, paths);
        judge.compare(home.path("told"));
        return judge;
    }

    private String fault(String log) {
        return String.join("\n", judge(Shape.PLAIN, true, log).faults());
    }

    @Test
    void a_whole_log_has_no_faults_also_in_several_files_cut_anywhere() {
        told(A, "3 all");
        told(B, "1 all");
        String log = line(A, 1) + line(B, 1) + line(A, 2) + total(B, 1) + line(A, 3) + total(A, 3);
        LogJudge judge = judge(Shape.PLAIN, true, upTo(30, log), from(30, upTo(300, log)), from(300, log));
        assertThat(judge.faults()).isEmpty();
        assertThat(judge.lines()).isEqualTo(6);
        assertThat(judge.lateMicros(0.99)).isEqualTo(-1);
    }

    @Test
    void a_compressed_file_is_read_like_another() throws IOException {
        told(A, "1 all");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(line(A, 1).getBytes(StandardCharsets.UTF_8));
        }
        Path old = Files.write(home.path("log.1.gz"), packed.toByteArray());
        LogJudge judge = new LogJudge();
        judge.read("log", Shape.PLAIN, false, List.of(old, home.write("log", total(A, 1))));
        judge.compare(home.path("told"));
        assertThat(judge.faults()).isEmpty();
    }

    @Test
    void a_lost_a_doubled_and_a_swapped_line_are_faults() {
        told(A, "3 all");
        assertThat(fault(line(A, 1) + line(A, 3) + total(A, 3)))
                .isEqualTo("a-1 7 out: line 2 is missing; of 3 there are 2");
        assertThat(fault(line(A, 1) + line(A, 2) + line(A, 2) + line(A, 3) + total(A, 3)))
                .contains("log line 3 comes after 2", "log line 3 comes again");
        assertThat(fault(line(A, 2) + line(A, 1) + line(A, 3) + total(A, 3))).startsWith("log line 2 comes after 2");
    }

    @Test
    void a_line_that_is_in_two_logs_is_a_fault() {
        told(A, "1 all");
        LogJudge judge = new LogJudge();
        judge.read("one", Shape.PLAIN, true, List.of(home.write("one", line(A, 1))));
        judge.read("two", Shape.PLAIN, true, List.of(home.write("two", line(A, 1) + total(A, 1))));
        judge.compare(home.path("told"));
        assertThat(judge.faults()).singleElement().asString().startsWith("two line 1 comes again");
    }

    @Test
    void what_is_missing_at_the_end_is_a_fault() {
        told(A, "2 all");
        assertThat(fault(line(A, 1) + total(A, 2))).contains("line 2 is missing");
        assertThat(fault(line(A, 1) + line(A, 2))).contains("its last line (the total) is missing");
        assertThat(fault("")).contains("line 1 is missing; of 2 there are 0");
        assertThat(fault(line(A, 1) + line(A, 2) + total(A, 1))).contains("told 2 lines, and 1 in its log");
    }

    @Test
    void a_line_inside_another_is_a_fault() {
        told(A, "1 all");
        told(B, "1 all");
        String a = text(A, 1);
        assertThat(fault(upTo(40, a) + line(B, 1) + from(40, a) + "\n" + total(A, 1) + total(B, 1)))
                .contains("log line 1 is not as it was written");
        assertThat(fault(a + line(B, 1) + total(A, 1) + total(B, 1))).contains("log line 1 is not as it was written");
    }

    @Test
    void bytes_that_are_missing_or_wrong_within_a_line_are_a_fault() {
        told(A, "1 all");
        String a = text(A, 1);
        assertThat(fault(a.replace("€", "e") + "\n" + total(A, 1))).contains("log line 1 is not as it was written");
        assertThat(fault(upTo(40, a) + from(50, a) + "\n" + total(A, 1))).contains("not as it was written");
        assertThat(fault("noise\n" + a + "\n" + total(A, 1))).contains("log line 1 is no line of a worker: noise");
        assertThat(fault("[circus] 5 bytes lost 12:01:03.2 to 12:01:09.8\n" + a + "\n" + total(A, 1)))
                .contains("log line 1 is no line of a worker: [circus] 5 bytes lost");
    }

    @Test
    void a_line_may_stand_in_two_where_others_meet_but_not_in_its_own_file_and_not_without_its_end() {
        told(A, "1 all");
        told(B, "1 all");
        String a = text(A, 1);
        String log = upTo(40, a) + "\n" + line(B, 1) + from(40, a) + "\n" + total(A, 1) + total(B, 1);
        LogJudge judge = judge(Shape.PLAIN, true, log);
        assertThat(judge.faults()).isEmpty();
        assertThat(judge.broken()).isEqualTo(1);
        assertThat(judge(Shape.PLAIN, false, log).faults())
                .singleElement()
                .asString()
                .contains("is broken in two");
        assertThat(fault(log.replace(from(40, a) + "\n", ""))).contains("log line 1 has lost its end");
        assertThat(fault(log.replace(upTo(40, a) + "\n", ""))).contains("log line 2 has lost its beginning");
    }

    @Test
    void a_line_that_is_torn_within_a_character_is_a_fault() throws IOException {
        told(A, "1 all");
        told(B, "1 all");
        byte[] a = text(A, 1).getBytes(StandardCharsets.UTF_8);
        int inside = new String(a, StandardCharsets.ISO_8859_1).indexOf('\u00e2') + 1;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        log.write(a, 0, inside);
        log.write(("\n" + line(B, 1)).getBytes(StandardCharsets.UTF_8));
        log.write(a, inside, a.length - inside);
        log.write(("\n" + total(A, 1) + total(B, 1)).getBytes(StandardCharsets.UTF_8));
        LogJudge judge = new LogJudge();
        judge.read("log", Shape.PLAIN, true, List.of(Files.write(home.path("log"), log.toByteArray())));
        judge.compare(home.path("told"));
        assertThat(String.join("\n", judge.faults())).contains("is torn within a character");
    }

    @Test
    void who_was_killed_may_have_begun_a_line_and_have_written_more_than_it_told_but_not_less() {
        told(A, "2");
        assertThat(fault(line(A, 1) + line(A, 2))).isEmpty();
        assertThat(fault(line(A, 1) + line(A, 2) + line(A, 3) + upTo(30, text(A, 4))))
                .isEmpty();
        assertThat(fault(line(A, 1))).contains("line 2 is missing");
        assertThat(fault(line(A, 1) + upTo(30, text(A, 2)))).contains("line 2 is missing");
        assertThat(fault(line(A, 1) + upTo(30, text(A, 2)) + "\n" + line(A, 3))).contains("line 2 is missing");
    }

    @Test
    void a_prefix_is_there_once_and_is_its_writer_s() {
        told(A, "1 all");
        String good = stamped(A, line(A, 1)) + stamped(A, total(A, 1));
        LogJudge judge = judge(Shape.STAMPED, true, good);
        assertThat(judge.faults()).isEmpty();
        assertThat(judge.lateMicros(0.5)).isGreaterThan(0);
        for (String wrong : List.of(
                line(A, 1),
                stamped(B, line(A, 1)),
                stamped(A, stamped(A, line(A, 1))),
                stamped(A, upTo(50, text(A, 1)) + stamped(A, from(50, text(A, 1)) + "\n")))) {
            assertThat(judge(Shape.STAMPED, true, wrong + stamped(A, total(A, 1)))
                            .faults())
                    .as(wrong)
                    .isNotEmpty();
        }
        assertThat(judge(Shape.CHANGING, true, line(A, 1) + stamped(A, total(A, 1)))
                        .faults())
                .isEmpty();
        assertThat(judge(Shape.NAMED, true, good).faults().get(0)).contains("has another prefix");
    }

    private static String json(Voice voice, String message) {
        return "{\"time\":\"1970-01-01T00:00:01.000250Z\",\"watcher\":\"a\",\"wid\":1,\"pid\":" + voice.pid()
                + ",\"stream\":\"stdout\",\"message\":\"" + message + "\"}\n";
    }

    @Test
    void a_line_of_json_is_an_object_with_its_writer_s_pid_and_time() {
        told(A, "1 all");
        String end = json(A, total(A, 1).strip());
        LogJudge judge = judge(Shape.JSON, true, json(A, text(A, 1)) + end);
        assertThat(judge.faults()).isEmpty();
        assertThat(judge.lateMicros(1)).isEqualTo(250);
        assertThat(judge(Shape.JSON, true, json(B, text(A, 1)) + end).faults().get(0))
                .contains("has the prefix of pid 8");
        assertThat(judge(Shape.JSON, true, line(A, 1) + end).faults().get(0)).contains("is no object of a line");
    }

    @Test
    void what_nobody_told_of_is_a_fault() {
        assertThat(fault(line(A, 1))).isEqualTo("nobody knows a-1 7 out");
    }
}
