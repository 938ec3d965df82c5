package circus.manager.config;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sections of a main file and of what it includes, in the order in which they are first met. Used by one thread. */
final class IniDocument {
    /** The section whose options count in all others. */
    private static final String DEFAULT = "DEFAULT";

    private final IniSection defaults;
    private final Map<String, IniSection> sections = new LinkedHashMap<>();

    IniDocument(Path main) {
        this.defaults = new IniSection(DEFAULT, Place.of(main), null);
    }

    /** The section of that name, opened at {@code place} if it is new. */
    IniSection open(String name, Place place) {
        return name.equals(DEFAULT)
                ? defaults
                : sections.computeIfAbsent(name, absent -> new IniSection(name, place, defaults));
    }

    @Nullable
    IniSection section(String name) {
        return sections.get(name);
    }

    /** All but {@code [DEFAULT]}. */
    Collection<IniSection> sections() {
        return sections.values();
    }
}
