package circus.bench;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;

/** Copies of what a kernel holds, with this JVM: as long as they are held, it writes its ledger. */
final class CopiesHeld implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String LEASE = "bench-copies";

    private final KernelChannel holder;
    private final SocketChannel copies;

    private CopiesHeld(KernelChannel holder, SocketChannel copies) {
        this.holder = holder;
        this.copies = copies;
    }

    static CopiesHeld of(Path kernel) throws IOException {
        try {
            KernelChannel holder = KernelChannel.open(kernel, frame -> {});
            String granted = holder.call(List.of("lease", "take", LEASE), LIMIT);
            KernelChannel connection = KernelChannel.open(kernel, frame -> {});
            String epoch = granted.replaceAll("(?s).*epoch=(\\d+).*", "$1");
            connection.call(List.of("lease", "join", LEASE, epoch), LIMIT);
            connection.request(List.of("copies"), new ReplyListener() {
                @Override
                public void ok(String text) {}

                @Override
                public void failed(String reason) {}
            });
            SocketChannel copies = connection.giveAway();
            String shown = holder.call(List.of("copies", "show"), LIMIT);
            if (!shown.contains(" missing=0 ")) {
                throw new IOException("cannot have copies of what the kernel holds: " + shown);
            }
            return new CopiesHeld(holder, copies);
        } catch (PapaException failed) {
            throw new IOException(failed);
        }
    }

    @Override
    public void close() throws IOException {
        copies.close();
        holder.close();
    }
}
