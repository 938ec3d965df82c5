package papa.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import papa.posix.NativePosix;
import papa.posix.Posix;

/** A ledger is whole at any time, in one of its two files, and does not grow without end. */
final class LedgerTest {
    private final Posix posix = new NativePosix();
    private final Ledger ledger = new Ledger(
            posix,
            "0",
            out -> out.line("value").put("name", "first").put("text", "1").end());

    private List<String> read(int which) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fd/" + ledger.files()[which]), StandardCharsets.ISO_8859_1);
    }

    private List<String> whole() throws IOException {
        List<List<String>> found = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            List<String> lines = read(i);
            if (lines.contains("whole")) {
                found.add(lines);
            }
        }
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void it_begins_with_what_there_is_and_each_change_is_there_at_once() throws IOException {
        assertThat(ledger.isKept()).isFalse();
        assertThat(ledger.begin()).isTrue();
        ledger.add(out -> out.line("commit").put("word", "set").end());
        assertThat(whole().subList(2, whole().size()))
                .containsExactly("value name=first text=1", "whole", "commit word=set");
    }

    @Test
    void when_it_has_grown_the_other_file_takes_its_place() throws IOException {
        ledger.begin();
        String generation = whole().get(1);
        String text = "x".repeat(100_000);
        for (int i = 0; i < 100; i++) {
            ledger.add(out -> out.line("commit").put("word", text).end());
            long bytes = 0;
            for (int file : ledger.files()) {
                bytes += Files.size(Path.of("/proc/self/fd/" + file));
            }
            assertThat(bytes).isLessThan(2 * 1024 * 1024);
        }
        assertThat(whole().get(1)).startsWith("ledger generation=").isNotEqualTo(generation);
        ledger.end();
        assertThat(read(0)).isEmpty();
        assertThat(read(1)).isEmpty();
        assertThat(ledger.begin()).isTrue();
        assertThat(whole()).contains("whole");
    }
}
