package circus.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Standard output. Remembers why it could not be written, of which a {@link PrintStream} only says that it was so. One thread writes. */
final class Output extends FilterOutputStream {
    /** What Linux calls EPIPE: who reads has had enough, as head has. That is nobody's fault. */
    private static final String NOT_READ = "Broken pipe";

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
            String reason = failed.getMessage();
            failure = NOT_READ.equals(reason) ? null : reason;
            throw failed;
        }
    }
}
