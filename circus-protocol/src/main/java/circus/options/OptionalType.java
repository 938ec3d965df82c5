package circus.options;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The type of an option that may be absent, which is null in JSON. Immutable; any thread may use it.
 *
 * @param blankIsAbsent whether an empty text in the ini means absent too, rather than an empty value
 */
record OptionalType<T>(OptionType<T> inner, boolean blankIsAbsent) implements OptionType<Optional<T>> {
    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public Optional<T> parse(String text) throws BadValueException {
        return blankIsAbsent && text.isBlank() ? Optional.empty() : Optional.of(inner.parse(text));
    }

    @Override
    public Optional<T> fromJson(@Nullable Object json) throws BadValueException {
        return json == null ? Optional.empty() : Optional.of(inner.fromJson(json));
    }

    @Override
    public @Nullable Object toJson(Optional<T> value) {
        return value.map(inner::toJson).orElse(null);
    }
}
