package circus.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonTextTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "-1.5, -1.5",
        "0.1, 0.1",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "123456789012345680, 1.2345678901234568e+17",
        "1e16, 1e+16",
        "1e15, 1000000000000000.0",
        "9999999999999998, 9999999999999998.0",
        "1e22, 1e+22",
        "1e23, 1e+23",
        "1e100, 1e+100",
        "2e-3, 0.002",
        "5e-324, 5e-324",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "5.684341886080802e-14, 5.684341886080802e-14",
        "9007199254740993, 9007199254740992.0",
        "1795209277.0333755, 1795209277.0333755",
        "169.25037169456482, 169.25037169456482",
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf"
    })
    void floats_are_written_with_the_fewest_digits_that_read_back(double value, String expected) {
        assertThat(PythonText.number(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "bogus | 'bogus'",
                "it's | \"it's\"",
                "a\\b | 'a\\\\b'",
                "`a\nb\tc` | 'a\\nb\\tc'",
                "`'\"` | `'\\'\"'`",
                "ä€ | 'ä€'",
                "`\u0001\u00a0\u2028` | '\\x01\\xa0\\u2028'",
                "`` | ''"
            })
    void text_is_quoted_as_python_does_it(String text, String expected) {
        assertThat(PythonText.repr(text)).isEqualTo(expected);
    }

    @Test
    void values_look_like_pythons() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", Arrays.asList(1L, 2.0, null, true, false, "x"));
        map.put("b", Map.of());
        assertThat(PythonText.repr(map)).isEqualTo("{'a': [1, 2.0, None, True, False, 'x'], 'b': {}}");
        assertThat(PythonText.str("x")).isEqualTo("x");
    }

    /** The shortest decimal is a subtle thing, so Python itself is asked. */
    @Test
    @Timeout(60)
    void twenty_thousand_random_floats_are_written_as_python_writes_them(@TempDir Path directory) throws Exception {
        assumeThat(Files.isExecutable(PYTHON)).isTrue();
        Random random = new Random(20261120);
        List<String> ours = new ArrayList<>();
        Path bits = directory.resolve("bits");
        try (BufferedWriter out = Files.newBufferedWriter(bits)) {
            while (ours.size() < 20_000) {
                double value = nextDouble(random, ours.size());
                if (!Double.isNaN(value)) {
                    out.write(String.format("%016x%n", Double.doubleToRawLongBits(value)));
                    ours.add(PythonText.number(value));
                }
            }
        }
        String script =
                "import struct,sys\nfor l in open(sys.argv[1]): print(repr(struct.unpack('>d', bytes.fromhex(l.strip()))[0]))";
        Process python = new ProcessBuilder(PYTHON.toString(), "-c", script, bits.toString()).start();
        List<String> theirs;
        try (BufferedReader in = python.inputReader()) {
            theirs = in.lines().toList();
        }
        assertThat(python.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ours).isEqualTo(theirs);
    }

    private static double nextDouble(Random random, int round) {
        return switch (round % 10) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> 1.79e9 + random.nextDouble() * 1e7;
            case 2 -> Math.scalb(1.0, random.nextInt(2100) - 1074);
            case 3 -> Double.longBitsToDouble(random.nextLong() & 0xfffffffffffffL);
            case 4 -> (1_795_000_000_000_000L + random.nextLong(10_000_000_000_000L)) / 1e6;
            case 5 -> random.nextLong(1L << random.nextInt(1, 53)) / 1e6;
            // What comes of the difference of two times; of any kind; and beside decimals of few digits.
            case 6 -> random.nextLong(1L << random.nextInt(23, 54)) / 0x1p22;
            case 7 -> Math.scalb(1 + random.nextDouble(), random.nextInt(32));
            case 8 -> Math.nextUp(random.nextLong(1L << random.nextInt(1, 53)) / 1e6);
            default -> random.nextInt(1_000_000) / 1000.0;
        };
    }
}
