package circus.manager.output;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.wire.Frame;

/**
 * Reads from the kernel what was sent to an earlier manager and not committed, over a connection of its own. Only needed
 * when a write was torn. Blocks, for a few milliseconds as a rule.
 */
final class KernelReplay implements Recovery.Replay {
    private static final Logger LOGGER = System.getLogger(KernelReplay.class.getName());
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Path kernelSocket;
    private final String namePattern;

    /** @param namePattern {@code circus.ARB.*} */
    KernelReplay(Path kernelSocket, String namePattern) {
        this.kernelSocket = kernelSocket;
        this.namePattern = namePattern;
    }

    @Override
    public Captured read(Plan plan) {
        ReplayedBytes bytes = new ReplayedBytes(plan);
        Map<Long, String> names = new HashMap<>();
        try {
            try (KernelChannel channel = KernelChannel.open(kernelSocket, frame -> {})) {
                names.putAll(KernelLists.names(
                        channel.call(List.of("list", "processes", namePattern), KernelChannel.PATIENCE)));
            }
            Set<String> wanted = plan.writers().stream()
                    .map(writer -> names.getOrDefault(writer.id().incarnation(), ""))
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toSet());
            for (String name : wanted) {
                follow(name, names, bytes);
            }
        } catch (PapaException | IOException e) {
            LOGGER.log(
                    Level.WARNING,
                    "cannot read again what was being written when the manager ended: " + e.getMessage()
                            + "; what stands in the file is taken for it");
        }
        return bytes;
    }

    private void follow(String name, Map<Long, String> names, ReplayedBytes bytes) throws PapaException, IOException {
        try (Selector selector = Selector.open();
                KernelChannel channel = KernelChannel.open(kernelSocket, frame -> keep(frame, bytes))) {
            channel.call(List.of("follow", "output", name), KernelChannel.PATIENCE);
            long deadline = System.nanoTime() + LIMIT.toNanos();
            channel.channel().register(selector, SelectionKey.OP_READ);
            while (!bytes.hasAll(id -> name.equals(names.get(id))) && System.nanoTime() - deadline < 0) {
                selector.select(100);
                selector.selectedKeys().clear();
                channel.onReadable();
            }
        }
    }

    private static void keep(Frame frame, ReplayedBytes bytes) {
        if (frame instanceof Frame.Data data) {
            ByteBuffer chunk = data.bytes();
            bytes.data(
                    new StreamId(data.incarnation(), data.channel()),
                    data.offset(),
                    data.timeMicros(),
                    chunk.array(),
                    chunk.arrayOffset() + chunk.position(),
                    chunk.arrayOffset() + chunk.limit());
        } else if (frame instanceof Frame.Gap gap) {
            bytes.seen(new StreamId(gap.incarnation(), gap.channel()), gap.offset() + gap.bytes());
        } else if (frame instanceof Frame.End end) {
            bytes.end(end.incarnation());
        }
    }
}
