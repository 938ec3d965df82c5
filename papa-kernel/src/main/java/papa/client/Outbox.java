package papa.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way out, in order. Small pieces share a chunk, and one system call takes up to sixteen chunks, so that
 * hundreds of requests queued at once leave in a few writes. Unbounded: the owner bounds what it asks.
 */
final class Outbox {
    private static final int CHUNK_SIZE = 32 * 1024;
    private static final int GATHERED_CHUNKS = 16;

    /** Complete chunks, ready to be written. */
    private final ArrayDeque<ByteBuffer> sealed = new ArrayDeque<>();

    /** The chunk that is being filled. */
    private @Nullable ByteBuffer filling;

    /** An empty chunk kept for the next use, so that a quiet connection allocates nothing. */
    private @Nullable ByteBuffer spare;

    void add(byte[] bytes) {
        ByteBuffer chunk = filling;
        if (chunk == null || chunk.remaining() < bytes.length) {
            seal();
            chunk = newChunk(bytes.length);
            filling = chunk;
        }
        chunk.put(bytes);
    }

    private ByteBuffer newChunk(int least) {
        if (least > CHUNK_SIZE) {
            return ByteBuffer.allocate(least);
        }
        ByteBuffer kept = spare;
        spare = null;
        return kept == null ? ByteBuffer.allocate(CHUNK_SIZE) : kept;
    }

    private void seal() {
        if (filling != null) {
            sealed.add(filling.flip());
            filling = null;
        }
    }

    boolean isEmpty() {
        return filling == null && sealed.isEmpty();
    }

    void clear() {
        sealed.clear();
        filling = null;
    }

    /** Writes until everything has gone or the channel takes no more. */
    void flush(GatheringByteChannel channel) throws IOException {
        seal();
        while (!sealed.isEmpty()) {
            ByteBuffer[] gathered = sealed.stream().limit(GATHERED_CHUNKS).toArray(ByteBuffer[]::new);
            channel.write(gathered);
            ByteBuffer first = sealed.peek();
            while (first != null && !first.hasRemaining()) {
                recycle(sealed.remove());
                first = sealed.peek();
            }
            if (gathered[gathered.length - 1].hasRemaining()) {
                return;
            }
        }
    }

    private void recycle(ByteBuffer chunk) {
        if (chunk.capacity() == CHUNK_SIZE) {
            spare = chunk.clear();
        }
    }
}
