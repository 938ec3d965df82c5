package circus.cli;

import circus.client.CallException;
import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.command.Parameter;
import circus.command.PropertyType;
import circus.command.spi.CommandDefinition;
import circus.curve.KeyFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Words to {@link Invocation}: {@code [global options] COMMAND [command options] [arguments]}. The table of commands is {@link
 * CommandSpec}. Pure functions.
 *
 * <p>Each command goes through here, so there are neither lambdas nor streams nor regular expressions: the first of them takes a JVM that
 * has just been started some milliseconds.
 */
final class Arguments {
    private static final String ENDPOINT = "CIRCUSCTL_ENDPOINT";
    private static final String CURVE = "CIRCUSCTL_CURVE";

    /** https://no-color.org */
    private static final String NO_COLOR = "NO_COLOR";

    private static final String HELP = GlobalOption.HELP.flag();
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private Arguments() {}

    /** @param environment for CIRCUSCTL_ENDPOINT, CIRCUSCTL_CURVE and NO_COLOR */
    static Invocation parse(List<String> words, Map<String, String> environment)
            throws UsageException, ArgumentException, CallException, KeyFileException {
        return parse(words, environment, Added.NONE);
    }

    /**
     * The same where circusd may be asked.
     *
     * @param added asked where a line names a command that is none of circusd's own, and for the help
     * @throws CallException if it was asked for such a command, and cannot say
     * @throws KeyFileException if it cannot be asked with these keys
     */
    static Invocation parse(List<String> words, Map<String, String> environment, Added added)
            throws UsageException, ArgumentException, CallException, KeyFileException {
        Flags flags = new Flags(words);
        Map<GlobalOption, String> given = new HashMap<>();
        List<String> unrecognized = new ArrayList<>();
        while (flags.hasNext()) {
            String word = flags.next();
            if (!flags.isOption(word)) {
                return withCommand(word, flags.rest(), settings(given, environment), given, unrecognized, added);
            }
            GlobalOption option = globalOption(word, flags);
            if (option == null) {
                unrecognized.add(word);
            } else if (option.placeholder() == null) {
                flags.noValue(option.flag());
                given.put(option, "");
            } else {
                given.put(option, flags.value(option.flag()));
            }
        }
        Settings settings = settings(given, environment);
        if (!unrecognized.isEmpty()) {
            throw unrecognized(unrecognized);
        }
        if (given.containsKey(GlobalOption.VERSION)) {
            return new Invocation.ShowVersion();
        }
        return given.containsKey(GlobalOption.HELP)
                ? new Invocation.ShowHelp(null, added.of(settings))
                : new Invocation.RunShell(settings);
    }

    private static Invocation withCommand(
            String word,
            List<String> rest,
            Settings settings,
            Map<GlobalOption, String> given,
            List<String> unrecognized,
            Added added)
            throws UsageException, ArgumentException, CallException, KeyFileException {
        CommandDeclaration command = find(word);
        if (command == null && unrecognized.isEmpty() && mayBeCommand(word)) {
            command = find(word, added.demanded(settings));
        }
        if (command == null) {
            List<String> all = new ArrayList<>(unrecognized);
            all.add(word);
            all.addAll(rest);
            throw unrecognized(all);
        }
        if (!unrecognized.isEmpty()) {
            throw unrecognized(unrecognized);
        }
        if (given.containsKey(GlobalOption.VERSION)) {
            return new Invocation.ShowVersion();
        }
        if (given.containsKey(GlobalOption.HELP)) {
            return new Invocation.ShowHelp(command, List.of());
        }
        return command(settings, command, rest);
    }

    /** The words after a command. */
    static Invocation command(Settings settings, CommandDeclaration command, List<String> words)
            throws UsageException, ArgumentException {
        Flags flags = new Flags(words);
        List<String> known = flagsOf(command);
        List<String> positional = new ArrayList<>();
        List<String> unrecognized = new ArrayList<>();
        Map<String, String> given = new HashMap<>();
        while (flags.hasNext()) {
            String word = flags.next();
            if (!flags.isOption(word)) {
                positional.add(word);
                continue;
            }
            String flag = word.equals("-h") ? HELP : flags.match(longForm(command, word), known);
            if (flag == null) {
                unrecognized.add(word);
            } else if (flag.equals(HELP)) {
                return new Invocation.ShowHelp(command, List.of());
            } else if (takesValue(command, flag)) {
                given.put(flag, flags.value(flag));
            } else {
                flags.noValue(flag);
                given.put(flag, "");
            }
        }
        if (!unrecognized.isEmpty()) {
            throw unrecognized(unrecognized);
        }
        return new Invocation.RunCommand(settings, command, properties(command, positional, given));
    }

