package circus.manager.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReopenedFileTest {
    @TempDir
    private Path folder;

    private static void write(ReopenedFile log, String line) throws IOException {
        log.write(line.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void appends_and_opens_the_file_anew_when_it_was_moved_or_removed() throws IOException {
        Path file = folder.resolve("circusd.log");
        Files.writeString(file, "before\n");
        try (ReopenedFile log = new ReopenedFile(file)) {
            write(log, "one\n");
            Files.move(file, folder.resolve("circusd.log.1"));
            write(log, "two\n");
            Files.delete(file);
            write(log, "three\n");
        }
        assertThat(folder.resolve("circusd.log.1")).hasContent("before\none\n");
        assertThat(file).hasContent("three\n");
    }

    @Test
    void a_file_that_cannot_be_opened_is_an_error_at_once() {
        assertThatThrownBy(() -> new ReopenedFile(folder.resolve("no/such.log")))
                .isInstanceOf(IOException.class);
    }
}
