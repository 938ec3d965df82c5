package circus.plugins;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file that a watcher runs: the first word of its command, looked for as a process would be started. A value.
 *
 * @param word that first word, or {@code executable}
 * @param directory in which its processes start
 * @param path the directories in which a name without a slash is looked for, between colons
 */
record CommandFile(String word, String directory, String path) {
    /** A variable of circusd; those of the environment are known here, the others are not. */
    private static final Pattern VARIABLE =
            Pattern.compile("\\$\\(circus\\.([\\w.]+)\\)|\\(\\(circus\\.([\\w.]+)\\)\\)", Pattern.CASE_INSENSITIVE);

    private static final String ENVIRONMENT = "env.";

    /** What a shell takes for the end of a word, and in quotes does not. */
    private static final String BLANKS = " \t\r\n";

    /** What a file is recognized by: where it really is, behind all links, and when it was written. */
    record Print(Path real, FileTime modified) {}

    /**
     * That of a watcher.
     *
     * @param options what circusd says of the watcher's options
     * @param ownPath the PATH of who has none in its environment
     * @return nothing where the command does not tell: it is empty, or a variable that only a process knows stands in front
     */
    static Optional<CommandFile> of(Map<?, ?> options, String ownPath) {
        Map<?, ?> environment = options.get("env") instanceof Map<?, ?> env ? env : Map.of();
        boolean isShell = Boolean.TRUE.equals(options.get("shell"));
        String word = options.get("executable") instanceof String file && !isShell
                ? file
                : firstWord(expanded(String.valueOf(options.get("cmd")), environment));
        if (word.isEmpty() || VARIABLE.matcher(word).find()) {
            return Optional.empty();
        }
        String directory = options.get("working_dir") instanceof String text ? text : "";
        return Optional.of(
                new CommandFile(word, directory, environment.get("PATH") instanceof String own ? own : ownPath));
    }

    private static String expanded(String text, Map<?, ?> environment) {
        Matcher variables = VARIABLE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (variables.find()) {
            String value = value(variables, environment);
            variables.appendReplacement(expanded, Matcher.quoteReplacement(value == null ? variables.group() : value));
        }
        return variables.appendTail(expanded).toString();
    }

    private static @Nullable String value(Matcher variable, Map<?, ?> environment) {
        String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
        if (!name.toLowerCase(Locale.ROOT).startsWith(ENVIRONMENT)) {
            return null;
        }
        String key = name.substring(ENVIRONMENT.length());
        return environment.entrySet().stream()
                .filter(entry -> key.equalsIgnoreCase(String.valueOf(entry.getKey())))
                .map(entry -> String.valueOf(entry.getValue()))
                .findFirst()
                .orElse(null);
    }

    /** As a shell splits words; empty where there is none. */
    static String firstWord(String command) {
        StringBuilder word = new StringBuilder();
        String text = command.strip();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '\\' && quote != '\'' && i + 1 < text.length()) {
                i++;
                word.append(text.charAt(i));
            } else if (quote != 0 ? letter == quote : letter == '\'' || letter == '"') {
                quote = quote == 0 ? letter : 0;
            } else if (quote == 0 && BLANKS.indexOf(letter) >= 0) {
                break;
            } else {
                word.append(letter);
            }
        }
        return word.toString();
    }

    /** The file as it is now; nothing where there is none, or none that may be looked at. */
    Optional<Print> look() {
        try {
            Path base = Path.of(directory).toAbsolutePath();
            if (word.contains("/")) {
                return print(base.resolve(word));
            }
            for (String place : List.of(path.split(File.pathSeparator, -1))) {
                Path candidate = base.resolve(place).resolve(word);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return print(candidate);
                }
            }
        } catch (InvalidPathException noPath) {
            // No process can be started either.
        }
        return Optional.empty();
    }

    private static Optional<Print> print(Path file) {
        try {
            Path real = file.toRealPath();
            return Optional.of(new Print(real, Files.getLastModifiedTime(real)));
        } catch (IOException missing) {
            return Optional.empty();
        }
    }
}
