package circus.command.spi;

import circus.command.CommandDeclaration;
import circus.command.Parameter;
import circus.command.Parameter.Form;
import circus.command.PropertyType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a command of one's own is called, what it takes, and what is told about it. Immutable: each method tells of another definition, with one
 * more thing said. Any thread.
 *
 * <pre>{@code
 * CommandDefinition.of("whois", "Tell which watcher a process belongs to")
 *         .argument("process", PropertyType.PROCESS_ID, "The process.")
 *         .looks()
 *         .example("circusctl whois 4711")
 * }</pre>
 */
public final class CommandDefinition implements CommandDeclaration {
    /** In a request of circusctl's: the reply is to hold what {@link Command#text} says, under the same name. */
    public static final String TEXT = "console_text";

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** As good as none, and few enough nanoseconds for a {@code long}. */
    private static final Duration LONGEST_LIMIT = Duration.ofDays(365);

    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_-]{0,47}");
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,47}");
    private static final Pattern LETTER = Pattern.compile("-[A-Za-z]");

    private final String word;
    private final String summary;
    private final String help;
    private final List<Parameter> parameters;
    private final List<String> examples;
    private final boolean changes;
    private final Duration limit;

    private CommandDefinition(
            String word,
            String summary,
            String help,
            List<Parameter> parameters,
            List<String> examples,
            boolean changes,
            Duration limit) {
        this.word = word;
        this.summary = summary;
        this.help = help;
        this.parameters = List.copyOf(parameters);
        this.examples = List.copyOf(examples);
        this.changes = changes;
        this.limit = limit;
    }

    /**
     * A command without properties, that changes something and has 30 s for it.
     *
     * @param word its name: lower case letters, digits, {@code -} and {@code _}, with a letter first
     * @param summary one line, without a full stop
     */
    public static CommandDefinition of(String word, String summary) {
        if (!WORD.matcher(word).matches()) {
            throw new IllegalArgumentException("cannot call a command '" + word
                    + "': expected lower case letters, digits, - and _, with a letter first, 48 at most");
        }
        return new CommandDefinition(word, summary, summary + ".", List.of(), List.of(), true, LIMIT);
    }

    /** A paragraph for users, in the place of the summary. */
    public CommandDefinition help(String text) {
        return new CommandDefinition(word, summary, text.strip(), parameters, examples, changes, limit);
    }

    /** A command line, for the help. */
    public CommandDefinition example(String line) {
        List<String> more = new ArrayList<>(examples);
        more.add(line);
        return new CommandDefinition(word, summary, help, parameters, more, changes, limit);
    }

    /** It changes nothing: the audit is not told of it. */
    public CommandDefinition looks() {
        return new CommandDefinition(word, summary, help, parameters, examples, false, limit);
    }

    /** The time that one call may take, a year at most; a longer one is interrupted, and the caller told so. */
    public CommandDefinition limit(Duration most) {
        if (most.isNegative() || most.isZero()) {
            throw new IllegalArgumentException("cannot give the command " + word + " a limit of " + most);
        }
        Duration kept = most.compareTo(LONGEST_LIMIT) > 0 ? LONGEST_LIMIT : most;
        return new CommandDefinition(word, summary, help, parameters, examples, changes, kept);
    }

    /** A property that has to be there: one word of the command line, by its place. */
    public CommandDefinition argument(String property, PropertyType type, String doc) {
        return with(new Parameter(property, type, true, Form.ARGUMENT, null, null, doc));
    }

    /** A property that may be there: one word of the command line, by its place. */
    public CommandDefinition optionalArgument(String property, PropertyType type, String doc) {
        return with(new Parameter(property, type, false, Form.ARGUMENT, null, null, doc));
    }

    /** A list of one or more texts: all words that are left on the command line. */
    public CommandDefinition arguments(String property, String doc) {
        return with(new Parameter(property, PropertyType.TEXTS, true, Form.ARGUMENTS, null, null, doc));
    }

    /**
     * A property that may be there: {@code --property VALUE} on the command line.
     *
     * @param byDefault what circusctl sends where nothing is given, in words; null for nothing
     */
    public CommandDefinition option(String property, PropertyType type, @Nullable String byDefault, String doc) {
        return with(new Parameter(property, type, false, Form.OPTION, byDefault, null, doc));
    }

    /** A property that is true where {@code --property} stands on the command line, and absent otherwise. */
    public CommandDefinition flag(String property, String doc) {
        return with(new Parameter(property, PropertyType.TRUTH, false, Form.SWITCH_IF_GIVEN, "false", null, doc));
    }

    private CommandDefinition with(Parameter parameter) {
        String property = parameter.property();
        if (!PROPERTY.matcher(property).matches() || property.equals(TEXT) || property.equals("help")) {
            throw new IllegalArgumentException("cannot give the command " + word + " a property '" + property
                    + "': expected letters, digits, - and _, with a letter first, and neither help nor " + TEXT);
        }
        if (parameters.stream().anyMatch(each -> each.property().equals(property))) {
            throw new IllegalArgumentException("cannot give the command " + word + " two properties " + property);
        }
        if (parameter.isPositional() && parameters.stream().anyMatch(Parameter::isRest)) {
            throw new IllegalArgumentException("cannot give the command " + word + " the argument " + property
                    + " behind one that takes all words");
        }
        List<Parameter> more = new ArrayList<>(parameters);
        more.add(parameter);
        return new CommandDefinition(word, summary, help, more, examples, changes, limit);
    }

    @Override
    public String word() {
        return word;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String help() {
        return help;
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public List<String> examples() {
        return examples;
    }

    @Override
    public String wrongCount() {
        return "Invalid number of arguments";
    }

    @Override
    public boolean ignoresExtraArguments() {
        return false;
    }

    @Override
    public boolean changes(Map<String, @Nullable Object> properties) {
        return changes;
    }

    /** The time that one call may take. */
    public Duration limit() {
        return limit;
    }

    /** As the command {@code commands} tells it. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", word);
        fields.put("summary", summary);
        fields.put("help", help);
        fields.put("changes", changes);
        fields.put("limit", limit.toMillis() / 1000.0);
        fields.put("examples", examples);
        List<Object> all = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Map<String, @Nullable Object> each = new LinkedHashMap<>();
            each.put("property", parameter.property());
            each.put("type", parameter.type().name().toLowerCase(Locale.ROOT));
            each.put("mandatory", parameter.mandatory());
            each.put("form", parameter.form().name().toLowerCase(Locale.ROOT));
            each.put("default", parameter.byDefault());
            each.put("letter", parameter.letter());
            each.put("doc", parameter.doc());
            all.add(each);
        }
        fields.put("parameters", all);
        return fields;
    }

    /** What {@link #fields} has told; empty for what a version to come has made, and this one cannot call. */
    public static Optional<CommandDefinition> of(Map<?, ?> fields) {
        try {
            CommandDefinition definition =
                    of(text(fields, "name"), text(fields, "summary")).help(text(fields, "help"));
            if (Boolean.FALSE.equals(fields.get("changes"))) {
                definition = definition.looks();
            }
            if (fields.get("limit") instanceof Number seconds) {
                definition = definition.limit(Duration.ofMillis((long) (seconds.doubleValue() * 1000)));
            }
            for (Object line : list(fields, "examples")) {
                definition = definition.example(String.valueOf(line));
            }
            for (Object each : list(fields, "parameters")) {
                if (!(each instanceof Map<?, ?> parameter)) {
                    return Optional.empty();
                }
                definition = definition.with(parameter(parameter));
            }
            return Optional.of(definition);
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    private static Parameter parameter(Map<?, ?> fields) {
        String letter = fields.get("letter") instanceof String given
                        && LETTER.matcher(given).matches()
                ? given
                : null;
        return new Parameter(
                text(fields, "property"),
                PropertyType.valueOf(text(fields, "type").toUpperCase(Locale.ROOT)),
                Boolean.TRUE.equals(fields.get("mandatory")),
                Form.valueOf(text(fields, "form").toUpperCase(Locale.ROOT)),
                fields.get("default") instanceof String byDefault ? byDefault : null,
                letter,
                text(fields, "doc"));
    }

    private static String text(Map<?, ?> fields, String key) {
        if (fields.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no text: " + key);
    }

    private static List<?> list(Map<?, ?> fields, String key) {
        return fields.get(key) instanceof List<?> list ? list : List.of();
    }
}
