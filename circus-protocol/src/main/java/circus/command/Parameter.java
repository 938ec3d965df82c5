package circus.command;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One property of a command's request, and how it is given on the command line. A value; any thread.
 *
 * @param property the key in {@code properties}
 * @param mandatory whether the request is refused without it
 * @param form how circusctl takes it
 * @param byDefault what holds when it is absent, in words; null when there is nothing to say
 * @param doc one sentence
 */
public record Parameter(
        String property,
        PropertyType type,
        boolean mandatory,
        Form form,
        @Nullable String byDefault,
        String doc) {

    /** How a property is given on circusctl's command line. */
    public enum Form {
        /** One word, by its position. */
        ARGUMENT,
        /** All words that are left, as a list. */
        ARGUMENTS,
        /** {@code --property}; true or false is always sent. */
        SWITCH,
        /** {@code --property}; sent only when given. */
        SWITCH_IF_GIVEN,
        /** {@code --terminate}, which sends false; without it true is sent. */
        SWITCH_TERMINATE,
        /** {@code --property VALUE}; the default is sent too. */
        OPTION
    }

    /** True when it is given by its position, and not by a word that begins with {@code --}. */
    public boolean isPositional() {
        return form == Form.ARGUMENT || form == Form.ARGUMENTS;
    }

    /** How the usage line shows it: {@code NAME}, {@code [NB]}, {@code KEY...}, {@code [--waiting]}. */
    public String usage() {
        String word = shown() + (form == Form.ARGUMENTS ? "..." : "");
        return mandatory ? word : "[" + word + "]";
    }

    /** What stands for it on a command line: {@code NAME}, {@code --waiting}, {@code --match MATCH}. */
    public String shown() {
        return switch (form) {
            case ARGUMENT, ARGUMENTS -> placeholder();
            case SWITCH, SWITCH_IF_GIVEN, SWITCH_TERMINATE -> flag();
            case OPTION -> flag() + " " + placeholder();
        };
    }

    /** {@code --waiting}. */
    public String flag() {
        return form == Form.SWITCH_TERMINATE ? "--terminate" : "--" + property;
    }

    /** The word that stands for its value: {@code NAME}; of a list {@code KEY}. */
    public String placeholder() {
        String word = property.toUpperCase(Locale.ROOT);
        return form == Form.ARGUMENTS && word.endsWith("S") ? word.substring(0, word.length() - 1) : word;
    }
}
