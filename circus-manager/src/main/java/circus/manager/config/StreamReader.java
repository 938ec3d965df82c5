package circus.manager.config;

import circus.options.OptionFamily;
import circus.options.StreamOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads {@code stdout_stream.KEY} or {@code stderr_stream.KEY} of a watcher's section. Used by one thread. */
final class StreamReader {
    private final IniSection section;
    private final OptionFamily family;
    private final HookCheck extensions;
    private final Problems problems;
    private final Map<String, IniEntry> entries = new LinkedHashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();

    StreamReader(IniSection section, OptionFamily family, HookCheck extensions, Problems problems) {
        this.section = section;
        this.family = family;
        this.extensions = extensions;
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
        Optional<String> className = StreamRules.className(texts);
        if (className.isEmpty()) {
            problems.error(
                    entries.values().iterator().next().place(),
                    "cannot use " + family.prefix() + "* in " + section + ": stream configuration invalid, it needs "
                            + family.prefix() + "filename or " + family.prefix() + "class");
            return Optional.empty();
        }
        IniEntry place = entries.getOrDefault(
                StreamOptions.CLASS.key(), entries.values().iterator().next());
        StreamRules.check(
                        className.get(),
                        family.prefix(),
                        extensions,
                        texts,
                        refused -> problems.error(place.place(), SectionReader.cannotUse(place, section, refused)))
                .forEach(this::tell);
        texts.remove(StreamOptions.CLASS.key());
        return className.map(name -> new StreamConfig(name, texts));
    }

    private void tell(StreamRules.Finding finding) {
        IniEntry entry = entries.get(finding.member());
        if (entry == null) {
            // Of the class that a file name alone means.
            entry = entries.values().iterator().next();
        }
        if (finding.severity() == StreamRules.Severity.ERROR) {
            problems.error(entry.place(), SectionReader.cannotUse(entry, section, finding.text()));
        } else {
            problems.warn(entry.place(), entry.key() + " in " + section + " " + finding.text());
        }
    }
}
