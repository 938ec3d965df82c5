package papa.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import papa.posix.NativePosix;
import papa.posix.Posix;

/** A state as it is written and read, whatever stands in it. */
final class StateTest {
    private final Posix posix = new NativePosix();
    private int file;

    @BeforeEach
    void make() {
        file = posix.memoryFile("state-test", 0);
    }

    @AfterEach
    void close() {
        posix.close(file);
    }

    @Test
    void what_was_put_is_read() throws StateException {
        String all = allBytes();
        try (StateWriter writer = new StateWriter(posix, file, "0.1.0")) {
            writer.line("thing")
                    .put("name", all)
                    .put("empty", "")
                    .put("number", Long.MIN_VALUE)
                    .flag("yes", true)
                    .flag("no", false)
                    .choice("unit", java.util.concurrent.TimeUnit.DAYS)
                    .putAll("word", List.of("a b", "", "c=d"))
                    .end();
            assertEquals(0, writer.finish());
        }
        List<StateLine> lines = read("thing");
        StateLine line = lines.get(0);
        assertEquals(all, line.text("name"));
        assertEquals("", line.text("empty"));
        assertEquals(Long.MIN_VALUE, line.number("number", Long.MIN_VALUE, Long.MAX_VALUE));
        assertTrue(line.flag("yes") && !line.flag("no"));
        assertEquals(java.util.concurrent.TimeUnit.DAYS, line.choice("unit", java.util.concurrent.TimeUnit.class));
        assertEquals(List.of("a b", "", "c=d"), line.all("word"));
        assertEquals("else", line.text("nothing", "else"));
        assertEquals(7, line.integer("nothing", 0, 9, 7));
    }

    @Test
    void a_line_may_be_long_and_lines_may_be_many() throws StateException {
        String text = allBytes().repeat(4096); // 1 MiB, and 2.3 on the line
        try (StateWriter writer = new StateWriter(posix, file, "0.1.0")) {
            for (int i = 0; i < 3; i++) {
                writer.line("thing").put("name", text).end();
            }
            for (int i = 0; i < 20_000; i++) {
                writer.line("other").put("number", i).end();
            }
            assertEquals(0, writer.finish());
        }
        assertEquals(text, read("thing").get(2).text("name"));
        assertEquals(19_999, read("other").get(19_999).integer("number", 0, 20_000));
    }

    @Test
    void a_descriptor_has_one_owner_and_is_open() throws StateException {
        int other = posix.duplicate(file, 3);
        try (StateWriter writer = new StateWriter(posix, file, "0.1.0")) {
            writer.line("thing")
                    .put("state", file)
                    .descriptor("first", other)
                    .descriptor("again", other)
                    .descriptor("none", -1)
                    .put("closed", 999_999)
                    .end();
            assertEquals(0, writer.finish());
            assertEquals(List.of(other), List.copyOf(writer.kept()));
        }
        StateLine line = read("thing").get(0);
        assertEquals(other, line.descriptor("first"));
        assertEquals(-1, line.descriptor("none"));
        assertTells("belongs to something else already", () -> line.descriptor("state"));
        assertTells("belongs to something else already", () -> line.descriptor("again"));
        assertTells("is not open: Bad file descriptor (EBADF)", () -> line.descriptor("closed"));
        posix.close(other);
    }

    @Test
    void what_is_wrong_is_told_with_its_line() {
        write("papa-state version=1 readable-by=1\nthing number=12x long=99\nend lines=2\n");
        List<StateLine> lines = new ArrayList<>();
        StateReader reader = new StateReader(posix);
        reader.on("thing", line -> {
            lines.add(line);
            line.number("number", 0, 5);
        });
        assertTells("cannot read line 2 of the state, thing: number=12x is no number", () -> reader.read(file));
        assertTells("long=99 does not lie between 0 and 5", () -> lines.get(0).integer("long", 0, 5));
        assertTells("name= is missing", () -> lines.get(0).text("name"));
    }

    @Test
    void what_is_not_known_is_passed_over() throws StateException {
        write("papa-state version=9 readable-by=1 more=1\nnews of=tomorrow\nthing name=x also=y\nend lines=3\n");
        assertEquals("x", read("thing").get(0).text("name"));
    }

    @Test
    void a_state_of_a_later_kind_is_refused() {
        write("papa-state version=9 readable-by=9 program=9.0\nend lines=1\n");
        assertTells(
                "cannot read the state of papa 9.0: it needs a program that knows version 9 of the state, and this one"
                        + " knows " + StateVersion.WRITTEN,
                () -> read("thing"));
    }

    @Test
    void a_state_that_is_not_whole_is_refused() {
        String whole = "papa-state version=1 readable-by=1\nthing\nend lines=2\n";
        for (int length = 0; length < whole.length(); length++) {
            posix.truncate(file, 0);
            int now = posix.memoryFile("state-test", 0);
            posix.close(file);
            file = now;
            write(whole.substring(0, length));
            assertThrows(StateException.class, () -> read("thing"));
        }
        write("papa-state version=1 readable-by=1\nend lines=2\n");
        assertThrows(StateException.class, () -> read("thing"));
    }

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        long memory = posix.allocate(Math.max(1, bytes.length));
        posix.putBytes(memory, bytes, 0, bytes.length);
        assertEquals(bytes.length, posix.write(file, memory, bytes.length));
        posix.free(memory);
    }

    private List<StateLine> read(String kind) throws StateException {
        List<StateLine> lines = new ArrayList<>();
        StateReader reader = new StateReader(posix);
        reader.on(kind, lines::add);
        reader.read(file);
        return lines;
    }

    private static void assertTells(String text, org.junit.jupiter.api.function.Executable action) {
        String message = assertThrows(StateException.class, action).getMessage() + "";
        assertTrue(message.contains(text), message);
    }

    private static String allBytes() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            all.append(c);
        }
        return all.toString();
    }
}
