package circus.command;

import circus.command.Parameter.Form;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers what {@link CommandSpec} says about one command. Used while that enum is initialised and never again. */
final class Definition {
    final String word;
    final CommandSpec.Group group;
    final CommandSpec.Timing timing;
    final String summary;
    final List<Parameter> parameters = new ArrayList<>();
    final List<String> examples = new ArrayList<>();
    String wrongCount = "Invalid number of arguments";
    boolean ignoresExtraArguments;

    @Nullable
    String onlyLooksWith;

    @Nullable
    String arbiterLock;

    @Nullable
    String watcherLock;

    String help = "";
    String reply = "";

    private Definition(String word, CommandSpec.Group group, CommandSpec.Timing timing, String summary) {
        this.word = word;
        this.group = group;
        this.timing = timing;
        this.summary = summary;
    }

    static Definition command(String word, CommandSpec.Group group, CommandSpec.Timing timing, String summary) {
        return new Definition(word, group, timing, summary);
    }

    Definition mandatory(String property, PropertyType type, Form form, String doc) {
        parameters.add(new Parameter(property, type, true, form, null, null, doc));
        return this;
    }

    Definition optional(String property, PropertyType type, Form form, String doc) {
        return optional(property, type, form, null, doc);
    }

    Definition optional(String property, PropertyType type, Form form, @Nullable String byDefault, String doc) {
        parameters.add(new Parameter(property, type, false, form, byDefault, null, doc));
        return this;
    }

    /** A short form of the flag of the property that was told last: {@code -n}. */
    Definition letter(String flag) {
        int last = parameters.size() - 1;
        parameters.set(last, parameters.get(last).withLetter(flag));
        return this;
    }

    Definition waiting(String doc) {
        return optional("waiting", PropertyType.TRUTH, Form.SWITCH, "false", doc);
    }

    /** What circusctl says to too few or too many arguments. Circus has a wording for each command. */
    Definition wrongCount(String text) {
        wrongCount = text;
        return this;
    }

    Definition ignoresExtraArguments() {
        ignoresExtraArguments = true;
        return this;
    }

    /** The command changes something, but not with a true property of this name. */
    Definition onlyLooksWith(String property) {
        onlyLooksWith = property;
        return this;
    }

    /** The names by which a conflict is told: of an operation on several or all watchers, and on exactly one. */
    Definition locks(@Nullable String arbiter, @Nullable String watcher) {
        arbiterLock = arbiter;
        watcherLock = watcher;
        return this;
    }

    Definition help(String text) {
        help = text.strip();
        return this;
    }

    Definition reply(String text) {
        reply = text.strip();
        return this;
    }

    Definition example(String line) {
        examples.add(line);
        return this;
    }
}
