package circus.manager.event;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Event;
import circus.message.EventKind;
import circus.message.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers of events, and what a manager finds of those of an earlier one. */
class EventJournalTest {
    private static final Instant NOW = Instant.parse("2026-11-20T21:00:00Z");
    private static final long MICROS = NOW.getEpochSecond() * 1_000_000;
    private static final OptionalLong ALL = OptionalLong.empty();

    @TempDir
    Path folder = Path.of("");

    private Path path = Path.of("");

    /** What the kernel holds. */
    private Optional<String> value = Optional.empty();

    @BeforeEach
    void name() {
        path = folder.resolve("web.sock.events");
    }

    private EventJournal open(Instant now) {
        return EventJournal.open(path, value, now, number -> value = Optional.of(number));
    }

    private EventJournal open() {
        return open(NOW);
    }

    private static Event start(String watcher) {
        return Event.of(watcher, EventKind.START, NOW);
    }

    private static Event large(int bytes) {
        return Event.hook("web", "before_start", NOW, Optional.of("x".repeat(bytes)));
    }

    private static EventPage after(EventJournal journal, long since) {
        return journal.after(OptionalLong.of(since), event -> true, 1_000);
    }

    private static List<Long> numbers(EventPage page) {
        return page.events().stream().map(KeptEvent::seq).toList();
    }

    @Test
    void numbers_begin_with_the_time_and_grow_by_one() {
        EventJournal journal = open();

        assertThat(journal.add(start("web")).seq()).isEqualTo(MICROS);
        assertThat(journal.add(start("db")).seq()).isEqualTo(MICROS + 1);
        assertThat(journal.add(start("web")).body()).endsWith(", \"seq\": " + (MICROS + 2) + "}");
        assertThat(value).contains(String.valueOf(MICROS));
    }

    @Test
    void a_later_manager_goes_on_and_has_all_events_of_the_earlier_one() {
        EventJournal first = open();
        KeptEvent one = first.add(start("größe"));
        KeptEvent two = first.add(start("web"));

        EventJournal second = open(NOW.plusSeconds(60));

        assertThat(after(second, one.seq() - 1).events()).containsExactly(one, two);
        assertThat(second.add(start("web")).seq()).isEqualTo(two.seq() + 1);
        EventJournal third = open(NOW.plusSeconds(120));
        assertThat(numbers(after(third, one.seq()))).containsExactly(MICROS + 1, MICROS + 2);
        assertThat(third.after(ALL, event -> true, 1_000)).satisfies(page -> {
            assertThat(page.first()).isEqualTo(MICROS);
            assertThat(page.last()).isEqualTo(MICROS + 2);
            assertThat(page.next()).isEqualTo(MICROS + 2);
            assertThat(page.lost()).isZero();
        });
    }

    @Test
    void the_file_is_for_its_user_alone_has_all_its_blocks_and_goes_with_the_journal() throws IOException {
        EventJournal journal = open();
        journal.add(start("web"));

        assertThat(Files.size(path)).isEqualTo(64 + (1 << 20));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }

        journal.remove();

