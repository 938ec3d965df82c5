package circus.tests.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a program says with {@code --help}, taken apart: how it is called, what it is, and its sections. Help texts are made of the declarations
 * of options and commands, so what is made of them is, too.
 *
 * @param usage one way to call it in each
 * @param paragraphs what stands before the first section
 */
record HelpPage(List<String> usage, List<String> paragraphs, List<Section> sections) {
    /** @param lines as they stand there, for those that have no entries */
    record Section(String title, List<Entry> entries, List<String> lines) {
        boolean isOf(String word) {
            return title.toLowerCase(Locale.ROOT).contains(word);
        }
    }

    /** @param words what is described: {@code -n, --lines LINES}, or {@code status} */
    record Entry(String words, String doc) {
        /** Its flags: {@code --lines} and {@code -n}. */
        List<String> flags() {
            List<String> flags = new ArrayList<>();
            for (String word : words.split("[ ,|=]+", -1)) {
                if (word.startsWith("-")) {
                    flags.add(word.replaceAll("[^-a-zA-Z_0-9].*", ""));
                }
            }
            return flags;
        }

        /** The word for its value; empty for a switch. */
        String placeholder() {
            String[] parts = words.split("[ =]", -1);
            String last = parts[parts.length - 1];
            return last.startsWith("-") || parts.length == 1 ? "" : last.replaceAll("[\\[\\]]", "");
        }
    }

    private static final String USAGE = "usage: ";

    static HelpPage parse(String text) {
        List<String> usage = new ArrayList<>();
        List<String> paragraphs = new ArrayList<>();
        List<Section> sections = new ArrayList<>();
        StringBuilder paragraph = new StringBuilder();
        boolean inUsage = false;
        for (String line : text.split("\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith(USAGE)) {
                inUsage = true;
                usage.add(line.substring(USAGE.length()).strip());
            } else if (inUsage && line.startsWith("  ")) {
                continueUsage(usage, line);
            } else if (isTitle(line)) {
                inUsage = false;
                end(paragraph, paragraphs);
                sections.add(new Section(line.substring(0, line.length() - 1), new ArrayList<>(), new ArrayList<>()));
            } else if (line.startsWith("  ") || (line.isBlank() && !sections.isEmpty())) {
                if (sections.isEmpty()) { // what a command takes has no title
                    end(paragraph, paragraphs);
                    sections.add(new Section("arguments", new ArrayList<>(), new ArrayList<>()));
                }
                add(sections.get(sections.size() - 1), line);
            } else {
                inUsage = false;
                if (line.isBlank()) {
                    end(paragraph, paragraphs);
                } else {
                    paragraph.append(paragraph.length() == 0 ? "" : " ").append(line.strip());
                }
            }
        }
        end(paragraph, paragraphs);
        return new HelpPage(usage, paragraphs, sections);
    }

    /** Either another way to call it, or the rest of the line above. */
    private static void continueUsage(List<String> usage, String line) {
        String last = usage.get(usage.size() - 1);
        String program = last.split(" ", 2)[0];
        if (line.strip().startsWith(program + " ")) {
            usage.add(line.strip());
        } else {
            usage.set(usage.size() - 1, last + " " + line.strip());
        }
    }

    private static boolean isTitle(String line) {
        return line.endsWith(":") && !line.startsWith(" ") && !line.contains(". ");
    }

    private static void end(StringBuilder paragraph, List<String> paragraphs) {
        if (paragraph.length() > 0) {
            paragraphs.add(paragraph.toString());
            paragraph.setLength(0);
        }
    }

    private static void add(Section section, String line) {
        section.lines().add(line);
        if (line.isBlank()) {
            return;
        }
        int indent = line.length() - line.stripLeading().length();
        List<Entry> entries = section.entries();
        if (indent <= 6) {
            String[] parts = line.strip().split(" {2,}", 2);
            entries.add(new Entry(parts[0], parts.length > 1 ? parts[1].strip() : ""));
        } else if (!entries.isEmpty()) {
            Entry last = entries.get(entries.size() - 1);
            entries.set(entries.size() - 1, new Entry(last.words(), (last.doc() + " " + line.strip()).strip()));
        }
    }

    /** All flags of all sections but those of examples. */
    List<Entry> options() {
        return sections.stream()
                .filter(section -> !section.isOf("example"))
                .flatMap(section -> section.entries().stream())
                .filter(entry -> !entry.flags().isEmpty())
                .toList();
    }
}
