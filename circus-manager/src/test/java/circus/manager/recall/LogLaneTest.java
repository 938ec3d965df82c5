package circus.manager.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a reader of logs may be shown. */
final class LogLaneTest {
    @TempDir
    private Path folder;

    @Test
    void only_a_file_that_is_nothing_else_is_read() throws IOException {
        Path log = Files.writeString(folder.resolve("log"), "a line\n");
        assertThat(LogLane.inode(log)).isNotEmpty();
        assertThat(LogLane.inode(Files.createSymbolicLink(folder.resolve("soft"), log)))
                .isEmpty();
        assertThat(LogLane.inode(folder)).isEmpty();
        assertThat(LogLane.inode(folder.resolve("none"))).isEmpty();
        Path hard = Files.createLink(folder.resolve("hard"), log);
        assertThat(LogLane.inode(hard)).isEmpty();
        assertThat(LogLane.inode(log)).isEmpty();
        Files.delete(hard);
        assertThat(LogLane.inode(log)).isNotEmpty();
    }
}
