package circus.manager.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose files get other names all the time, while somebody reads them. */
class RotatedAwayTest {
    private static final int FILES = 100;
    private static final int READS = 2_000;

    @TempDir
    private Path folder;

    /** Each file moves to the next number, the last one to the first: none ever goes. */
    private void turn(Path log, AtomicBoolean over) {
        try {
            Path last = folder.resolve("kept");
            while (!over.get()) {
                Files.move(number(log, FILES), last, StandardCopyOption.REPLACE_EXISTING);
                for (int i = FILES - 1; i >= 1; i--) {
                    Files.move(number(log, i), number(log, i + 1));
                }
                Files.move(last, number(log, 1));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Path number(Path log, int number) {
        return log.resolveSibling(log.getFileName() + "." + number);
    }

    @Test
    void what_is_no_file_of_ours_is_not_read_whatever_a_question_says() throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "ours\n");
        Path foreign = Files.writeString(folder.resolve("foreign"), "secret\n");
        Files.createLink(number(log, 1), foreign);
        assertThat(LogLane.inode(number(log, 1))).isEmpty();
        assertThat(LogLane.read(new LogLane.Part(log, "", 0, 9), 0, 9)).isEmpty();
    }

    @Test
    void what_is_put_aside_while_it_is_read_is_found_all_the_same() throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "new\n");
        for (int i = 1; i <= FILES; i++) {
            Files.writeString(number(log, i), "old\n");
        }
        Path old = Files.writeString(number(log, FILES / 2), "this one\n");
        LogLane.Part part = new LogLane.Part(log, LogLane.inode(old), 0, 9);
        AtomicBoolean over = new AtomicBoolean();
        Thread rotation = new Thread(() -> turn(log, over));
        rotation.start();
        int missed = 0;
        for (int i = 0; i < READS; i++) {
            String read = new String(LogLane.read(part, 0, 9), StandardCharsets.UTF_8);
            assertThat(read).isIn("this one\n", "");
            missed += read.isEmpty() ? 1 : 0;
        }
        over.set(true);
        rotation.join();
        // While it has the name "kept" it is none of the log's.
        assertThat(missed).isLessThan(READS / 50);
    }
}
