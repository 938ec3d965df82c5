package papa.upgrade;

import java.util.ArrayList;
import java.util.List;
import papa.request.Refusal;
import papa.wire.Words;
import papa.wire.WordsException;

/**
 * What a program says that has shown that it can restore a state: one line on its standard output, words as in {@link
 * Words}. Other lines may come before it; a JVM says this and that.
 *
 * <pre>
 *   papa-proof version=0.1.0 path=/…/java arg=… … env=… … end=1
 * </pre>
 *
 * @param version of the program
 * @param program what it was executed as
 */
public record Proof(String version, Program program) {
    private static final String WORD = "papa-proof";
    private static final String END = "end=1";

    /** For a program that has restored the state; a line, with its end. */
    public String say() {
        List<String> words = new ArrayList<>();
        words.add(WORD);
        words.add(Words.quote("version", version));
        words.add(Words.quote("path", program.path()));
        program.argv().forEach(each -> words.add(Words.quote("arg", each)));
        program.environment().forEach(each -> words.add(Words.quote("env", each)));
        words.add(END);
        return String.join(" ", words) + "\n";
    }

    /**
     * Finds it in what a program has said.
     *
     * @throws Refusal if it is not there, or cannot be understood; with the reason alone
     */
    static Proof hear(String said) throws Refusal {
        for (String line : said.split("\n", -1)) {
            if (line.startsWith(WORD + " ")) {
                return understand(line);
            }
        }
        throw new Refusal("it does not say what a papa says that can");
    }

    private static Proof understand(String line) throws Refusal {
        List<String> words;
        try {
            words = Words.splitQuoted(line);
        } catch (WordsException garbled) {
            throw new Refusal("what it says makes no sense: " + garbled.getMessage());
        }
        String version = "";
        String path = "";
        List<String> argv = new ArrayList<>();
        List<String> environment = new ArrayList<>();
        for (String word : words) {
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.substring(0, Math.max(0, word.indexOf('=')))) {
                case "version" -> version = value;
                case "path" -> path = value;
                case "arg" -> argv.add(value);
                case "env" -> environment.add(value);
                default -> {} // of a later version
            }
        }
        if (path.isEmpty() || argv.isEmpty() || !words.get(words.size() - 1).equals(END)) {
            throw new Refusal("what it says breaks off");
        }
        return new Proof(version, new Program(path, argv, environment));
    }
}
