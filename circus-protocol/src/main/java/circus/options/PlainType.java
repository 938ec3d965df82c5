package circus.options;

import org.jspecify.annotations.Nullable;

/**
 * An option type made of its three conversions. Immutable; any thread may use it.
 *
 * @param complaint what a JSON value is told that cannot be taken, after the option's key: {@code isn't an integer}
 */
record PlainType<T>(String name, String complaint, Parser<T> parser, Reader<T> reader, Writer<T> writer)
        implements OptionType<T> {

    /** Ini text to value. */
    interface Parser<T> {
        T parse(String text) throws BadValueException;
    }

    /** JSON to value; null when the JSON is of no use. */
    interface Reader<T> {
        @Nullable
        T read(@Nullable Object json) throws BadValueException;
    }

    /** Value to JSON. */
    interface Writer<T> {
        @Nullable
        Object write(T value);
    }

    @Override
    public T parse(String text) throws BadValueException {
        return parser.parse(text);
    }

    @Override
    public T fromJson(@Nullable Object json) throws BadValueException {
        T value = reader.read(json);
        if (value == null) {
            throw new BadValueException(complaint);
        }
        return value;
    }

    @Override
    public @Nullable Object toJson(T value) {
        return writer.write(value);
    }
}
