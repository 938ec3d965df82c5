package circus.manager.config;

import circus.options.BadValueException;
import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.StreamOptions;
import circus.options.Support;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code stdout_stream.KEY} or {@code stderr_stream.KEY} of a watcher's section. Used by one thread. */
final class StreamReader {
    private final IniSection section;
    private final OptionFamily family;
    private final Problems problems;
    private final Map<String, IniEntry> entries = new LinkedHashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();

    StreamReader(IniSection section, OptionFamily family, Problems problems) {
        this.section = section;
        this.family = family;
        this.problems = problems;
    }

    /** @param reader expands the values with {@code environment} */
    Optional<StreamConfig> read(SectionReader reader, Map<String, String> environment) {
        for (IniEntry entry : section.entries()) {
            if (family.covers(entry.key())) {
                String member = family.member(entry.key());
                entries.put(member, entry);
                texts.put(member, reader.expanded(entry, environment));
            }
        }
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> className = className();
        className.ifPresent(this::check);
        texts.remove(StreamOptions.CLASS.key());
        return className.map(name -> new StreamConfig(name, texts));
    }

    private Optional<String> className() {
        String given = texts.get(StreamOptions.CLASS.key());
        boolean hasFile = !texts.getOrDefault(StreamOptions.FILENAME.key(), "").isBlank();
        if (given == null && !hasFile) {
            problems.error(
                    entries.values().iterator().next().place(),
                    "cannot use " + family.prefix() + "* in " + section + ": stream configuration invalid, it needs "
                            + family.prefix() + "filename or " + family.prefix() + "class");
            return Optional.empty();
        }
        if (given != null && !StreamOptions.CLASSES.contains(given)) {
            error(StreamOptions.CLASS.key(), "this version has " + String.join(" and ", StreamOptions.CLASSES));
            return Optional.empty();
        }
        String className = given == null ? StreamOptions.FILE_STREAM : given;
        if (className.equals(StreamOptions.FILE_STREAM) && !hasFile) {
            error(StreamOptions.CLASS.key(), "it needs " + family.prefix() + "filename too");
        }
        return Optional.of(className);
    }

    private void check(String className) {
        entries.forEach((member, entry) -> {
            Optional<Option<?>> option = option(member);
            if (option.isEmpty()) {
                Optional<String> meant = Misspelling.of(member, StreamOptions.ALL, List.of());
                warn(
                        entry,
                        "is not an option of a stream"
                                + SectionReader.question(meant.map(key -> family.prefix() + key)));
            } else if (!member.equals(StreamOptions.CLASS.key())) {
                check(option.get(), entry, className);
            }
        });
    }

    private <T> void check(Option<T> option, IniEntry entry, String className) {
        try {
            T value = option.type().parse(texts.getOrDefault(option.key(), ""));
            if (className.equals(StreamOptions.STDOUT_STREAM)) {
                warn(entry, "has no effect on a " + className);
            } else if (option.support() != Support.EFFECTIVE && !value.equals(option.byDefault())) {
                warn(entry, "has no effect in this version");
            }
        } catch (BadValueException e) {
            problems.error(entry.place(), SectionReader.cannotUse(entry, section, e.getMessage()));
        }
    }

    private static Optional<Option<?>> option(String member) {
        return StreamOptions.ALL.stream()
                .filter(option -> option.key().equals(member))
                .findFirst();
    }

    private void warn(IniEntry entry, String text) {
        problems.warn(entry.place(), entry.key() + " in " + section + " " + text);
    }

    private void error(String member, String cause) {
        IniEntry entry = entries.get(member);
        if (entry != null) {
            problems.error(entry.place(), SectionReader.cannotUse(entry, section, cause));
        }
    }
}
