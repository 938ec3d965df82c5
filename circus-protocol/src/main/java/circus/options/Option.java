package circus.options;

import org.jspecify.annotations.Nullable;

/**
 * One option: the only place where its key, type, default and meaning are written down. Parsers, replies, help and reference pages read it.
 *
 * @param key as written in an ini file and in JSON
 * @param byDefault the value when nobody gives one
 * @param onSet what a running watcher does when the value changes
 * @param support whether this version acts on it
 * @param doc one line for people
 * @param settable whether the commands {@code set} and {@code add} take it
 * @param reach whose rights who sets it gets hold of
 */
public record Option<T>(
        String key,
        OptionType<T> type,
        T byDefault,
        OnSet onSet,
        Support support,
        String doc,
        boolean settable,
        Reach reach) {
    /** An option that only a file can give. */
    Option(String key, OptionType<T> type, T byDefault, OnSet onSet, Support support, String doc) {
        this(key, type, byDefault, onSet, support, doc, false, Reach.NOTHING);
    }

    /** An option that {@code set} and {@code add} take too. */
    static <T> Option<T> settable(
            String key, OptionType<T> type, T byDefault, OnSet onSet, Support support, String doc) {
        return new Option<>(key, type, byDefault, onSet, support, doc, true, Reach.NOTHING);
    }

    /** The same option, by which somebody gets hold of these rights. */
    Option<T> reaching(Reach whose) {
        return new Option<>(key, type, byDefault, onSet, support, doc, settable, whose);
    }

    /** Reads the value of a command. The message of the exception is the one that Circus answers with: {@code 'numprocesses' isn't an integer}. */
    public T fromJson(@Nullable Object json) throws BadValueException {
        try {
            return type.fromJson(json);
        } catch (BadValueException e) {
            throw new BadValueException("'" + e.part().orElse(key) + "' " + e.getMessage());
        }
    }
}