        assertThat(path).doesNotExist();
        assertThat(journal.add(start("web")).seq()).isEqualTo(MICROS + 1);
        assertThat(path).doesNotExist();
    }

    @Test
    void only_the_latest_are_held_and_lost_tells_how_many_are_not() {
        EventJournal journal = open();
        for (int i = 0; i < 20_000; i++) {
            journal.add(start("web"));
        }
        long last = MICROS + 19_999;

        EventPage page = journal.after(OptionalLong.of(MICROS + 4), event -> true, 1_000);

        assertThat(page.first()).isBetween(MICROS + 1_000, last - 5_000);
        assertThat(page.lost()).isEqualTo(page.first() - MICROS - 5);
        assertThat(page.events()).hasSize(1_000);
        assertThat(numbers(page).get(0)).isEqualTo(page.first());
        assertThat(page.next()).isEqualTo(page.first() + 999);
        assertThat(page.last()).isEqualTo(last);
        EventPage rest = after(journal, page.next());
        assertThat(rest.lost()).isZero();
        assertThat(numbers(rest).get(0)).isEqualTo(page.next() + 1);
        assertThat(after(journal, last)).satisfies(none -> {
            assertThat(none.events()).isEmpty();
            assertThat(none.lost()).isZero();
            assertThat(none.next()).isEqualTo(last);
        });
        // The next manager has exactly the same.
        EventPage later = open().after(ALL, event -> true, 1);
        assertThat(later.first()).isEqualTo(page.first());
        assertThat(later.last()).isEqualTo(last);
    }

    @Test
    void with_a_filter_what_was_looked_at_is_told_too() {
        EventJournal journal = open();
        for (int i = 0; i < 10; i++) {
            journal.add(start(i % 2 == 0 ? "web" : "db"));
        }

        EventPage page = journal.after(ALL, event -> event.topic().equals("watcher.web.start"), 3);

        assertThat(numbers(page)).containsExactly(MICROS, MICROS + 2, MICROS + 4);
        assertThat(page.next()).isEqualTo(MICROS + 5);
        assertThat(page.lost()).isZero();
    }

    @Test
    void an_answer_has_half_a_megabyte_at_the_most_but_one_event_in_any_case() {
        EventJournal journal = open();
        for (int i = 0; i < 12; i++) {
            journal.add(large(60_000));
        }

        EventPage page = after(journal, MICROS - 1);

        assertThat(page.events()).hasSize(8);
        assertThat(after(journal, page.next()).events()).hasSize(4);
    }

    @Test
    void an_event_that_is_too_large_is_published_and_not_held_and_its_number_is_never_given_again() {
        EventJournal journal = open();
        journal.add(start("web"));
        KeptEvent large = journal.add(large(70_000));

        assertThat(large.body()).hasSizeGreaterThan(70_000);
        assertThat(after(journal, MICROS - 1).lost()).isEqualTo(1);
        EventJournal second = open();
        assertThat(after(second, MICROS - 1)).satisfies(page -> {
            assertThat(numbers(page)).containsExactly(MICROS);
            assertThat(page.lost()).isEqualTo(1);
        });
        assertThat(second.add(start("web")).seq()).isEqualTo(MICROS + 2);
    }

    @Test
    void without_the_file_a_new_numbering_begins_and_nobody_can_tell_what_was_lost() throws IOException {
        EventJournal first = open();
        first.add(start("web"));
        Files.delete(path);

        EventJournal second = open(NOW.plusSeconds(1));
        KeptEvent event = second.add(start("web"));

        assertThat(event.seq()).isEqualTo(MICROS + 1_000_000);
        assertThat(after(second, MICROS)).satisfies(page -> {
            assertThat(page.events()).containsExactly(event);
            assertThat(page.lost()).isEqualTo(-1);
        });
        assertThat(value).contains(String.valueOf(MICROS + 1_000_000));
    }

    @Test
    void a_number_that_was_never_given_here_is_told() {
        EventJournal journal = open();
        journal.add(start("web"));

        EventPage page = after(journal, MICROS + 17);

        assertThat(page.events()).isEmpty();
        assertThat(page.lost()).isEqualTo(-1);
        assertThat(page.next()).isEqualTo(MICROS);
    }

    @Test
    void a_new_numbering_is_beyond_the_earlier_one_though_the_clock_was_set_back() throws IOException {
        EventJournal first = open();
        first.add(start("web"));
        Files.delete(path);

        assertThat(open(NOW.minusSeconds(60)).add(start("web")).seq()).isGreaterThan(MICROS);
    }

    @Test
    void a_file_of_an_earlier_numbering_is_not_gone_on_with() throws IOException {
        open().add(start("web"));
        Path old = folder.resolve("old");
        Files.copy(path, old);
        Files.delete(path);
        open(NOW.plusSeconds(1)).add(start("db"));
        Files.move(old, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        EventJournal third = open(NOW.plusSeconds(2));

        assertThat(third.add(start("web")).seq()).isEqualTo(MICROS + 2_000_000);
        assertThat(after(third, 0).events()).hasSize(1);
    }

    @Test
    void where_the_kernel_is_new_and_the_machine_is_not_the_file_is_gone_on_with() {
        open().add(start("web"));
        value = Optional.empty();

        assertThat(open(NOW.plusSeconds(9)).add(start("web")).seq()).isEqualTo(MICROS + 1);
    }

    @Test
    void where_both_are_new_a_numbering_begins() throws IOException {
        open().add(start("web"));
        value = Optional.empty();
        patch(30, new byte[] {'z'}, true);

        assertThat(open(NOW.plusSeconds(9)).add(start("web")).seq()).isEqualTo(MICROS + 9_000_000);
    }

    @Test
    void another_version_is_not_read() throws IOException {
        open().add(start("web"));
        patch(8, new byte[] {0, 0, 0, 2}, true);

        assertThat(after(open(NOW.plusSeconds(1)), 0).events()).isEmpty();
    }

    /** @param seal whether the header's checksum is made good again */
    private void patch(int at, byte[] bytes, boolean seal) throws IOException {
        byte[] file = Files.readAllBytes(path);
        System.arraycopy(bytes, 0, file, at, bytes.length);
        if (seal) {
            java.util.zip.CRC32C sum = new java.util.zip.CRC32C();
            sum.update(file, 0, 60);
            ByteBuffer.wrap(file).putInt(60, (int) sum.getValue());
        }
        Files.write(path, file);
    }

    @Test
    void what_is_no_file_of_ours_is_left_alone_or_replaced_but_never_followed() throws IOException {
        Path foreign = folder.resolve("foreign");
        Files.writeString(foreign, "precious");
        Files.createSymbolicLink(path, foreign);

        open().add(start("web"));

        assertThat(foreign).hasContent("precious");
        assertThat(Files.isSymbolicLink(path)).isFalse();
        assertThat(after(open(), MICROS - 1).events()).hasSize(1);
    }

    @Test
    void where_no_file_can_be_made_events_are_held_for_this_manager_and_the_next_begins_anew() throws IOException {
        Files.createDirectory(path);
        Files.createFile(path.resolve("in the way"));
        EventJournal first = open();
        first.add(start("web"));

        assertThat(after(first, MICROS - 1).events()).hasSize(1);
        assertThat(value).contains("0");
        assertThat(after(open(NOW.plusSeconds(1)), MICROS).lost()).isEqualTo(-1);
    }

    @Test
    void a_file_that_is_cut_while_it_is_in_use_keeps_nobody_from_going_on() throws IOException {
        EventJournal journal = open();
        journal.add(start("web"));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }

        journal.add(start("web"));

        assertThat(after(journal, MICROS - 1).events()).hasSize(2);
        assertThat(after(open(NOW.plusSeconds(1)), MICROS).lost()).isEqualTo(-1);
    }

    @Test
    void a_write_that_fails_ends_the_file_and_nothing_else() {
        EventJournal journal = open();
        Thread.currentThread().interrupt(); // which closes the file, for instance
        journal.add(start("web"));
        assertThat(Thread.interrupted()).isTrue();
        journal.add(start("web"));

        assertThat(after(journal, MICROS - 1).events()).hasSize(2);
        assertThat(value).contains("0");
        assertThat(path).doesNotExist();
        assertThat(after(open(NOW.plusSeconds(1)), MICROS + 1).lost()).isEqualTo(-1);
    }

    @Test
    void an_end_that_an_earlier_manager_has_told_is_known() {
        Event told = Event.exit("web", 7, NOW, -9, "stop");
        Event reaped = Event.reap("web", 7, NOW, -9);
        EventJournal first = open();
        first.add(told);
        first.add(reaped);

        EventJournal second = open(NOW.plusSeconds(1));

        assertThat(second.isToldAlready(Event.exit("web", 7, NOW, -9, "died"))).isTrue();
        assertThat(second.isToldAlready(reaped)).isTrue();
        assertThat(second.isToldAlready(Event.exit("web", 7, NOW.minusMillis(1), -9, "died")))
                .isFalse();
        assertThat(second.isToldAlready(Event.exit("web", 71, NOW, -9, "died"))).isFalse();
        assertThat(second.isToldAlready(Event.exit("we", 7, NOW, -9, "died"))).isFalse();
        assertThat(second.isToldAlready(start("web"))).isFalse();
        assertThat(first.isToldAlready(told)).isFalse();
    }

    @Test
    void a_start_that_no_manager_has_told_is_known_as_far_back_as_events_are_held() {
        EventJournal first = open();
        Event told = Event.of("größe", EventKind.SPAWN, 7, NOW.plusMillis(5));
        first.add(start("web"));
        first.add(told);

        EventJournal second = open(NOW.plusSeconds(1));

        Event untold = Event.of("web", EventKind.SPAWN, 8, NOW.plusMillis(6));
        Event before = Event.of("web", EventKind.SPAWN, 6, NOW.minusMillis(1));
        Event again = Event.of("größe", EventKind.SPAWN, 7, NOW.plusMillis(6));
        assertThat(second.untold(List.of(told, untold, before, again))).containsExactly(untold, again);
        assertThat(EventJournal.inMemory(NOW).untold(List.of(untold))).isEmpty();
    }

    @Test
    void an_event_is_answered_as_it_was_published_but_for_the_place_of_its_number() {
        EventJournal journal = EventJournal.inMemory(NOW);
        KeptEvent event = journal.add(Event.hook("größe", "h", NOW, Optional.of("no\", \"seq\": 5}")));

        assertThat(event.report().text())
                .isEqualTo("{\"seq\": " + MICROS + ", \"topic\": \"watcher.gr\\u00f6\\u00dfe.hook_failure\","
                        + " \"name\": \"h\", \"time\": 1795208400.0, \"error\": \"no\\\", \\\"seq\\\": 5}\"}");
        assertThat(Json.write(List.of(event.report())))
                .isEqualTo("[" + event.report().text() + "]");
    }
}
