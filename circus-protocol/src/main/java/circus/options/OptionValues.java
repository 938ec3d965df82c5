package circus.options;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The values of one section: what was given, else the defaults. Immutable, so any thread may read it; a change makes a new one.
 *
 * <p>Two of them are equal when the same options were given the same values.
 */
public final class OptionValues {
    public static final OptionValues NONE = new OptionValues(Map.of(), Set.of());

    private final Map<String, Object> values;
    private final Set<String> given;

    private OptionValues(Map<String, Object> values, Set<String> given) {
        this.values = Map.copyOf(values);
        this.given = Set.copyOf(given);
    }

    @SuppressWarnings("unchecked") // only with and withDefault store values, and both take a T for an Option<T>
    public <T> T get(Option<T> option) {
        Object value = values.get(option.key());
        return value == null ? option.byDefault() : (T) value;
    }

    /** Whether somebody gave this option a value, be it the default. */
    public boolean isGiven(Option<?> option) {
        return given.contains(option.key());
    }

    /** The same values, and this one given. */
    public <T> OptionValues with(Option<T> option, T value) {
        Map<String, Object> changed = new HashMap<>(values);
        changed.put(option.key(), value);
        Set<String> changedGiven = new HashSet<>(given);
        changedGiven.add(option.key());
        return new OptionValues(changed, changedGiven);
    }

    /** The same values, and this one instead of the option's own default: it does not count as given. A given value stays. */
    public <T> OptionValues withDefault(Option<T> option, T value) {
        if (isGiven(option) || value.equals(get(option))) {
            return this;
        }
        Map<String, Object> changed = new HashMap<>(values);
        changed.put(option.key(), value);
        return new OptionValues(changed, given);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OptionValues that && values.equals(that.values) && given.equals(that.given);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return new TreeMap<>(values).toString();
    }
}
