package circus.manager.event;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Event;
import circus.message.EventKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is written, and whatever becomes of the file: nothing is found that was not written, and no number is given twice. */
final class JournalPropertiesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T21:00:00Z");
    private static Path folder = Path.of("");

    @BeforeContainer
    static void open() throws IOException {
        folder = Files.createTempDirectory("journal");
    }

    @AfterContainer
    static void close() throws IOException {
        Files.deleteIfExists(path());
        Files.delete(folder);
    }

    private static Path path() {
        return folder.resolve("events");
    }

    private static EventJournal journal(Optional<String> value) {
        return EventJournal.open(path(), value, NOW, number -> {});
    }

    private static Event event(int size) {
        return size == 0
                ? Event.of("größe", EventKind.START, NOW)
                : Event.hook("web", "before_start", NOW, Optional.of("\u00ffEV\u0001".repeat(size)));
    }

    private static List<KeptEvent> all(EventJournal journal) {
        List<KeptEvent> all = new ArrayList<>();
        EventPage page = journal.after(OptionalLong.empty(), event -> true, 1_000);
        while (!page.events().isEmpty()) {
            all.addAll(page.events());
            page = journal.after(OptionalLong.of(page.next()), event -> true, 1_000);
        }
        return all;
    }

    /** Sizes of events: most are small, some fill pages, some are too large to be held. */
    @Provide
    Arbitrary<List<Integer>> sizes() {
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(6, Arbitraries.integers().between(0, 50)),
                        net.jqwik.api.Tuple.of(3, Arbitraries.integers().between(50, 3_000)),
                        net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(3_000, 4_000)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(400);
    }

    @Property(tries = 60)
    void whatever_a_manager_holds_the_next_one_holds_too(
            @ForAll("sizes") List<Integer> sizes, @ForAll @IntRange(min = 1, max = 400) int perManager)
            throws IOException {
        Files.deleteIfExists(path());
        EventJournal journal = journal(Optional.empty());
        long expected = 0;
        for (int i = 0; i < sizes.size(); i++) {
            if (i % perManager == 0) {
                List<KeptEvent> before = all(journal);
                journal = journal(Optional.empty());
                assertThat(all(journal)).isEqualTo(before);
            }
            long seq = journal.add(event(sizes.get(i))).seq();
            assertThat(seq).isGreaterThan(expected);
            assertThat(expected == 0 || seq == expected + 1).isTrue();
            expected = seq;
        }
    }

    /** A copy within memory is cut short at any byte, or any bytes of it are missing: what is there is what was there before, or the event. */
    @Property(tries = 60)
    void a_manager_that_dies_while_it_writes_leaves_what_it_had(
            @ForAll("sizes") List<Integer> sizes, @ForAll @IntRange(max = 4_000) int last, @ForAll long seed)
            throws IOException {
        Files.deleteIfExists(path());
        EventJournal journal = journal(Optional.empty());
        for (int size : sizes) {
            journal.add(event(size));
        }
        byte[] before = Files.readAllBytes(path());
        List<KeptEvent> had = all(journal);
        KeptEvent dying = journal.add(event(last));
        byte[] after = Files.readAllBytes(path());
        Random random = new Random(seed);
        boolean inOrder = random.nextBoolean();
        int cut = changed(before, after, random);
        for (int i = 0; i < before.length; i++) {
            boolean written = inOrder ? i < cut : random.nextInt(3) > 0;
            after[i] = written ? after[i] : before[i];
        }
        Files.write(path(), after);

        EventJournal next = journal(Optional.empty());

        List<KeptEvent> found = all(next);
        List<KeptEvent> known = new ArrayList<>(had);
        known.add(dying);
        assertThat(known).containsAll(found);
        int dropped = had.size()
                - (int) found.stream()
                        .filter(event -> event.seq() < dying.seq())
                        .count();
        // What it was about to overwrite may have gone: that is less than two of the largest.
        assertThat(had.stream()
                        .limit(Math.max(0, dropped))
                        .mapToInt(EventRecord::size)
                        .sum())
                .isLessThan(2 * EventRecord.MOST);
        assertThat(next.add(event(0)).seq()).isBetween(dying.seq(), dying.seq() + 1);
    }

    private static int changed(byte[] before, byte[] after, Random random) {
        int first = 0;
        int end = before.length;
        while (first < end && before[first] == after[first]) {
            first++;
        }
        while (end > first && before[end - 1] == after[end - 1]) {
            end--;
        }
        return first + random.nextInt(end - first + 1);
    }

    @Property(tries = 100)
    void whatever_is_done_to_the_file_nothing_is_found_that_was_not_written(
            @ForAll("sizes") List<Integer> sizes, @ForAll long seed) throws IOException {
        Files.deleteIfExists(path());
        EventJournal journal = journal(Optional.empty());
        Map<Long, KeptEvent> written = new LinkedHashMap<>();
        for (int size : sizes) {
            KeptEvent event = journal.add(event(size));
            written.put(event.seq(), event);
        }
        byte[] file = Files.readAllBytes(path());
        Random random = new Random(seed);
        file = damaged(file, random);
        Files.write(path(), file);

        EventJournal next = journal(Optional.empty());

        for (KeptEvent found : all(next)) {
            assertThat(found).isEqualTo(written.get(found.seq()));
        }
        long highest = all(next).stream().mapToLong(KeptEvent::seq).max().orElse(0);
        assertThat(next.add(event(1)).seq()).isGreaterThan(highest);
        assertThat(all(journal(Optional.empty()))).isEqualTo(all(next));
    }

    private static byte[] damaged(byte[] file, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> java.util.Arrays.copyOf(file, random.nextInt(file.length));
            case 1 -> new byte[file.length];
            case 2 -> {
                random.nextBytes(file);
                yield file;
            }
            case 3 -> {
                int from = random.nextInt(file.length);
                int to = from + random.nextInt(file.length - from);
                for (int i = from; i < to; i++) {
                    file[i] = (byte) random.nextInt();
                }
                yield file;
            }
            case 4 -> {
                // A piece of it at another place.
                int from = random.nextInt(file.length / 2);
                System.arraycopy(file, from, file, random.nextInt(file.length / 2), random.nextInt(file.length / 2));
                yield file;
            }
            default -> {
                for (int i = 0; i < 200; i++) {
                    file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
                }
                yield file;
            }
        };
    }
}
