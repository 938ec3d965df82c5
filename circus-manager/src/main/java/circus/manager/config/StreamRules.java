package circus.manager.config;

import circus.options.BadValueException;
import circus.options.Option;
import circus.options.StreamClass;
import circus.options.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What the options of a stream make together, and what is wrong with them: in a file and in a command alike. Any thread. */
final class StreamRules {
    /** How bad it is. */
    enum Severity {
        ERROR,
        /** What was asked for does not happen. */
        IDLE,
        /** There is no such option. */
        UNKNOWN,
        DOUBT
    }

    /**
     * Something that was found.
     *
     * @param member the option that it is about
     * @param text continues a sentence that names option and value
     */
    record Finding(Severity severity, String member, String text) {}

    /** The colours, as {@code color} has them. */
    private static final List<String> COLORS = List.of("red", "green", "yellow", "blue", "magenta", "cyan", "white");

    private static final List<Option<?>> ROTATION = List.of(
            StreamOptions.MAX_BYTES,
            StreamOptions.BACKUP_COUNT,
            StreamOptions.ROTATE_WHEN,
            StreamOptions.ROTATE_INTERVAL,
            StreamOptions.UTC,
            StreamOptions.COMPRESS,
            StreamOptions.FILE_MODE);

    private final String prefix;
    private final HookCheck extensions;
    private final Map<String, String> texts;
    private final Consumer<String> refused;
    private final List<Finding> findings = new ArrayList<>();

    private StreamRules(String prefix, HookCheck extensions, Map<String, String> texts, Consumer<String> refused) {
        this.refused = refused;
        this.prefix = prefix;
        this.extensions = extensions;
        this.texts = texts;
    }

    /** The class that is given, or meant by giving a file name alone; nothing where neither is there. */
    static Optional<String> className(Map<String, String> texts) {
        String given = texts.get(StreamOptions.CLASS.key());
        if (given != null) {
            return Optional.of(given);
        }
        return hasFile(texts) ? Optional.of(StreamClass.FILE.title()) : Optional.empty();
    }

    private static boolean hasFile(Map<String, String> texts) {
        return !texts.getOrDefault(StreamOptions.FILENAME.key(), "").isBlank();
    }

    /**
     * Looks at everything.
     *
     * @param prefix of the options' keys
     * @param extensions knows the classes of users
     * @param texts all options, by their keys without the prefix
     * @param refused told later what is wrong with the class, if the findings do not say so
     */
    static List<Finding> check(
            String className,
            String prefix,
            HookCheck extensions,
            Map<String, String> texts,
            Consumer<String> refused) {
        StreamRules rules = new StreamRules(prefix, extensions, texts, refused);
        if (StreamClass.isCustom(className)) {
            rules.checkCustom(className);
        } else {
            rules.checkBuiltIn(className);
        }
        return rules.findings;
    }

    private void checkCustom(String className) {
        try {
            extensions.checkStream(className, refused);
        } catch (BadValueException e) {
            error(StreamOptions.CLASS, e.getMessage());
        }
        // All others are the class's own affair.
        parsed(StreamOptions.OVERFLOW);
        parsed(StreamOptions.OVERFLOW_AFTER);
    }

    private void checkBuiltIn(String className) {
        Optional<StreamClass> known = StreamClass.find(className);
        if (known.isEmpty()) {
            error(
                    StreamOptions.CLASS,
                    className.equals(StreamClass.QUEUE)
                            ? "nobody could read that queue but Circus's own process; write to a file, or name a class of yours"
                            : "it is none of " + StreamClass.names()
                                    + " and no class of Java or Python with a dot in its name" + question(className));
            return;
        }
        texts.keySet().forEach(member -> checkMember(member, known.get()));
        checkTogether(known.get());
    }

    private static String question(String className) {
        List<String> names =
                List.of(StreamClass.values()).stream().map(StreamClass::title).toList();
        return SectionReader.question(Misspelling.nearest(className, names));
    }

    private void checkMember(String member, StreamClass streamClass) {
        Optional<Option<?>> option = StreamOptions.find(member);
        if (option.isEmpty()) {
            Optional<String> meant = Misspelling.of(member, StreamOptions.ALL, List.of());
            add(
                    Severity.UNKNOWN,
                    member,
                    "is not an option of a stream" + SectionReader.question(meant.map(key -> prefix + key)));
        } else if (!option.get().equals(StreamOptions.CLASS)) {
            checkOption(option.get(), StreamOptions.classes(member), streamClass);
        }
    }

    private <T> void checkOption(Option<T> option, Set<StreamClass> classes, StreamClass streamClass) {
        Optional<T> value = parsed(option);
        if (value.isPresent() && !value.get().equals(option.byDefault()) && !classes.contains(streamClass)) {
            add(Severity.IDLE, option.key(), "has no effect on a " + streamClass.title());
        }
    }

    /** The value that is given; nothing if there is none, or one that is wrong. */
    private <T> Optional<T> parsed(Option<T> option) {
        String text = texts.get(option.key());
        try {
            return text == null ? Optional.empty() : Optional.of(option.type().parse(text));
        } catch (BadValueException e) {
            error(option, e.getMessage());
            return Optional.empty();
        }
    }

    private void checkTogether(StreamClass streamClass) {
        if (streamClass.needsFile() && !hasFile(texts)) {
            error(StreamOptions.CLASS, "it needs " + prefix + StreamOptions.FILENAME.key() + " too");
        }
        boolean byTime = texts.containsKey(StreamOptions.ROTATE_WHEN.key());
        if (streamClass == StreamClass.TIMED && !byTime) {
            error(
                    StreamOptions.CLASS,
                    "it needs " + prefix + StreamOptions.ROTATE_WHEN.key() + " too: "
                            + StreamOptions.ROTATE_WHEN.type().name());
        }
        if (streamClass == StreamClass.JSON) {
            checkJson(byTime);
        }
        String color = texts.getOrDefault(StreamOptions.COLOR.key(), COLORS.get(0));
        if (streamClass == StreamClass.FANCY && !COLORS.contains(color)) {
            add(
                    Severity.DOUBT,
                    StreamOptions.COLOR.key(),
                    "is none of " + String.join(", ", COLORS) + ", so one is chosen by the watcher's name");
        }
    }

    private void checkJson(boolean byTime) {
        if (byTime && !"0".equals(texts.getOrDefault(StreamOptions.MAX_BYTES.key(), "0"))) {
            error(
                    StreamOptions.ROTATE_WHEN,
                    "a file is rotated by time or by size; leave out " + prefix + StreamOptions.MAX_BYTES.key());
        }
        if (!hasFile(texts)) {
            for (Option<?> option : ROTATION) {
                if (texts.containsKey(option.key())) {
                    add(Severity.IDLE, option.key(), "has no effect without " + prefix + StreamOptions.FILENAME.key());
                }
            }
        }
    }

    private void error(Option<?> option, String text) {
        add(Severity.ERROR, option.key(), text);
    }

    private void add(Severity severity, String member, String text) {
        findings.add(new Finding(severity, member, text));
    }
}
