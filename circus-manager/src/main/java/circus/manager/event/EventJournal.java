package circus.manager.event;

import circus.message.Event;
import circus.message.EventKind;
import circus.message.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Numbers events and keeps the latest, at most {@link #MOST_HELD} bytes of them, for whoever has missed some. They are in memory, and beside
 * the kernel's socket in a file ({@link JournalFile}) in which the next manager finds them. An event is kept before it is published: whoever
 * has seen number N can ask any later manager for what came after N.
 *
 * <p>The numbers of an arbiter grow by one, over all its managers. Where a manager finds no file that goes on, it begins a numbering with the
 * present time in microseconds, which is greater than whatever was counted from an earlier time; what was before counts as lost. The kernel
 * holds the first number of the present numbering, so a file that was left over by an earlier one is told apart.
 *
 * <p>Nothing here fails and nothing waits: without a file, what is held ends with the manager. Runs on circus-loop only.
 */
public final class EventJournal {
    private static final System.Logger LOG = System.getLogger(EventJournal.class.getName());

    /** The kernel's value that holds the first number of the numbering. */
    public static final String NUMBERING = "events";

    /** Bytes of records: the file has room for so much whatever the sizes of the events are. */
    static final int MOST_HELD = JournalFile.CAPACITY - 2 * EventRecord.MOST;

    /** Bytes of topics and bodies in one answer, but for its first event. */
    static final int MOST_BYTES_IN_ANSWER = 512 << 10;

    /** Events in one answer. */
    public static final int MOST_IN_ANSWER = 1_000;

    /** A number of events that nobody can tell. */
    private static final long UNKNOWN = -1;

    /** Kinds whose time is that at which they were told. */
    private static final Set<String> TOLD_AT_ONCE = Stream.of(
                    EventKind.START, EventKind.STOP, EventKind.KILL, EventKind.RELOAD, EventKind.UPDATED)
            .map(EventKind::word)
            .collect(Collectors.toSet());

    /** Of no numbering, so no file goes on with it. */
    private static final String NONE = "0";

    private final Optional<Path> path;
    private final Consumer<String> numbering;
    private final long base;
    private final double opened;
    private final long firstOwn;
    private final Deque<KeptEvent> held = new ArrayDeque<>();
    private int heldBytes;
    private long next;
    private @Nullable JournalFile file;

    private EventJournal(Optional<Path> path, JournalFile.Left left, Instant now, Consumer<String> numbering) {
        this.path = path;
        this.numbering = numbering;
        this.opened = Json.seconds(now);
        this.base = left.base();
        this.firstOwn = left.next();
        this.next = left.next();
        left.events().forEach(this::hold);
    }

    /** One that has no file and ends with the process. */
    public static EventJournal inMemory(Instant now) {
        return new EventJournal(Optional.empty(), beginning(now, 1), now, value -> {});
    }

    /**
     * Goes on with what an earlier manager left, or begins anew. Only the holder of the arbiter's lease may.
     *
     * @param kept what the kernel holds as {@link #NUMBERING}
     * @param numbering takes what the kernel is to hold from now on
     */
    public static EventJournal open(Path path, Optional<String> kept, Instant now, Consumer<String> numbering) {
        Optional<JournalFile.Left> found = JournalFile.read(path);
        long beyond = Math.max(found.map(JournalFile.Left::next).orElse(1L), number(kept) + 1);
        JournalFile.Left left = found.filter(file -> goesOn(file, kept)).orElseGet(() -> beginning(now, beyond));
        EventJournal journal = new EventJournal(Optional.of(path), left, now, numbering);
        String value = journal.createFile(path) ? String.valueOf(left.base()) : NONE;
        if (!kept.equals(Optional.of(value))) {
            numbering.accept(value);
        }
        return journal;
    }

    /** Where the kernel is a new one, it is enough that the machine is not. */
    private static boolean goesOn(JournalFile.Left found, Optional<String> kept) {
        return kept.isPresent() ? number(kept) == found.base() : found.thisBoot();
    }

    /** @param beyond the first number that was not given yet, as far as that is known: the clock may have been set back */
    private static JournalFile.Left beginning(Instant now, long beyond) {
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        long base = Math.max(micros, beyond);
        return new JournalFile.Left(base, true, List.of(), base);
    }

    private static long number(Optional<String> kept) {
        try {
            return kept.isPresent() ? Long.parseLong(kept.get()) : 0;
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    private boolean createFile(Path place) {
        try {
            file = JournalFile.create(place, base, List.copyOf(held));
            return true;
        } catch (IOException | RuntimeException cannot) {
            tellLoss(cannot);
            JournalFile.remove(place);
            return false;
        }
    }

    /** Gives an event its number, and keeps it: what is to be published then. */
    public KeptEvent add(Event event) {
        KeptEvent kept = KeptEvent.of(event, next);
        next++;
        boolean fits = EventRecord.fits(kept);
        write(fits ? EventRecord.encode(kept) : EventRecord.claim(kept.seq()));
        if (fits) {
            hold(kept);
        }
        return kept;
    }

    private void write(byte[] record) {
        JournalFile into = file;
        if (into == null) {
            return;
        }
        try {
            into.write(record);
        } catch (IOException | RuntimeException cannot) {
            tellLoss(cannot);
            remove();
            numbering.accept(NONE);
        }
    }

    private void tellLoss(Exception cannot) {
        LOG.log(
                Level.WARNING,
                "cannot keep events in {0}: {1}; the next circusd will not have those of this one",
                path.map(Path::toString).orElse(""),
                cannot);
    }

    private void hold(KeptEvent event) {
        held.add(event);
        heldBytes += EventRecord.size(event);
        while (heldBytes > MOST_HELD) {
            heldBytes -= EventRecord.size(held.remove());
        }
    }

    /**
     * Whether an earlier manager has told this end of a process already, and was killed before it could tell the kernel so: then nobody is
     * to be told twice.
     */
    public boolean isToldAlready(Event event) {
        boolean end = event.kind() == EventKind.EXIT || event.kind() == EventKind.REAP;
        if (!end || !(event.payload().get("time") instanceof Double time) || time >= opened) {
            return false;
        }
        KeptEvent telling = KeptEvent.of(event, next);
        for (KeptEvent earlier : held) {
            if (earlier.seq() >= firstOwn) {
                return false;
            }
            if (telling.tellsTheEndThat(earlier)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Which of these starts of processes no manager has told, since the one that asked for them was killed too soon. Where nobody can tell,
     * because what is held does not go back as far as the start, it counts as told.
     *
     * @param starts events {@code spawn}
     */
    public List<Event> untold(List<Event> starts) {
        Optional<Double> backTo = held.stream()
                .filter(event -> TOLD_AT_ONCE.contains(Event.kindOf(event.topic())))
                .findFirst()
                .map(KeptEvent::time);
        if (backTo.isEmpty()) {
            return List.of();
        }
        Set<String> told = held.stream().map(KeptEvent::start).collect(Collectors.toSet());
        return starts.stream()
                .filter(start -> start.payload().get("time") instanceof Double time && time > backTo.get())
                .filter(start -> !told.contains(KeptEvent.of(start, next).start()))
                .toList();
    }

    /**
     * The events that follow a number.
     *
     * @param since nothing: all that are held
     * @param wanted those to be told
     * @param most how many, at least 1; {@link #MOST_IN_ANSWER} is the most in any case
     */
    public EventPage after(OptionalLong since, Predicate<KeptEvent> wanted, long most) {
        long last = next - 1;
        long first = held.isEmpty() ? next : held.element().seq();
        long from = since.orElse(first - 1);
        if (from > last) {
            return new EventPage(List.of(), first, last, UNKNOWN, last);
        }
        List<KeptEvent> events = new ArrayList<>();
        long looked = last;
        long present = 0;
        int bytes = 0;
        for (KeptEvent event : held) {
            if (event.seq() <= from) {
                continue;
            }
            if (wanted.test(event)) {
                int size = event.size();
                if (!events.isEmpty()
                        && (events.size() >= Math.min(most, MOST_IN_ANSWER) || bytes + size > MOST_BYTES_IN_ANSWER)) {
                    looked = event.seq() - 1;
                    break;
                }
                bytes += size;
                events.add(event);
            }
            present++;
        }
        return new EventPage(events, first, last, from < base - 1 ? UNKNOWN : looked - from - present, looked);
    }

    /** Nothing is to be found by a later manager: everything that was managed has ended. */
    public void remove() {
        if (file != null) {
            file.close();
            file = null;
        }
        path.ifPresent(JournalFile::remove);
    }
}
