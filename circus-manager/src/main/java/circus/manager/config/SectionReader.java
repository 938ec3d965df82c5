package circus.manager.config;

import circus.options.BadValueException;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.Support;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns the texts of one section into values, and tells what cannot be used and what has no effect. Used by one thread. */
final class SectionReader {
    private final IniSection section;
    private final Problems problems;

    SectionReader(IniSection section, Problems problems) {
        this.section = section;
        this.problems = problems;
    }

    /**
     * Adds one option to the values, if the section has it.
     *
     * @param environment for {@code $(circus.env.X)}
     */
    <T> OptionValues read(Option<T> option, Map<String, String> environment, OptionValues values) {
        IniEntry entry = section.get(option.key());
        if (entry == null) {
            return values;
        }
        T value = parsed(option, entry, expanded(entry, environment));
        if (value == null) {
            return values;
        }
        if (!value.equals(option.byDefault())) {
            judge(option, entry);
        }
        return values.with(option, value);
    }

    OptionValues read(List<Option<?>> options, Map<String, String> environment) {
        OptionValues values = OptionValues.NONE;
        for (Option<?> option : options) {
            values = read(option, environment, values);
        }
        return values;
    }

    /** The value with its {@code $(circus.env.X)} replaced; one that is not there is told and stays. */
    String expanded(IniEntry entry, Map<String, String> environment) {
        if (Variables.environmentNames(entry.value()).isEmpty()) {
            return entry.value();
        }
        String text = Variables.expand(entry.value(), Variables.environment(environment));
        for (String name : Variables.environmentNames(text)) {
            problems.warn(
                    entry.place(),
                    "$(circus.env." + name + ") in " + entry.key() + " of " + section
                            + " stays as it is, since there is no such variable");
        }
        return text;
    }

    /** Tells about an option of a section that nobody reads. */
    void warnOfUnknown(IniEntry entry, List<Option<?>> known) {
        if (section.isOwn(entry)) {
            Optional<String> meant = Misspelling.of(entry.key(), known, List.of());
            problems.warn(
                    entry.place(),
                    entry.key() + " in " + section + " is not an option of Circus and has no effect" + question(meant));
        }
    }

    static String question(Optional<String> meant) {
        return meant.map(key -> "; did you mean " + key + "?").orElse("");
    }

    /** The sentence for a value that cannot be used: what, where, why. */
    static String cannotUse(IniEntry entry, IniSection section, String cause) {
        String hash = entry.value().contains(" #") ? "; a comment after a value begins with ' ;', not with '#'" : "";
        return "cannot use " + entry.key() + " = " + entry.value().replace('\n', ' ') + " in " + section + ": " + cause
                + hash;
    }

    private <T> @Nullable T parsed(Option<T> option, IniEntry entry, String text) {
        try {
            return option.type().parse(text);
        } catch (BadValueException e) {
            problems.error(entry.place(), cannotUse(entry, section, e.getMessage()));
            return null;
        }
    }

    private void judge(Option<?> option, IniEntry entry) {
        if (option.support() == Support.REFUSED) {
            problems.error(entry.place(), cannotUse(entry, section, notSupported(option.key())));
        } else if (option.support() == Support.WITHOUT_EFFECT) {
            problems.warn(entry.place(), entry.key() + " in " + section + " has no effect in this version");
        }
    }

    static String notSupported(String what) {
        return what + " is not supported by this version, and going on without it could do harm";
    }
}
