package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.posix.Errno;
import papa.posix.NativePosix;

/** Who can put a symbolic link beside the kernel's socket does not have it write to another file. */
class SymbolicLinkTest {
    @Test
    void neither_the_lock_nor_the_log_is_one(@TempDir Path folder) throws Exception {
        Path precious = Files.writeString(folder.resolve("precious"), "as it was");
        Files.createSymbolicLink(folder.resolve("papa.sock.lock"), precious);
        Files.createSymbolicLink(folder.resolve("papa.sock.log"), precious);
        String socket = folder.resolve("papa.sock").toString();

        assertThatThrownBy(() -> LockFile.take(new NativePosix(), socket))
                .hasMessage("cannot open " + socket + ".lock: it is a symbolic link; remove it");
        assertThat(new OwnLog(new NativePosix(), socket).open()).isEqualTo(Errno.ELOOP.negated());
        assertThat(precious).hasContent("as it was");
    }
}
