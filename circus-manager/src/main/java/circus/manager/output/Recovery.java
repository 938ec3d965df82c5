package circus.manager.output;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a manager that was killed had done of its plans, before anything is sent again. Needs the records and
 * the files alone, unless a write was torn: then what stands is compared with what the kernel still has.
 *
 * <p>May be killed itself at any instant and begun again. Its commits have to be made before output is followed.
 */
final class Recovery {
    private static final Logger LOGGER = System.getLogger(Recovery.class.getName());

    /** Where the streams' bytes can be had once more. */
    interface Replay {
        /** What is left of the bytes of the plan's writers, from where they begin to where the plan ends. */
        Captured read(Plan plan);
    }

    /**
     * The outcome.
     *
     * @param records by what the files are, none of them with a plan
     * @param commits each to be made as a whole
     */
    record Outcome(Map<FileIdentity, LogRecord> records, List<List<String>> commits) {}

    private final LogStore store;
    private final Replay replay;
    private final ZoneId zone;
    private final Map<FileIdentity, LogRecord> records = new HashMap<>();
    private final List<List<String>> commits = new ArrayList<>();

    private Recovery(LogStore store, Replay replay, ZoneId zone) {
        this.store = store;
        this.replay = replay;
        this.zone = zone;
    }

    /** @param values the kernel's values, by name */
    static Outcome run(Map<String, String> values, LogStore store, Replay replay, ZoneId zone) {
        Recovery recovery = new Recovery(store, replay, zone);
        values.forEach(recovery::recover);
        return new Outcome(recovery.records, recovery.commits);
    }

    private void recover(String name, String value) {
        LogRecord record;
        try {
            record = LogRecord.parse(value);
        } catch (IllegalArgumentException e) {
            LOGGER.log(Level.WARNING, "cannot read the kernel's value " + name + ": " + e.getMessage());
            return;
        }
        Plan plan = record.plan();
        LogRecord settled = record;
        List<String> commit = new ArrayList<>(List.of("commit"));
        try {
            if (plan != null) {
                Standing standing = standing(record, plan);
                settled = settled(record, standing);
                addOffsets(plan, standing, commit);
            } else {
                store.look(Path.of(record.path()));
            }
        } catch (NoSuchFileException e) {
            commits.add(List.of("commit", "unset", name));
            return;
        } catch (IOException e) {
            LOGGER.log(
                    Level.WARNING,
                    "cannot see what stands in " + record.path() + ": " + Reason.of(e)
                            + "; its last lines may come twice");
            settled = record.withoutPlan();
        }
        records.put(settled.identity(), settled);
        if (plan != null) {
            commit.addAll(List.of("set", name, settled.encode()));
            commits.add(commit);
        }
    }

    private static void addOffsets(Plan plan, Standing standing, List<String> commit) {
        for (Plan.Writer writer : plan.writers()) {
            long offset = standing.offsets().getOrDefault(writer.id(), writer.from());
            if (offset > writer.from()) {
                Commits.offset(commit, writer.id(), offset);
            }
        }
    }

    private Standing standing(LogRecord record, Plan plan) throws IOException {
        Path path = Path.of(record.path());
        LogStore.Glance glance = store.look(path);
        int count = (int) Math.min(plan.length(), glance.size() - record.length());
        if (!glance.identity().equals(record.identity()) || count <= 0 || !endsAsCommitted(record)) {
            return new Standing(0, Map.of(), record.open(), null);
        }
        byte[] bytes = store.read(path, record.length(), count);
        boolean complete =
                bytes.length == plan.length() && LastBytes.checksum(bytes, 0, bytes.length) == plan.checksum();
        Captured captured = complete ? Captured.NOTHING : replay.read(plan);
        Standing standing = Standing.find(plan, record.open(), bytes, bytes.length, captured);
        Standing.Torn torn = standing.torn();
        boolean isLast = glance.size() == record.length() + standing.length();
        return torn != null && isLast ? completed(path, standing, torn, captured) : standing;
    }

    private boolean endsAsCommitted(LogRecord record) throws IOException {
        byte[] end = end(record.path(), record.length());
        return LastBytes.checksum(end, 0, end.length) == record.checksum();
    }

    private byte[] end(String path, long length) throws IOException {
        int count = (int) Math.min(length, LastBytes.COUNT);
        return store.read(Path.of(path), length - count, count);
    }

    /** Writes the rest of a prefix or notice. Where that cannot be done, what stands of it is as a stranger's line. */
    private Standing completed(Path path, Standing standing, Standing.Torn torn, Captured captured) {
        String whole = torn.notice() == null ? prefix(torn, captured) : torn.notice();
        if (whole == null || !whole.startsWith(torn.begun())) {
            return standing;
        }
        byte[] text = whole.getBytes(StandardCharsets.UTF_8);
        int begun = torn.begun().getBytes(StandardCharsets.UTF_8).length;
        try (LogStore.Appender file = store.open(path)) {
            for (int done = begun; done < text.length; ) {
                done += file.append(text, done, text.length);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "cannot complete the last line of " + path + ": " + Reason.of(e));
            return standing;
        }
        Map<StreamId, Long> offsets = new HashMap<>(standing.offsets());
        offsets.put(torn.writer().id(), torn.offset());
        StreamId open = torn.notice() == null ? torn.writer().id() : StreamId.NOBODY;
        return new Standing(standing.length() + text.length - begun, offsets, open, null);
    }

    private @Nullable String prefix(Standing.Torn torn, Captured captured) {
        Plan.Writer writer = torn.writer();
        String format = writer.timeFormat();
        long micros = captured.microsAt(writer.id(), torn.offset());
        if (format == null || micros == Captured.UNKNOWN) {
            return null;
        }
        LinePrefix prefix = new LinePrefix(new TimeFormat(format, zone), writer.pid());
        return new String(prefix.at(micros), StandardCharsets.UTF_8);
    }

    /** The record of the file as it is after that. Strangers' bytes behind it are found when the file is opened. */
    private LogRecord settled(LogRecord record, Standing standing) throws IOException {
        if (standing.length() == 0) {
            return record.withoutPlan();
        }
        long length = record.length() + standing.length();
        byte[] end = end(record.path(), length);
        int checksum = LastBytes.checksum(end, 0, end.length);
        StreamId open = standing.torn() == null ? standing.open() : StreamId.STRANGER;
        return new LogRecord(record.path(), record.identity(), length, checksum, open, null);
    }
}
