package circus.manager.recall;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.Clock;
import circus.manager.watcher.Death;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame;
import papa.wire.Frame.Channel;
import papa.wire.Usage;

/** What is remembered of what workers say, and how it is read. */
final class RecallTest {
    private static final long SECOND = 1_000_000;

    @TempDir
    private Path folder;

    private Path file = Path.of("");
    private Recall recall = new Recall("circus.test.", null);

    @BeforeEach
    void begin() {
        file = folder.resolve("k.output");
        recall = opened();
        recall.frame(new Frame.Announced(3, 4711, SECOND, "circus.test.web.1"));
        recall.frame(new Frame.Announced(4, 4712, SECOND, "circus.test.web.2"));
        recall.frame(new Frame.Announced(5, 4713, SECOND, "circus.other.web.1"));
    }

    private Recall opened() {
        Recall opened = new Recall("circus.test.", file);
        opened.begin("kernel");
        return opened;
    }

    private void say(long incarnation, Channel channel, long offset, long second, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        recall.frame(new Frame.Data(incarnation, channel, offset, second * SECOND, ByteBuffer.wrap(bytes)));
        recall.settle();
    }

    private static TailQuestion question(boolean follows, OptionalLong lines, @Nullable TailCursor cursor) {
        return new TailQuestion(
                new Selection(List.of()), List.of("Web"), false, lines, OptionalLong.empty(), follows, cursor, 0);
    }

    private TailPage page(boolean follows, OptionalLong lines, @Nullable TailCursor cursor) {
        try {
            return new TailReader(recall, () -> false, List::of, Clock.system()).read(question(follows, lines, cursor));
        } catch (InterruptedException hurried) {
            throw new AssertionError(hurried);
        }
    }

    private static List<String> texts(TailPage page) {
        return page.lines().stream()
                .map(line -> line.speaker().name() + " "
                        + (line.lost() > 0
                                ? "lost " + line.lost()
                                : (line.continued() ? "…" : "")
                                        + StandardCharsets.ISO_8859_1.decode(
                                                line.text().duplicate())
                                        + (line.open() ? "…" : "")))
                .toList();
    }

    @Test
    void lines_of_all_come_in_the_order_of_their_time() {
        say(3, Channel.OUT, 0, 10, "one\nfour\n");
        say(4, Channel.ERR, 0, 5, "zero\n");
        say(4, Channel.OUT, 0, 11, "five\nsi");
        say(5, Channel.OUT, 0, 11, "a stranger\n");
        assertThat(texts(page(false, OptionalLong.empty(), null)))
                .containsExactly("web.2 zero", "web.1 one", "web.1 four", "web.2 five", "web.2 si…");
        assertThat(texts(page(false, OptionalLong.of(2), null))).containsExactly("web.2 five", "web.2 si…");
        assertThat(texts(page(false, OptionalLong.of(3), null)))
                .containsExactly("web.1 four", "web.2 five", "web.2 si…");
        assertThat(page(false, OptionalLong.of(0), null).lines()).isEmpty();
    }

    @Test
    void who_follows_goes_on_where_he_was_also_at_another_manager() {
        say(3, Channel.OUT, 0, 10, "one\ntwo\nthr");
        TailPage first = page(true, OptionalLong.of(1), null);
        // The open line is old enough to be shown as it is.
        assertThat(texts(first)).containsExactly("web.1 thr…");
        say(3, Channel.OUT, 11, 12, "ee\nfour\n");
        recall = opened();
        TailCursor told = TailCursor.parse(first.cursor().toJson());
        TailPage second = page(true, OptionalLong.empty(), told);
        assertThat(texts(second)).containsExactly("web.1 …ee", "web.1 four");
        assertThat(page(true, OptionalLong.empty(), second.cursor()).lines()).isEmpty();
        // What was sent to both managers is there once.
        say(3, Channel.OUT, 14, 13, "four\nfive\n");
        assertThat(texts(page(true, OptionalLong.empty(), second.cursor()))).containsExactly("web.1 five");
    }

