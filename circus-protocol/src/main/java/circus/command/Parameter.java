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
 * @param letter a short form of its flag: {@code -n}; null when it has none
 * @param doc one sentence
 */
public record Parameter(
        String property,
        PropertyType type,
        boolean mandatory,
        Form form,
        @Nullable String byDefault,
        @Nullable String letter,
        String doc) {

    /** How a property is given on circusctl's command line. */
    public enum Form {
        /** One word, by its position. */
        ARGUMENT,
        /** All words that are left, as a list. */
        ARGUMENTS,
        /** All words that are left, as one text with a blank between two. */
        WORDS,
        /** All words that are left, each a key and its value by turns, as an object of options of a watcher. */
        PAIRS,
        /** {@code --property}; true or false is always sent. */
        SWITCH,
        /** {@code --property}; sent only when given. */
        SWITCH_IF_GIVEN,
        /** {@code --terminate}, which sends false; without it true is sent. */
        SWITCH_TERMINATE,
        /** {@code --property VALUE}; the default is sent too, where there is one. */
        OPTION,
        /** Not at all: only a request can have it. */
        REQUEST
    }

    /** True when it is given by its position, and not by a word that begins with {@code --}. */
    public boolean isPositional() {
        return form == Form.ARGUMENT || isRest();
    }

    /** True when it takes all words that are left. */
    public boolean isRest() {
        return form == Form.ARGUMENTS || form == Form.WORDS || form == Form.PAIRS;
    }

    /** True when the command line has it in some form. */
    public boolean isOnCommandLine() {
        return form != Form.REQUEST;
    }

    /** How the usage line shows it: {@code NAME}, {@code [NB]}, {@code KEY...}, {@code [--waiting]}. */
    public String usage() {
        String word = shown() + (isRest() ? "..." : "");
        return mandatory ? word : "[" + word + "]";
    }

    /** What stands for it on a command line: {@code NAME}, {@code --waiting}, {@code --match MATCH}. */
    public String shown() {
        return switch (form) {
            case ARGUMENT, ARGUMENTS, WORDS, PAIRS -> placeholder();
            case SWITCH, SWITCH_IF_GIVEN, SWITCH_TERMINATE -> flags();
            case OPTION -> flags() + " " + placeholder();
            case REQUEST -> property;
        };
    }

    /** {@code --waiting}, or {@code -n|--lines}. */
    private String flags() {
        return letter == null ? flag() : letter + "|" + flag();
    }

    /** {@code --waiting}. */
    public String flag() {
        return form == Form.SWITCH_TERMINATE ? "--terminate" : "--" + property;
    }

    /** The same one with a short form of its flag. */
    Parameter withLetter(String flag) {
        return new Parameter(property, type, mandatory, form, byDefault, flag, doc);
    }

    /** The word that stands for its value: {@code NAME}; of a list {@code KEY}. */
    public String placeholder() {
        String word = form == Form.PAIRS ? "KEY VALUE" : property.toUpperCase(Locale.ROOT);
        return form == Form.ARGUMENTS && word.endsWith("S") ? word.substring(0, word.length() - 1) : word;
    }
}
