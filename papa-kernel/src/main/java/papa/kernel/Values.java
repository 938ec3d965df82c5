package papa.kernel;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.request.Refusal;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Limit;

/** Named words that live as long as the kernel, within a ceiling for all of them. Loop thread only. */
final class Values {
    private static final int MOST = Limit.VALUES.most();
    private static final long MOST_BYTES = Limit.VALUE_BYTES.most();

    /** What a value takes besides its bytes, at the least. */
    private static final int EACH = 64;

    private final TreeMap<String, String> values = new TreeMap<>();
    private final Runnable changed;
    private long bytes;

    /** @param changed told after each change */
    Values(Runnable changed) {
        this.changed = changed;
    }

    /** {@code value}: name, text. */
    void save(StateWriter out) {
        values.forEach((name, text) ->
                out.line("value").put("name", name).put("text", text).end());
    }

    void restore(StateLine line) throws StateException {
        String name = line.text("name");
        if (values.containsKey(name)) {
            throw line.wrong("there is one of this name already");
        }
        put(name, line.text("text"));
    }

    @Nullable
    String get(String name) {
        return values.get(name);
    }

    /** All of them, in the order of their names. */
    Map<String, String> all() {
        return Collections.unmodifiableMap(values);
    }

    /** What they take. */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** Sets one; null removes it. */
    void set(String name, @Nullable String value) throws Refusal {
        setAll(Collections.singletonMap(name, value));
    }

    /** Sets all of these, or none if there is no room for them in the end; null removes. */
    void setAll(Map<String, ? extends @Nullable String> changes) throws Refusal {
        demandRoomFor(changes);
        changes.forEach(this::put);
        changed.run();
    }

    private void put(String name, @Nullable String value) {
        String former = value == null ? values.remove(name) : values.put(name, value);
        bytes += size(name, value) - size(name, former);
    }

    private static long size(String name, @Nullable String value) {
        return value == null ? 0 : EACH + name.length() + value.length();
    }

    private void demandRoomFor(Map<String, ? extends @Nullable String> changes) throws Refusal {
        long growth = 0;
        int more = 0;
        for (Map.Entry<String, ? extends @Nullable String> each : changes.entrySet()) {
            String former = values.get(each.getKey());
            growth += size(each.getKey(), each.getValue()) - size(each.getKey(), former);
            more += (each.getValue() == null ? 0 : 1) - (former == null ? 0 : 1);
        }
        boolean tooLarge = growth > 0 && bytes + growth > MOST_BYTES;
        boolean tooMany = more > 0 && values.size() + more > MOST;
        if (tooLarge || tooMany) {
            throw new Refusal("cannot set " + String.join(", ", changes.keySet()) + ": values may take " + MOST_BYTES
                    + " bytes in all, and be " + MOST);
        }
    }
}
