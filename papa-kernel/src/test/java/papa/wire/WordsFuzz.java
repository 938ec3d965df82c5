package papa.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;

/** Any bytes as a line, and as words (with a zero between two) that are written into a line. Run by FuzzTest. */
public final class WordsFuzz {
    private WordsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String line = new String(input, ISO_8859_1);
        List<String> papas = Words.splitPapa(line);
        assertTrue(length(papas) <= line.length() && !papas.contains(""));
        try {
            List<String> words = Words.splitQuoted(line);
            assertTrue(length(words) <= line.length());
            assertComesBack(words);
        } catch (WordsException wrong) {
            assertTrue(("" + wrong.getMessage()).startsWith("cannot read "));
        }
        assertComesBack(Arrays.asList(line.split("\0", -1)));
    }

    private static int length(List<String> words) {
        return words.stream().mapToInt(String::length).sum();
    }

    private static void assertComesBack(List<String> words) {
        String line = Words.line(words);
        assertTrue(line.indexOf('\n') < 0 && line.chars().allMatch(each -> each < 256));
        try {
            assertEquals(words, Words.splitQuoted(line));
            for (String word : words) {
                assertEquals(List.of("name=" + word), Words.splitQuoted(Words.quote("name", word)));
            }
        } catch (WordsException wrong) {
            throw new AssertionError(line, wrong);
        }
    }
}
