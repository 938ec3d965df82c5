package circus.manager.output;

import circus.manager.disk.FileIdentity;
import circus.manager.disk.LogStore;
import circus.manager.line.Layout;
import circus.manager.line.Shapes;
import circus.manager.line.Utf8;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a manager that was killed had done of its plans, before anything is sent again. Needs the records and
 * the files alone, unless a write was torn: then what stands is compared with what the kernel still has. Reads only: what
 * is left to be done, a turn too, is done by who opens the file.
 *
 * <p>May be killed itself at any instant and begun again. Its commits have to be made before output is followed.
 */
final class Recovery {
    private static final Logger LOGGER = System.getLogger(Recovery.class.getName());

    /** A longer rest of a line comes as other bytes do, so that records stay short. */
    private static final int LONGEST_REST = 8 * 1024;

    /** How many files of a folder are looked at for one that was renamed; that takes a disk thread less than a second. */
    private static final int MOST_LOOKED_AT = 100_000;

    /** Where the streams' bytes can be had once more. */
    interface Replay {
        /** What is left of the bytes of the plan's writers, from where they begin to where the plan ends. */
        Captured read(Plan plan);
    }

    /**
     * The outcome. What is taken over is removed from it.
     *
     * @param records by what the files are; a plan in them is committed, and none of it was done; the same of a turn
     * @param turned the records of files that were put aside, by their names: somebody may go on with an open line
     * @param commits each to be made as a whole
     */
    record Outcome(Map<FileIdentity, LogRecord> records, Map<String, LogRecord> turned, List<List<String>> commits) {
        static Outcome empty() {
            return new Outcome(new HashMap<>(), new HashMap<>(), new ArrayList<>());
        }

        void add(Settled settled) {
            LogRecord record = settled.record();
            if (record != null && settled.isTurned()) {
                turned.put(record.path(), record);
            } else if (record != null) {
                records.put(record.identity(), record);
            }
            if (!settled.commit().isEmpty()) {
                commits.add(settled.commit());
            }
        }
    }

    /**
     * What one record was found to mean.
     *
     * @param record of the file as it is; null if there is none any more
     * @param isTurned whether that file was put aside since
     * @param offsets how far the streams came that take part in the plan, where it is further than they were
     * @param commit empty if nothing is to be committed
     */
    record Settled(@Nullable LogRecord record, boolean isTurned, Map<StreamId, Long> offsets, List<String> commit) {}

    private final LogStore store;
    private final Replay replay;
    private final Shapes shapes;
    private final String name;
    private final Map<StreamId, Long> advanced = new HashMap<>();

    private Recovery(String name, LogStore store, Replay replay, ZoneId zone) {
        this.name = name;
        this.store = store;
        this.replay = replay;
        this.shapes = new Shapes(zone);
    }

