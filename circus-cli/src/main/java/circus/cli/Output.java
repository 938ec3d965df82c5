package circus.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Standard output. Remembers why it could not be written, of which a {@link PrintStream} only says that it was so. One thread writes. */
final class Output extends FilterOutputStream {
    private static final Path TARGET = Path.of("/proc/self/fd/1");

    private volatile @Nullable String failure;

    Output() {
        super(new FileOutputStream(FileDescriptor.out));
    }

    PrintStream stream() {
        return new PrintStream(new BufferedOutputStream(this), false, StandardCharsets.UTF_8);
    }

    /** Why something could not be written; null where all was, or nobody wanted to read it. */
    @Nullable
    String failure() {
        return failure;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
        } catch (IOException failed) {
            failure = isRead() ? null : failed.getMessage();
            throw failed;
        }
    }

    /** Whether somebody reads it, as head does, who may have had enough: that is nobody's fault. Of EPIPE there are but words, in any language. */
    private static boolean isRead() {
        try {
            String target = Files.readSymbolicLink(TARGET).toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException untold) {
            return false;
        }
    }
}
