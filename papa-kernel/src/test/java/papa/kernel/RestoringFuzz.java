package papa.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import papa.loop.Log;
import papa.posix.PosixException;
import papa.request.Refusal;
import papa.state.StateException;
import papa.state.StateWriter;
import papa.upgrade.Handed;
import papa.upgrade.WayBack;
import papa.wire.Words;
import papa.wire.WordsException;

/**
 * Any state at all, given to the program that is to go on from it: it is restored, or there is a complaint, and either way
 * nothing has happened to what it names. One that was restored can be saved, restored and saved again as the same, and a
 * turn of its kernel's loop has no fault. All of it happens on a {@link PretendedMachine}. Run by FuzzTest.
 *
 * <p>An input that begins with a letter is a state, with the chunks of output that lie in memory before it; where it has
 * no last line, that is added:
 *
 * <pre>
 *   chunk block=0 at=0 length=4 rank=1 time=5
 *   papa-state version=1 readable-by=1 program=0.1.0
 *   …
 * </pre>
 *
 * Any other is a list of changes to the state in fuzz/restoring/everything, five bytes each: they come further than changes
 * to its bytes. What an input stands for is told when it fails.
 */
public final class RestoringFuzz {
    private static final ByteArrayOutputStream LOGGED = new ByteArrayOutputStream();
    private static final List<List<String>> EVERYTHING = lines(resource());
    private static final int CHANGE = 5;
    private static final int MOST_CHANGES = 16;

    /** Values that are at the edge of something. */
    private static final List<String> EDGES = List.of(
            "",
            "x",
            "0",
            "1",
            "2",
            "3",
            "4",
            "5",
            "7",
            "8",
            "40",
            "41",
            "-1",
            "-2",
            "11",
            "42",
            "52",
            "60",
            "61",
            "70",
            "99",
            "100",
            "101",
            "255",
            "256",
            "1000",
            "1042",
            "16384",
            "16385",
            "65535",
            "65536",
            "131072",
            "2147483647",
            "2147483648",
            "4294967296",
            "-2147483648",
            "9223372036854775807",
            "-9223372036854775808",
            "0:0:40",
            "0:4:40",
            "1:0:40",
            "7:0:16384",
            "1:1",
            "-1:-1",
            "=",
            "a=b",
            "OUT",
            "ERR",
            "PAPA",
            "QUOTED",
            "FRAMED",
            "unix",
            "inet",
            "inet6",
            "stream",
            "dgram",
            "seqpacket",
            "WAITING",
            "SENDING",
            "AWAITING_LINE",
            "OUTPUT",
            "EVENTS",
            "LINES",
            "BYTES",
            "TIME",
            "OFFSET",
            "*",
            "[",
            "a.b",
            "/",
            "\u0000",
            "n".repeat(5000));

    static {
        PrintStream standard = System.err;
        System.setErr(new PrintStream(LOGGED, true, ISO_8859_1));
        Log.debug(""); // takes it
        System.setErr(standard);
    }