    /** The command that is written so, case included; null when there is none. */
    static @Nullable CommandSpec find(String word) {
        CommandSpec found = CommandSpec.find(word).orElse(null);
        return found != null && found.word().equals(word) ? found : null;
    }

    /** The same, of those that were added, too; these are asked for where it is none of circusd's own. */
    static @Nullable CommandDeclaration find(String word, Settings settings, Added added) {
        CommandSpec own = find(word);
        return own != null || !mayBeCommand(word) ? own : find(word, added.of(settings));
    }

    /** {@code [a-z][a-z0-9_-]*}: nobody is asked for what cannot be one. */
    private static boolean mayBeCommand(String word) {
        for (int i = 0; i < word.length(); i++) {
            char letter = word.charAt(i);
            boolean isLetter = letter >= 'a' && letter <= 'z';
            boolean mayFollow = (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
            if (!isLetter && (i == 0 || !mayFollow)) {
                return false;
            }
        }
        return !word.isEmpty();
    }

    private static @Nullable CommandDeclaration find(String word, List<CommandDefinition> added) {
        for (CommandDefinition each : added) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        return null;
    }

    private static @Nullable GlobalOption globalOption(String word, Flags flags) throws UsageException {
        if (word.equals("-h")) {
            return GlobalOption.HELP;
        }
        List<String> known = new ArrayList<>();
        for (GlobalOption option : GlobalOption.values()) {
            known.add(option.flag());
        }
        String flag = flags.match(word, known);
        for (GlobalOption option : GlobalOption.values()) {
            if (option.flag().equals(flag)) {
                return option;
            }
        }
        return null;
    }

    private static Settings settings(Map<GlobalOption, String> given, Map<String, String> environment)
            throws UsageException {
        return new Settings(
                given.get(GlobalOption.ENDPOINT),
                environment.get(ENDPOINT),
                keys(given, environment),
                given.get(GlobalOption.SSH),
                given.get(GlobalOption.SSH_KEYFILE),
                seconds(GlobalOption.TIMEOUT, given, DEFAULT_TIMEOUT),
                seconds(GlobalOption.WAIT, given, Duration.ZERO),
                given.containsKey(GlobalOption.JSON),
                given.containsKey(GlobalOption.PRETTIFY),
                !given.containsKey(GlobalOption.NO_COLOR)
                        && environment.getOrDefault(NO_COLOR, "").isEmpty());
    }

    private static Duration seconds(GlobalOption option, Map<GlobalOption, String> given, Duration byDefault)
            throws UsageException {
        String text = given.get(option);
        if (text == null) {
            return byDefault;
        }
        try {
            int seconds = Integer.parseInt(text.strip());
            if (seconds < 0) {
                throw new UsageException("argument " + option.flag() + ": expected 0 or more seconds, not " + text);
            }
            return Duration.ofSeconds(seconds);
        } catch (NumberFormatException notNumeric) {
            throw new UsageException("argument " + option.flag() + ": invalid int value: '" + text + "'");
        }
    }

    /** An empty one stands for none. */
    private static @Nullable String keys(Map<GlobalOption, String> given, Map<String, String> environment) {
        String file = given.getOrDefault(GlobalOption.CURVE, environment.getOrDefault(CURVE, ""));
        return file.isEmpty() ? null : file;
    }

    private static List<String> flagsOf(CommandDeclaration command) {
        List<String> flags = new ArrayList<>();
        for (Parameter parameter : command.parameters()) {
            if (!parameter.isPositional() && parameter.isOnCommandLine()) {
                flags.add(parameter.flag());
            }
        }
        flags.add(HELP);
        return flags;
    }

    /** {@code --lines} for {@code -n}, {@code --lines=20} for {@code -n20}; what has no short form stays as it is. */
    private static String longForm(CommandDeclaration command, String word) {
        for (Parameter parameter : command.parameters()) {
            String letter = parameter.letter();
            if (letter == null || word.startsWith("--") || !word.startsWith(letter)) {
                continue;
            }
            if (word.length() == letter.length()) {
                return parameter.flag();
            }
            if (parameter.form() == Parameter.Form.OPTION) {
                return parameter.flag() + "=" + word.substring(letter.length());
            }
        }
        return word;
    }

    private static boolean takesValue(CommandDeclaration command, String flag) {
        for (Parameter parameter : command.parameters()) {
            if (parameter.form() == Parameter.Form.OPTION && parameter.flag().equals(flag)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, @Nullable Object> properties(
            CommandDeclaration command, List<String> positional, Map<String, String> given) throws ArgumentException {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        int used = 0;
        for (Parameter parameter : command.parameters()) {
            if (parameter.isPositional()) {
                List<String> left = positional.subList(used, positional.size());
                int least = parameter.form() == Parameter.Form.PAIRS ? 2 : 1;
                if (left.size() < least && parameter.mandatory()) {
                    throw new ArgumentException(command.wrongCount(), "usage: " + command.usage());
                }
                if (parameter.mandatory() || parameter.isRest() || left.size() > mandatoryAfter(command, parameter)) {
                    used += take(parameter, left, properties);
                }
            } else {
                put(parameter, given.get(parameter.flag()), properties);
            }
        }
        if (used < positional.size() && !command.ignoresExtraArguments()) {
            throw new ArgumentException(command.wrongCount(), "usage: " + command.usage());
        }
        return properties;
    }

    /** How many words have to be left for those that follow. */
    private static int mandatoryAfter(CommandDeclaration command, Parameter parameter) {
        List<Parameter> all = command.parameters();
        int count = 0;
        for (Parameter each : all.subList(all.indexOf(parameter) + 1, all.size())) {
            count += each.isPositional() && each.mandatory() ? 1 : 0;
        }
        return count;
    }

    /** Gives a positional parameter what it takes of the words that are left, and tells how many that are. */
    private static int take(Parameter parameter, List<String> left, Map<String, @Nullable Object> properties)
            throws ArgumentException {
        if (parameter.form() == Parameter.Form.ARGUMENTS) {
            properties.put(parameter.property(), List.copyOf(left));
            return left.size();
        }
        if (parameter.form() == Parameter.Form.WORDS) {
            properties.put(parameter.property(), String.join(" ", left));
            return left.size();
        }
        if (parameter.form() == Parameter.Form.PAIRS) {
            properties.put(parameter.property(), OptionPairs.read(left));
            return left.size();
        }
        if (left.isEmpty()) {
            return 0;
        }
        properties.put(parameter.property(), convert(parameter, left.get(0)));
        return 1;
    }

    /** @param value null when the flag was not given, empty for a switch */
    private static void put(Parameter parameter, @Nullable String value, Map<String, @Nullable Object> properties)
            throws ArgumentException {
        if (parameter.form() == Parameter.Form.OPTION) {
            String given = value == null ? parameter.byDefault() : value;
            if (given != null) {
                properties.put(parameter.property(), convert(parameter, given));
            }
        } else if (parameter.form() == Parameter.Form.SWITCH_TERMINATE) {
            properties.put(parameter.property(), value == null);
        } else if (value != null || parameter.form() == Parameter.Form.SWITCH) {
            properties.put(parameter.property(), value != null);
        }
    }

    private static Object convert(Parameter parameter, String word) throws ArgumentException {
        if (parameter.type() == PropertyType.SECONDS) {
            return PropertyType.secondsOf(word)
                    .orElseThrow(() -> new ArgumentException(
                            "cannot use '" + word + "' as " + parameter.placeholder() + ": expected seconds"));
        }
        if (parameter.type() != PropertyType.INTEGER && parameter.type() != PropertyType.PROCESS_ID) {
            return word;
        }
        try {
            return Long.valueOf(word.strip());
        } catch (NumberFormatException notNumeric) {
            throw new ArgumentException(
                    "cannot use '" + word + "' as " + parameter.placeholder() + ": expected an integer");
        }
    }

    private static UsageException unrecognized(List<String> words) {
        String hint = "circusctl --help lists the commands";
        for (GlobalOption option : GlobalOption.values()) {
            if (words.contains(option.flag())) {
                hint = option.flag() + " stands before the command";
            }
        }
        return new UsageException("unrecognized arguments: " + String.join(" ", words), hint);
    }
}
