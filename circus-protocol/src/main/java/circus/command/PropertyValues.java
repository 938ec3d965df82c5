package circus.command;

import circus.message.CommandException;
import circus.message.PythonText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a request that passed {@link CommandDeclaration#check}, so that reading them cannot fail. Asking for a property that the
 * command does not declare, or as something else than declared, is a programming error. A value; any thread.
 */
public final class PropertyValues {
    private final CommandDeclaration spec;
    private final Map<String, @Nullable Object> values;

    PropertyValues(CommandDeclaration spec, Map<String, @Nullable Object> values) {
        this.spec = spec;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public boolean isGiven(String property) {
        spec.parameter(property);
        return values.containsKey(property);
    }

    /** The value as it was sent, for replies that repeat it. */
    public @Nullable Object raw(String property) {
        spec.parameter(property);
        return values.get(property);
    }

    /** Of a {@link PropertyType#TEXT} or {@link PropertyType#MATCH}. */
    public Optional<String> text(String property) {
        require(property, PropertyType.TEXT, PropertyType.MATCH);
        return Optional.ofNullable((String) values.get(property));
    }

    /** Of a mandatory {@link PropertyType#TEXT}. */
    public String mandatoryText(String property) {
        return text(property).orElseThrow(() -> new IllegalArgumentException(property + " is not mandatory"));
    }

    /** Of a {@link PropertyType#TEXTS}; empty when absent. */
    public List<String> texts(String property) {
        require(property, PropertyType.TEXTS, PropertyType.TEXTS);
        List<String> texts = new ArrayList<>();
        if (values.get(property) instanceof List<?> list) {
            for (Object item : list) {
                texts.add(PythonText.str(item));
            }
        }
        return List.copyOf(texts);
    }

    /** Of an {@link PropertyType#OBJECT}, in the order in which it was sent; empty when absent. */
    public Map<String, @Nullable Object> object(String property) {
        require(property, PropertyType.OBJECT, PropertyType.OBJECT);
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        if (values.get(property) instanceof Map<?, ?> given) {
            given.forEach((key, value) -> object.put(String.valueOf(key), value));
        }
        return object;
    }

    /** Of an {@link PropertyType#INTEGER} or a {@link PropertyType#PROCESS_ID}. */
    public OptionalLong integer(String property) {
        require(property, PropertyType.INTEGER, PropertyType.PROCESS_ID);
        Long number = PropertyType.processId(values.get(property));
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /** Of a {@link PropertyType#SIGNAL}. */
    public OptionalInt signal(String property) {
        require(property, PropertyType.SIGNAL, PropertyType.SIGNAL);
        if (!values.containsKey(property)) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(SignalValue.of(property, values.get(property)));
        } catch (CommandException checked) {
            throw new IllegalStateException(checked);
        }
    }

    /** Of a {@link PropertyType#SECONDS}; empty when absent or null. */
    public Optional<Duration> seconds(String property) {
        require(property, PropertyType.SECONDS, PropertyType.SECONDS);
        Double seconds = PropertyType.seconds(values.get(property));
        return Optional.ofNullable(seconds).map(each -> Duration.ofNanos((long) (each * 1e9)));
    }

    /** Of a {@link PropertyType#TRUTH} or a {@link PropertyType#BOOLEAN}; false when absent. */
    public boolean isTrue(String property) {
        require(property, PropertyType.TRUTH, PropertyType.BOOLEAN);
        return PropertyType.isTrue(values.get(property));
    }

    private void require(String property, PropertyType one, PropertyType other) {
        PropertyType declared = spec.parameter(property).type();
        if (declared != one && declared != other) {
            throw new IllegalArgumentException(
                    "property " + property + " of " + spec.word() + " is " + declared.words());
        }
    }
}
