package circus.options;

import circus.message.PythonText;
import org.jspecify.annotations.Nullable;

/**
 * How the values of an option are written: as text in an ini file, as JSON in a command, as text in a command line.
 *
 * <p>Implementations are immutable; any thread may call them.
 *
 * @param <T> the Java value; something that may be absent is an {@code Optional}
 */
public interface OptionType<T> {
    /** The type in a reader's words, for help and reference pages: {@code integer}, {@code seconds}. */
    String name();

    /** Reads the text of an ini file. The exception says what the text is not: {@code 'two' is not an integer}. */
    T parse(String text) throws BadValueException;

    /**
     * Reads a value of a command: String, Boolean, Number, List, Map or null. The exception continues a sentence that begins with the
     * option's key, as Circus writes it: {@code isn't an integer}.
     */
    T fromJson(@Nullable Object json) throws BadValueException;

    /** The value as String, Long, Double, Boolean, List, Map or null. */
    @Nullable
    Object toJson(T value);

    /** The value as it stands for {@code $(circus.KEY)} in a command line, which is Python's text: {@code True}, {@code None}, {@code 30.0}. */
    default String text(T value) {
        return PythonText.str(toJson(value));
    }
}
