package circus.manager.config;

import circus.message.Json;
import circus.message.JsonException;
import circus.options.BadValueException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole document as one text, and back: what all files said, merged, before any variable was replaced. A manager leaves it to the next
 * one, who can so tell what has changed in the files. As JSON, {@code [["circus", {"endpoint": "…"}], …]} in the order of the document; the
 * options of {@code [DEFAULT]} stand in every section. Pure functions.
 */
final class DocumentText {
    private DocumentText() {}

    static String of(IniDocument document) {
        List<Object> sections = new ArrayList<>();
        for (IniSection section : document.sections()) {
            Map<String, String> entries = new LinkedHashMap<>();
            section.entries().forEach(entry -> entries.put(entry.key(), entry.value()));
            sections.add(List.of(section.name(), entries));
        }
        return Json.write(sections);
    }

    /**
     * @param main the file that it is thought to come from; lines are not known any more
     * @throws JsonException if no version of ours wrote this
     */
    static IniDocument read(Path main, String text) throws JsonException, BadValueException {
        IniDocument document = new IniDocument(main);
        if (!(Json.read(text.getBytes(StandardCharsets.UTF_8)) instanceof List<?> sections)) {
            throw new BadValueException("cannot read a configuration: expected a list of sections");
        }
        for (Object section : sections) {
            if (!(section instanceof List<?> pair)
                    || pair.size() != 2
                    || !(pair.get(0) instanceof String name)
                    || !(pair.get(1) instanceof Map<?, ?> entries)) {
                throw new BadValueException("cannot read a configuration: expected a section's name and options");
            }
            fill(document.open(name, Place.of(main)), entries, main);
        }
        return document;
    }

    private static void fill(IniSection section, Map<?, ?> entries, Path main) {
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            @Nullable
            IniEntry unused = section.add(
                    new IniEntry(String.valueOf(entry.getKey()), String.valueOf(entry.getValue()), Place.of(main)));
        }
    }
}
