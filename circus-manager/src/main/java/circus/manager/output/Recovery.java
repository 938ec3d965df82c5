package circus.manager.output;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a manager that was killed had done of its plans, before anything is sent again. Needs the records and
 * the files alone, unless a write was torn: then what stands is compared with what the kernel still has. Reads only.
 *
 * <p>May be killed itself at any instant and begun again. Its commits have to be made before output is followed.
 */
final class Recovery {
    private static final Logger LOGGER = System.getLogger(Recovery.class.getName());

    /** A longer rest of a line comes as other bytes do, so that records stay short. */
    private static final int LONGEST_REST = 8 * 1024;

    /** Where the streams' bytes can be had once more. */
    interface Replay {
        /** What is left of the bytes of the plan's writers, from where they begin to where the plan ends. */
        Captured read(Plan plan);
    }

    /**
     * The outcome.
     *
     * @param records by what the files are; a plan in them is committed, and none of it was done
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
        List<String> commit = new ArrayList<>(List.of("commit"));
        LogRecord settled = record;
        try {
            LogStore.Glance glance = store.look(Path.of(record.path()));
            if (plan != null) {
                settled = settle(record, plan, glance, commit);
            }
        } catch (NoSuchFileException e) {
            commits.add(List.of("commit", "unset", name));
            return;
        } catch (IOException e) {
            LOGGER.log(
                    Level.WARNING,
                    "cannot see what stands in " + record.path() + ": " + Reason.of(e)
                            + "; its last lines may come twice");
            settled = plan != null && plan.isOwed() ? record : record.withoutPlan();
        }
        records.put(settled.identity(), settled);
        if (plan != null) {
            commit.addAll(List.of("set", name, settled.encode()));
            commits.add(commit);
        }
    }

    /** The record of the file as it is, and the offsets that belong to it. */
    private LogRecord settle(LogRecord record, Plan plan, LogStore.Glance glance, List<String> commit)
            throws IOException {
        int count = (int) Math.min(plan.length(), glance.size() - record.length());
        boolean isSame = glance.identity().equals(record.identity()) && count >= 0 && endsAsCommitted(record);
        if (!isSame || count == 0) {
            return plan.isOwed() ? record.of(glance.identity()) : record.withoutPlan();
        }
        byte[] bytes = store.read(Path.of(record.path()), record.length(), count);
        boolean isComplete =
                bytes.length == plan.length() && LastBytes.checksum(bytes, 0, bytes.length) == plan.checksum();
        Captured captured = isComplete ? Captured.NOTHING : replay.read(plan);
        Standing standing = Standing.find(plan, record.open(), bytes, bytes.length, captured);
        Map<StreamId, Long> offsets = new HashMap<>(standing.offsets());
        Standing.Torn torn = standing.torn();
        long length = record.length() + standing.length();
        Plan rest = torn == null || glance.size() > length ? null : rest(torn, captured);
        if (rest != null) {
            offsets.put(rest.writers().get(0).id(), rest.pieces().get(0).to());
        } else if (plan.isOwed() && standing.length() < plan.length()) {
            rest = plan;
        }
        for (Plan.Writer writer : plan.writers()) {
            long offset = offsets.getOrDefault(writer.id(), writer.from());
            if (offset > writer.from()) {
                Commits.offset(commit, writer.id(), offset);
            }
        }
        byte[] end = end(record.path(), length);
        StreamId open = standing.endsInAScrap() && rest == null ? StreamId.STRANGER : standing.open();
        int checksum = LastBytes.checksum(end, 0, end.length);
        return new LogRecord(record.path(), record.identity(), length, checksum, open, rest);
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
        byte[] said = restOfLine(captured.bytes(id, torn.from(), torn.to()));
        String text = torn.text() == null ? prefix(torn, captured) : torn.text();
        if (!text.startsWith(torn.begun())) {
            return null;
        }
        String rest = text.substring(torn.begun().length()) + new String(said, StandardCharsets.ISO_8859_1);
        if (rest.isEmpty()) {
            return null;
        }
        Plan.Writer writer = new Plan.Writer(id, torn.writer().pid(), torn.from() + said.length, null);
        return Plan.owed(writer, rest.getBytes(StandardCharsets.ISO_8859_1));
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
        String format = writer.timeFormat();
        long micros = captured.microsAt(writer.id(), torn.from());
        if (torn.begun().isEmpty() || format == null || micros == Captured.UNKNOWN) {
            return "";
        }
        byte[] prefix = new LinePrefix(new TimeFormat(format, zone), writer.pid()).at(micros);
        return new String(prefix, StandardCharsets.ISO_8859_1);
    }
}
