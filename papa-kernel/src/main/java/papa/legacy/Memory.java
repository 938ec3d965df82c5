package papa.legacy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import papa.loop.Log;
import papa.process.Remains;

/** The memory for output as a killed kernel left it: who has which blocks. See {@link papa.process.Arena}. Loop thread only. */
final class Memory implements AutoCloseable {
    private final FileChannel file;
    private final Map<Long, List<Remains.Block>> owned = new HashMap<>();
    private int used;
    private long newestRank;

    /** @param blocks how many it has room for */
    Memory(int fd, int blocks) throws IOException {
        this.file = FileChannel.open(Path.of("/proc/self/fd/" + fd), StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer directory = read((long) blocks * Remains.BLOCK, blocks * Remains.ENTRY);
        for (int block = 0; block < blocks; block++) {
            long owner = directory.getLong(block * Remains.ENTRY);
            long start = directory.getLong(block * Remains.ENTRY + 8);
            if (owner != 0) {
                owned.computeIfAbsent(owner, each -> new ArrayList<>()).add(new Remains.Block(block, start));
                used = block + 1;
            }
        }
        owned.values().forEach(each -> each.sort(Comparator.comparingLong(Remains.Block::start)));
    }

    /** So many blocks from its beginning were handed out at some time. */
    int used() {
        return used;
    }

    long newestRank() {
        return newestRank;
    }

    /** What there is of a stream. A read that was not sealed is sealed now, as captured at this time. */
    Remains stream(long owner, long committed, long nowMicros, long newest) throws IOException {
        Remains remains = new Remains(committed);
        for (Remains.Block block : owned.getOrDefault(owner, List.of())) {
            ByteBuffer bytes = read((long) block.index() * Remains.BLOCK, Remains.BLOCK);
            if (!remains.add(block, bytes)) {
                Log.info("what a stream held does not lie in one piece: its end is lost");
                break;
            }
            newestRank = Math.max(newestRank, remains.newestRank());
            int unsealed = remains.unsealed();
            if (unsealed >= 0) {
                ByteBuffer header = remains.seal(Math.max(newest, newestRank) + 1, nowMicros);
                newestRank = Math.max(newest, newestRank) + 1;
                file.write(header, (long) block.index() * Remains.BLOCK + unsealed);
            }
        }
        return remains;
    }

    private ByteBuffer read(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) > 0) {}
        return bytes.clear();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
