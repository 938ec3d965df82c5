package circus.manager.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One section, merged from all places that open it; the first value of an option counts. Used by one thread. */
final class IniSection {
    private final String name;
    private final Place place;
    private final @Nullable IniSection defaults;
    private final Map<String, IniEntry> entries = new LinkedHashMap<>();

    /** @param defaults the section whose options count where this one has none */
    IniSection(String name, Place place, @Nullable IniSection defaults) {
        this.name = name;
        this.place = place;
        this.defaults = defaults;
    }

    String name() {
        return name;
    }

    /** Where it is opened for the first time. */
    Place place() {
        return place;
    }

    /** Adds an option unless it is there already; returns the one that is. */
    @Nullable
    IniEntry add(IniEntry entry) {
        return entries.putIfAbsent(entry.key(), entry);
    }

    @Nullable
    IniEntry get(String key) {
        IniEntry own = entries.get(key);
        return own == null && defaults != null ? defaults.get(key) : own;
    }

    /** Where an option is written, or else the section. */
    Place place(String key) {
        IniEntry entry = get(key);
        return entry == null ? place : entry.place();
    }

    /** Its options, those of {@code [DEFAULT]} first. */
    Collection<IniEntry> entries() {
        Map<String, IniEntry> all = new LinkedHashMap<>();
        if (defaults != null) {
            all.putAll(defaults.entries);
        }
        all.putAll(entries);
        return all.values();
    }

    /** Whether the section itself has the option, not just {@code [DEFAULT]}. */
    boolean isOwn(IniEntry entry) {
        return entries.containsKey(entry.key());
    }

    boolean isEmpty() {
        return entries().isEmpty();
    }

    @Override
    public String toString() {
        return "[" + name + "]";
    }
}