    @Test
    void a_flood_of_which_only_the_end_was_held_leaves_no_hole_for_a_next_manager() {
        say(3, Channel.OUT, 0, 10, "a line that is in the file\n");
        String line = "x".repeat(1023) + "\n";
        for (int i = 0; i < 600; i++) {
            recall.frame(new Frame.Data(
                    3,
                    Channel.OUT,
                    27 + 1024L * i,
                    11 * SECOND,
                    ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII))));
        }
        recall.settle();
        recall = opened();
        List<String> lines = texts(page(false, OptionalLong.of(10_000), null));
        assertThat(lines).hasSizeBetween(200, 256).allMatch(each -> each.startsWith("web.1 xxx"));
    }

    private static final String LINE = "x".repeat(1023) + "\n";

    /** Lines of 1 KiB from an offset on, in batches of 64 KiB; the offset behind them. */
    private long flood(long offset, int batches) {
        long at = offset;
        byte[] bytes = LINE.repeat(64).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < batches; i++) {
            recall.frame(new Frame.Data(3, Channel.OUT, at, 11 * SECOND, ByteBuffer.wrap(bytes)));
            recall.settle();
            at += bytes.length;
        }
        return at;
    }

    /** Whatever of a flood is not written when circusd is killed: the next one knows of no loss. */
    @Test
    void who_is_killed_in_a_flood_leaves_no_hole_either() throws IOException {
        say(3, Channel.OUT, 0, 10, "a line that is in the file\n");
        long end = flood(27, 1000);
        assertThat(Files.size(file)).isLessThan(8 << 20);
        recall = opened();
        say(3, Channel.OUT, end, 12, "later\n");
        assertThat(texts(page(false, OptionalLong.of(10_000), null)))
                .endsWith("web.1 later")
                .allMatch(each -> each.startsWith("web.1 xxx") || each.equals("web.1 later"));
    }

    @Test
    void at_its_end_a_manager_leaves_all_that_it_holds_of_a_flood() {
        long end = flood(0, 100);
        recall.end();
        recall = opened();
        say(3, Channel.OUT, end, 12, "later\n");
        assertThat(texts(page(false, OptionalLong.of(10_000), null)))
                .hasSizeBetween(190, 257)
                .endsWith("web.1 later");
    }

    @Test
    void what_the_kernel_has_lost_while_there_was_no_manager_is_told() {
        say(3, Channel.OUT, 0, 10, "one\n");
        recall = opened();
        recall.frame(new Frame.Gap(3, Channel.OUT, 4, 100, 11 * SECOND, 11 * SECOND));
        say(3, Channel.OUT, 104, 12, "later\n");
        assertThat(texts(page(false, OptionalLong.of(9), null)))
                .containsExactly("web.1 one", "web.1 lost 100", "web.1 later");
    }

    @Test
    void what_is_held_has_a_bound_at_any_time() {
        byte[] much = new byte[60 * 1024];
        for (int i = 0; i < 1000; i++) {
            recall.frame(new Frame.Announced(100 + i, i, SECOND, "circus.test.web." + i));
            for (int n = 0; n < 6; n++) {
                recall.frame(
                        new Frame.Data(100 + i, Channel.OUT, (long) n * much.length, SECOND, ByteBuffer.wrap(much)));
            }
        }
        long all = 0;
        for (Recall.View view : recall.views(any -> true)) {
            assertThat(view.end() - view.first()).isLessThanOrEqualTo(Recall.MOST_OF_ONE);
            all += view.end() - view.first();
        }
        assertThat(all).isBetween(Recall.MOST_OF_ALL / 4, Recall.MOST_OF_ALL);
    }

    @Test
    void who_asks_before_the_kernel_is_known_waits_for_it() throws Exception {
        say(3, Channel.OUT, 0, 10, "one\n");
        recall.end();
        recall = new Recall("circus.test.", file);
        FutureTask<TailPage> page = new FutureTask<>(() -> page(false, OptionalLong.empty(), null));
        Thread reader = new Thread(page);
        reader.start();
        while (reader.getState() != Thread.State.TIMED_WAITING && reader.isAlive()) {
            Thread.onSpinWait();
        }
        recall.begin("kernel");
        assertThat(texts(page.get(20, TimeUnit.SECONDS))).containsExactly("web.1 one");
    }

    @Test
    void what_is_not_held_any_more_is_told() {
        say(3, Channel.OUT, 0, 10, "one\n");
        TailPage first = page(true, OptionalLong.of(9), null);
        say(3, Channel.OUT, 104, 12, "later\n");
        TailPage second = page(true, OptionalLong.empty(), first.cursor());
        assertThat(texts(second)).containsExactly("web.1 lost 100", "web.1 later");
        TailCursor ofAnotherLife = new TailCursor(
                "another",
                second.cursor().from(),
                second.cursor().inLine(),
                second.cursor().to(),
                Map.of());
        assertThat(texts(page(true, OptionalLong.empty(), ofAnotherLife)))
                .containsExactly("web.1 one", "web.1 lost 100", "web.1 later");
    }

    @Test
    void who_is_come_in_on_late_has_lost_nothing() {
        TailPage first = page(true, OptionalLong.of(9), null);
        say(3, Channel.OUT, 5000, 12, "hello\n");
        assertThat(texts(page(true, OptionalLong.empty(), first.cursor()))).containsExactly("web.1 hello");
    }

    @Test
    void long_output_comes_in_pages_and_long_lines_in_parts() {
        page(true, OptionalLong.of(0), null); // Somebody reads: more is kept.
        String line = "x".repeat(150_000);
        long offset = 0;
        for (String part : List.of(line + "\n", line + "\n", line + "\n")) {
            for (int at = 0; at < part.length(); at += 50_000) {
                String chunk = part.substring(at, Math.min(part.length(), at + 50_000));
                recall.frame(new Frame.Data(
                        3, Channel.OUT, offset, SECOND, ByteBuffer.wrap(chunk.getBytes(StandardCharsets.UTF_8))));
                offset += chunk.length();
            }
        }
        recall.settle();
        StringBuilder all = new StringBuilder();
        TailPage page = page(false, OptionalLong.empty(), null);
        int pages = 0;
        while (true) {
            pages++;
            page.lines()
                    .forEach(each -> all.append(StandardCharsets.UTF_8.decode(each.text()))
                            .append(each.open() ? "" : "\n"));
            if (!page.more()) {
                break;
            }
            page = page(false, OptionalLong.empty(), page.cursor());
        }
        assertThat(pages).isGreaterThan(1);
        assertThat(all.toString()).isEqualTo((line + "\n").repeat(3));
    }

    @Test
    void a_worker_that_talks_much_takes_nothing_from_one_that_talks_little() {
        say(4, Channel.OUT, 0, 1, "quiet\n");
        byte[] much = new byte[64 * 1024];
        for (int i = 0; i < 1000; i++) {
            recall.frame(new Frame.Data(3, Channel.OUT, (long) i * much.length, SECOND, ByteBuffer.wrap(much)));
            recall.settle();
        }
        List<Recall.View> views = recall.views(any -> true);
        assertThat(views).hasSize(2);
        for (Recall.View view : views) {
            assertThat(view.end() - view.first()).isLessThanOrEqualTo(Recall.MOST_OF_ONE);
        }
        assertThat(texts(page(false, OptionalLong.empty(), null))).contains("web.2 quiet");
        assertThat(folder.resolve("k.output"))
                .satisfies(path -> assertThat(Files.size(path)).isLessThan(4 << 20));
    }

    @Test
    void a_file_that_ends_anywhere_is_read_as_far_as_it_is_whole() throws IOException {
        say(3, Channel.OUT, 0, 10, "one\n");
        say(3, Channel.OUT, 4, 10, "two\n");
        byte[] whole = Files.readAllBytes(file);
        for (int length = whole.length; length >= 0; length--) {
            Files.write(file, java.util.Arrays.copyOf(whole, length), StandardOpenOption.TRUNCATE_EXISTING);
            recall = opened();
            assertThat(texts(page(false, OptionalLong.empty(), null)))
                    .isSubsetOf("web.1 one", "web.1 two")
                    .hasSizeLessThanOrEqualTo(2);
            if (length == whole.length) {
                assertThat(recall.views(any -> true)).hasSize(1);
            }
            Files.write(file, whole);
        }
        Files.write(file, "circusRC but not at all what it says".getBytes(StandardCharsets.UTF_8));
        recall = opened();
        assertThat(recall.views(any -> true)).isEmpty();
    }

    @Test
    void what_another_life_of_the_kernel_has_said_is_forgotten() {
        say(3, Channel.OUT, 0, 10, "one\n");
        Recall other = new Recall("circus.test.", file);
        other.begin("another kernel");
        assertThat(other.views(any -> true)).isEmpty();
    }

    @Test
    void names_patterns_and_pids_choose() {
        Speaker one = new Speaker(3, 4711, 0, "web.1");
        Speaker two = new Speaker(4, 4712, 0, "my.app.12");
        assertThat(new Selection(List.of("WEB")).has(one)).isTrue();
        assertThat(new Selection(List.of("web.1")).has(one)).isTrue();
        assertThat(new Selection(List.of("w*")).has(two)).isFalse();
        assertThat(new Selection(List.of("my.app")).has(two)).isTrue();
        assertThat(new Selection(List.of("my.app.1?")).has(two)).isTrue();
        assertThat(new Selection(List.of("x", "4712")).has(two)).isTrue();
        assertThat(new Selection(List.of("web", "4712", "nope")).vain(List.of("Web"), List.of(one, two)))
                .contains("nope");
        assertThat(new Selection(List.of("silent*")).vain(List.of("Silent one"), List.of()))
                .isEmpty();
    }

    private static Death death(String watcher, int wid, long incarnation) {
        return new Death(
                watcher,
                wid,
                4711,
                incarnation,
                Instant.ofEpochSecond(10),
                Instant.parse("2026-11-21T18:00:00.123456Z"),
                -9,
                "kill",
                "kill Web",
                "uid 0",
                wid == 1 ? new Usage(1_320_001, 210_000, 86_118, incarnation == 3) : null);
    }

    @Test
    void the_latest_ends_of_each_are_remembered_for_the_next_manager_too() {
        say(3, Channel.ERR, 0, 10, "one\ntwo\nthree");
        recall.died(death("Web", 1, 3));
        recall.died(death("Web", 1, 3));
        for (int i = 0; i < 10; i++) {
            recall.died(death("Loop", i, 100 + i));
        }
        recall.settle();
        recall = opened();
        assertThat(recall.deaths("web")).containsExactly(death("Web", 1, 3));
        assertThat(Deaths.toJson(recall.deaths("web").get(0)).get("resources"))
                .isEqualTo(Map.of("user", 1.320001, "system", 0.21, "max_rss", 86_118L * 1024));
        assertThat(Deaths.toJson(recall.deaths("loop").get(0)).get("resources")).isNull();
        assertThat(recall.deaths("WEB.1")).hasSize(1);
        assertThat(recall.deaths("web.2")).isEmpty();
        assertThat(recall.deaths("loop")).extracting(Death::wid).containsExactly(9, 8, 7, 6, 5);
        assertThat(new Postmortems(recall).of("web", 2).toString())
                .contains(
                        "exit_code=-9, reason=kill, command=kill Web, by=uid 0, resources={user=1.320001, system=0.21, max_rss=88184832}, stdout=[]")
                .contains("message=two}", "message=three, open=true")
                .doesNotContain("message=one");
        for (int i = 0; i < 300; i++) {
            recall.died(death("w" + i, 1, 1000 + i));
        }
        assertThat(recall.deaths("web")).isEmpty();
        assertThat(recall.deaths("w299")).hasSize(1);
        assertThat(recall.deaths("w99")).isEmpty();
        assertThat(recall.deaths("w100")).containsExactly(death("w100", 1, 1100));
    }

    @Test
    void nobody_gets_another_file_to_see_through_the_folder_of_a_log() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret\n");
        Path log = Files.writeString(folder.resolve("web.log"), "line\n");
        Files.createSymbolicLink(folder.resolve("web.log.1"), secret);
        Files.writeString(folder.resolve("web.log.2"), "older\n");
        Files.writeString(folder.resolve("web.log.swp"), "no log\n");
        assertThat(LogLane.inode(log)).isNotEmpty();
        assertThat(LogLane.inode(folder.resolve("web.log.1"))).isEmpty();
        assertThat(LogLane.siblings(log))
                .containsExactlyInAnyOrder(folder.resolve("web.log.1"), folder.resolve("web.log.2"));
        LogLane.Part asked = new LogLane.Part(log, LogLane.inode(secret), 0, 100);
        assertThat(LogLane.read(asked, 0, 100)).isEmpty();
        LogLane.Part older = new LogLane.Part(log, LogLane.inode(folder.resolve("web.log.2")), 0, 6);
        assertThat(LogLane.read(older, 0, 100)).asString().isEqualTo("older\n");
    }
}