    private RestoringFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = input.length > 0 && Character.isLetter(input[0])
                ? new String(input, ISO_8859_1)
                : text(changed(ByteBuffer.wrap(input)));
        try {
            look(text);
        } catch (AssertionError | RuntimeException | OutOfMemoryError | IOException | PosixException failed) {
            throw new AssertionError(failed + ", restored from\n" + text, failed);
        }
    }

    private static void look(String text) throws IOException, PosixException {
        int begin = Math.max(0, text.startsWith("papa-state") ? 0 : text.indexOf("\npapa-state") + 1);
        List<List<String>> chunks = lines(text.substring(0, begin));
        String state = whole(text.substring(begin));
        restored(state, chunks, true);
        Restored first = restored(state, chunks, false);
        if (first != null) {
            String saved = first.saved();
            Restored second = restored(saved, chunks, false);
            assertTrue(second != null, () -> "what was restored is saved, and cannot be restored again:\n" + saved);
            assertEquals(untimed(saved), untimed(Objects.requireNonNull(second).saved()));
            first.goOn();
        }
    }

    private static String untimed(String state) {
        return state.replaceAll(" (committed-ago|held-back|hunger|asked-ago|rest|lived|upgrades)=\\d+", " $1=");
    }

    /** One that a program could go on with. */
    private record Restored(PretendedMachine machine, House house) {
        String saved() {
            int file = machine.posix.memoryFile("saved", 0);
            try (StateWriter writer = new StateWriter(machine.posix, file, "0.1.0")) {
                house.save(writer);
                assertEquals(0, writer.finish());
            }
            String saved = new String(machine.written(file), ISO_8859_1);
            machine.posix.close(file);
            return saved;
        }

        /** As the program does, but for its threads, until the loop has had some turns. */
        void goOn() throws PosixException {
            machine.work();
            house.server.resume();
            new KernelState(house.kernel).resume();
            house.loop.post(() -> house.loop.post(() -> house.loop.post(house.loop::stop)));
            LOGGED.reset();
            house.loop.run();
            String logged = LOGGED.toString(ISO_8859_1);
            assertTrue(!logged.contains("[ERROR]"), logged);
            saved();
        }
    }

    /** Null if there was a complaint. */
    private static @Nullable Restored restored(String state, List<List<String>> chunks, boolean proves)
            throws IOException, PosixException {
        PretendedMachine machine = new PretendedMachine(state.getBytes(ISO_8859_1));
        chunks.forEach(each -> put(each, machine.output));
        if (proves) {
            machine.outputIsAnothers();
        }
        List<String> words = new ArrayList<>(List.of("--unix-socket", "/nowhere/papa.sock"));
        if (state.contains("\ninit ")) {
            words.addAll(List.of("--init", "--", "true"));
        }
        try {
            WayBack.read(machine.posix, PretendedMachine.STATE);
            Arguments arguments = Arguments.parse(words.toArray(String[]::new));
            House house = House.restored(
                    machine.posix,
                    arguments,
                    Map.of(),
                    new Handed(PretendedMachine.STATE, proves, "", words),
                    words.size());
            return new Restored(machine, house);
        } catch (StateException wrong) {
            assertTrue(("" + wrong.getMessage()).startsWith("cannot "), wrong.getMessage());
            return null;
        } catch (Refusal | Arguments.UsageException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A line about a chunk; what makes no sense is passed over. */
    private static void put(List<String> line, byte[] output) {
        long[] told = new long[5];
        for (int i = 1; i < line.size(); i++) {
            int key = List.of("block", "at", "length", "rank", "time").indexOf(key(line.get(i)));
            try {
                told[Math.max(0, key)] = Long.parseLong(value(line.get(i)));
            } catch (NumberFormatException notOne) {
                return;
            }
        }
        long at = told[0] * PretendedMachine.BLOCK + told[1];
        if (told[0] >= 0
                && told[0] < 8
                && told[1] >= 0
                && told[1] <= PretendedMachine.BLOCK
                && at + 20 <= output.length) {
            ByteBuffer.wrap(output)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position((int) at)
                    .putInt((int) told[2])
                    .putLong(told[3])
                    .putLong(told[4]);
        }
    }

    /** With a last line. */
    private static String whole(String state) {
        String lines = state.isEmpty() || state.endsWith("\n") ? state : state + "\n";
        boolean ends = lines.contains("\nend ");
        return ends
                ? lines
                : lines + "end lines="
                        + lines.chars().filter(each -> each == '\n').count() + "\n";
    }

    // Changes.

    private static List<List<String>> changed(ByteBuffer changes) {
        List<List<String>> lines = new ArrayList<>(EVERYTHING);
        for (int i = 0; i < MOST_CHANGES && changes.remaining() >= CHANGE; i++) {
            int what = changes.get() & 0xff;
            int line = (changes.get() & 0xff) % lines.size();
            int word = changes.get() & 0xff;
            int other = changes.get() & 0xff;
            int otherWord = changes.get() & 0xff;
            List<String> words = new ArrayList<>(lines.get(line));
            int at = word % words.size();
            List<String> others = lines.get(other % lines.size());
            String otherOne = others.get(otherWord % others.size());
            switch (what % 8) {
                case 0 -> lines.remove(line);
                case 1 -> lines.add(other % lines.size(), words);
                case 2 -> lines.add(other % lines.size(), lines.remove(line));
                case 3 -> words.subList(at, at + Math.min(at, 1)).clear(); // its kind stays
                case 4 -> words.add(otherOne);
                case 5 -> words.set(at, key(words.get(at)) + "=" + value(otherOne));
                case 6 -> words.set(at, key(words.get(at)) + "=" + numbered(value(words.get(at)), otherWord, other));
                default -> words.set(at, key(words.get(at)) + "=" + EDGES.get(other % EDGES.size()));
            }
            if (what % 8 >= 3) {
                lines.set(line, words);
            }
        }
        return lines;
    }

    /** A value with one of its numbers changed: a little, or to one at the edge of something. */
    private static String numbered(String value, int which, int how) {
        List<String> numbers = Arrays.asList(value.split(":", -1));
        int at = which % numbers.size();
        try {
            long number = Long.parseLong(numbers.get(at));
            numbers.set(at, how < 32 ? Long.toString(number + how - 16) : EDGES.get(how % EDGES.size()));
        } catch (NumberFormatException notOne) {
            return value;
        }
        return String.join(":", numbers);
    }

    private static String key(String word) {
        int equals = word.indexOf('=');
        return equals < 0 ? word : word.substring(0, equals);
    }

    private static String value(String word) {
        return word.substring(word.indexOf('=') + 1);
    }

    private static List<List<String>> lines(String text) {
        List<List<String>> lines = new ArrayList<>();
        for (String each : text.split("\n", -1)) {
            try {
                List<String> words = Words.splitQuoted(each);
                if (!words.isEmpty()) {
                    lines.add(words);
                }
            } catch (WordsException unreadable) {
                lines.add(Arrays.asList(each.split(" ", -1)));
            }
        }
        return lines;
    }

    private static String text(List<List<String>> lines) {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            for (int i = 0; i < line.size(); i++) {
                String word = line.get(i);
                boolean pair = i > 0 && word.indexOf('=') >= 0;
                text.append(i == 0 ? "" : " ").append(pair ? Words.quote(key(word), value(word)) : Words.quote(word));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String resource() {
        try (InputStream file = RestoringFuzz.class.getResourceAsStream("/fuzz/restoring/everything")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), ISO_8859_1);
        } catch (IOException unreadable) {
            throw new ExceptionInInitializerError(unreadable);
        }
    }
}