    /** Those of the kernel's values that can be read. */
    static Map<String, LogRecord> parse(Map<String, String> values) {
        Map<String, LogRecord> records = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            try {
                records.put(name, LogRecord.parse(value));
            } catch (IllegalArgumentException e) {
                LOGGER.log(Level.WARNING, "cannot read the kernel's value " + name + ": " + e.getMessage());
            }
        });
        return records;
    }

    /**
     * Settles one record; may take as long as the file system likes.
     *
     * @throws IOException if it is not to be known now what was done of its plan: the file cannot be looked at, or its folder is away
     */
    static Settled settle(String name, LogRecord record, LogStore store, Replay replay, ZoneId zone)
            throws IOException {
        return new Recovery(name, store, replay, zone).settle(record);
    }

    private Settled settle(LogRecord record) throws IOException {
        Plan plan = record.plan();
        try {
            if (record.turn() != null) {
                boolean isThere = isAway(record) || isThere(record);
                return new Settled(record, !isThere, Map.of(), List.of());
            }
            if (plan == null) {
                store.look(Path.of(record.path()));
                return new Settled(record, false, Map.of(), List.of());
            }
            return settle(record, plan);
        } catch (IOException e) {
            boolean isGone = e instanceof NoSuchFileException && !isAway(record);
            if (!isGone && plan != null && !plan.isOwed(record.open())) {
                throw e;
            }
            return isGone
                    ? new Settled(null, false, Map.of(), List.of("commit", "unset", name))
                    : new Settled(record, false, Map.of(), List.of());
        }
    }

    /** Whether the file is not there since its folder is not: that may be mounted or moved back. */
    private boolean isAway(LogRecord record) {
        Path folder = Path.of(record.path()).getParent();
        try {
            if (folder != null) {
                store.look(folder);
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether the name leads to the file still, and to that file as it was. */
    private boolean isThere(LogRecord record) throws IOException {
        try {
            LogStore.Glance glance = store.look(Path.of(record.path()));
            return glance.identity().equals(record.identity())
                    && glance.size() >= record.length()
                    && endsAsCommitted(record);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private Settled settle(LogRecord record, Plan plan) throws IOException {
        List<String> commit = new ArrayList<>(List.of("commit"));
        LogStore.Glance glance;
        try {
            glance = store.look(Path.of(record.path()));
        } catch (NoSuchFileException e) {
            LogRecord renamed = renamed(record);
            if (renamed == null && plan.isOwed(record.open())) {
                return new Settled(record, false, Map.of(), List.of());
            } else if (renamed == null) {
                throw e;
            }
            return settleRenamed(renamed, plan, commit);
        }
        LogRecord renamed = glance.identity().equals(record.identity()) ? null : renamed(record);
        if (renamed != null) {
            return settleRenamed(renamed, plan, commit);
        }
        return settled(commit, settle(record, plan, glance, commit));
    }

    private Settled settled(List<String> commit, LogRecord after) {
        List<String> whole = new ArrayList<>(commit);
        whole.addAll(List.of("set", name, after.encode()));
        return new Settled(after, false, advanced, whole);
    }

    /** A stranger has given the file another name in the same folder; null if not. */
    private @Nullable LogRecord renamed(LogRecord record) throws IOException {
        Path path = Path.of(record.path());
        Path folder = path.getParent();
        if (folder == null) {
            return null;
        }
        List<String> names = store.shelf().names(folder, "");
        String own = String.valueOf(path.getFileName());
        // It is found soon where it is called much as before.
        List<String> sorted = names.stream()
                .sorted(Comparator.comparingInt((String each) -> -alike(each, own)))
                .limit(MOST_LOOKED_AT)
                .toList();
        for (String each : sorted) {
            try {
                if (store.look(folder.resolve(each)).identity().equals(record.identity())) {
                    return record.at(folder.resolve(each));
                }
            } catch (IOException e) {
                LOGGER.log(Level.DEBUG, "cannot look at {0} in {1}: {2}", each, folder, Reason.of(e));
            }
        }
        if (names.size() > sorted.size()) {
            LOGGER.log(
                    Level.WARNING,
                    "cannot find the file that was " + path + " when its circusd ended among the first "
                            + MOST_LOOKED_AT
                            + " of " + names.size() + " files in " + folder
                            + "; lines that were just being written to it may come twice. Keep fewer files in a folder");
        }
        return null;
    }

    /** With how many characters both begin. */
    private static int alike(String one, String other) {
        int most = Math.min(one.length(), other.length());
        int count = 0;
        while (count < most && one.charAt(count) == other.charAt(count)) {
            count++;
        }
        return count;
    }

    /** What was being written goes on in the renamed file only as far as it has to. */
    private Settled settleRenamed(LogRecord record, Plan plan, List<String> commit) throws IOException {
        LogRecord after = settle(record, plan, store.look(Path.of(record.path())), commit);
        commit.addAll(List.of("unset", name));
        if (after.plan() == null) {
            return new Settled(null, false, advanced, commit);
        }
        String prefix = name.substring(0, name.lastIndexOf('.') + 1);
        commit.addAll(List.of("set", LogFiles.recordName(prefix, after.path()), after.encode()));
        return new Settled(after, false, advanced, commit);
    }

    /** The record of the file as it is, and the offsets that belong to it. */
    private LogRecord settle(LogRecord record, Plan plan, LogStore.Glance glance, List<String> commit)
            throws IOException {
        int count = (int) Math.min(plan.length(), glance.size() - record.length());
        boolean isSame = glance.identity().equals(record.identity()) && count >= 0 && endsAsCommitted(record);
        if (!isSame || count == 0) {
            return plan.isOwed(record.open()) ? record.of(glance.identity()) : record.withoutPlan();
        }
        byte[] bytes = store.read(Path.of(record.path()), record.length(), count);
        boolean isComplete =
                bytes.length == plan.length() && LastBytes.checksum(bytes, 0, bytes.length) == plan.checksum();
        Captured captured = isComplete ? Captured.NOTHING : replay.read(plan);
        Standing standing =
                Standing.find(plan, record.open(), bytes, bytes.length, captured, Rendering.of(captured, shapes));
        Map<StreamId, Long> offsets = new HashMap<>(standing.offsets());
        Standing.Torn torn = standing.torn();
        long length = record.length() + standing.length();
        Plan rest = torn == null || glance.size() > length ? null : rest(torn, captured);
        if (rest != null) {
            offsets.put(rest.writers().get(0).id(), rest.pieces().get(0).to());
        } else if (plan.isOwed(record.open()) && standing.length() < plan.length()) {
            rest = plan;
        }
        for (Plan.Writer writer : plan.writers()) {
            long offset = offsets.getOrDefault(writer.id(), writer.from());
            if (offset > writer.from()) {
                advanced.put(writer.id(), offset);
                Commits.offset(commit, writer.id(), offset);
            }
        }
        byte[] end = end(record.path(), length);
        StreamId open = rest != null
                ? rest.writers().get(0).id()
                : standing.endsInAScrap() ? StreamId.STRANGER : standing.open();
        int checksum = LastBytes.checksum(end, 0, end.length);
        return new LogRecord(
                record.path(), record.identity(), length, checksum, open, record.begunMicros(), rest, null);
    }

    private boolean endsAsCommitted(LogRecord record) throws IOException {
        byte[] end = end(record.path(), record.length());
        return LastBytes.checksum(end, 0, end.length) == record.checksum();
    }

    private byte[] end(String path, long length) throws IOException {
        int count = (int) Math.min(length, LastBytes.COUNT);
        return store.read(Path.of(path), length - count, count);
    }

    /**
     * A plan for the rest of a torn line, so that nobody else's line comes in between. Its bytes count as received from
     * now on: the plan has them. Null where they cannot be had.
     */
    private @Nullable Plan rest(Standing.Torn torn, Captured captured) {
        StreamId id = torn.writer().id();
        if (torn.text() == null && torn.writer().layout().isRendered()) {
            return renderedRest(torn, captured);
        }
        byte[] said = restOfLine(captured.bytes(id, torn.from(), torn.to()));
        String text = torn.text() == null ? prefix(torn, captured) : torn.text();
        if (!text.startsWith(torn.begun())) {
            return null;
        }
        String rest = text.substring(torn.begun().length()) + new String(said, StandardCharsets.ISO_8859_1);
        if (rest.isEmpty()) {
            return null;
        }
        Plan.Writer writer = behind(torn, torn.from() + said.length);
        return Plan.owed(writer, rest.getBytes(StandardCharsets.ISO_8859_1));
    }

    private @Nullable Plan renderedRest(Standing.Torn torn, Captured captured) {
        byte[] line = Rendering.of(captured, shapes).line(torn.writer(), torn.from(), torn.to());
        int begun = torn.begun().length();
        if (line == null || line.length <= begun || line.length - begun > LONGEST_REST) {
            return null;
        }
        return Plan.owed(behind(torn, torn.to()), Arrays.copyOfRange(line, begun, line.length));
    }

    /** Who wrote the torn line, from where on it goes on as usual. */
    private static Plan.Writer behind(Standing.Torn torn, long offset) {
        return new Plan.Writer(torn.writer().id(), torn.writer().speaker(), offset, Layout.PLAIN);
    }

    private static byte[] restOfLine(byte[] said) {
        int most = Math.min(said.length, LONGEST_REST);
        for (int i = 0; i < most; i++) {
            if (said[i] == '\n') {
                return Arrays.copyOf(said, i + 1);
            }
        }
        return Arrays.copyOf(said, most - (most < said.length ? Utf8.unfinished(said, 0, most) : 0));
    }

    /** The prefix in which a line was torn, one char for each byte; empty if it is complete, or its time unknown. */
    private String prefix(Standing.Torn torn, Captured captured) {
        Plan.Writer writer = torn.writer();
        long micros = captured.microsAt(writer.id(), torn.from());
        if (torn.begun().isEmpty() || micros == Captured.UNKNOWN) {
            return "";
        }
        byte[] prefix = shapes.prefix(writer.layout(), writer.speaker()).at(micros);
        return new String(prefix, StandardCharsets.ISO_8859_1);
    }
}
