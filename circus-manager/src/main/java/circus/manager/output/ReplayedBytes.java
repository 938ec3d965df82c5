package circus.manager.output;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/** The bytes of a plan, collected as the kernel sends them again. One thread. */
final class ReplayedBytes implements Captured {
    private record Chunk(long offset, long micros, ByteBuffer bytes) {}

    private static final class Stretch {
        final List<Chunk> chunks = new ArrayList<>();
        final long end;
        long seen;

        Stretch(long from, long end) {
            this.seen = from;
            this.end = end;
        }
    }

    private final Map<StreamId, Stretch> stretches = new HashMap<>();

    ReplayedBytes(Plan plan) {
        for (int i = 0; i < plan.writers().size(); i++) {
            int index = i;
            Plan.Writer writer = plan.writers().get(index);
            long end = plan.pieces().stream()
                    .filter(piece -> piece.writer() == index)
                    .mapToLong(Plan.Piece::to)
                    .max()
                    .orElse(writer.from());
            stretches.put(writer.id(), new Stretch(writer.from(), end));
        }
    }

    void data(StreamId id, long offset, long micros, byte[] bytes, int from, int to) {
        Stretch stretch = stretches.get(id);
        if (stretch != null && offset < stretch.end) {
            stretch.chunks.add(new Chunk(offset, micros, ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to))));
        }
        seen(id, offset + to - from);
    }

    /** Whatever is left before this offset came before. */
    void seen(StreamId id, long offset) {
        Stretch stretch = stretches.get(id);
        if (stretch != null) {
            stretch.seen = Math.max(stretch.seen, offset);
        }
    }

    /** Nothing more comes of this process. */
    void end(long incarnation) {
        stretches.forEach((id, stretch) -> {
            if (id.incarnation() == incarnation) {
                stretch.seen = stretch.end;
            }
        });
    }

    /** Whether nothing more need come of these incarnations. */
    boolean hasAll(LongPredicate incarnations) {
        return stretches.entrySet().stream()
                .filter(each -> incarnations.test(each.getKey().incarnation()))
                .allMatch(each -> each.getValue().seen >= each.getValue().end);
    }

    @Override
    public boolean mayBe(StreamId stream, long offset, byte[] bytes, int from, int to) {
        Stretch stretch = stretches.get(stream);
        if (stretch == null) {
            return true;
        }
        for (Chunk chunk : stretch.chunks) {
            long first = Math.max(offset, chunk.offset());
            long last =
                    Math.min(offset + to - from, chunk.offset() + chunk.bytes().limit());
            if (first < last) {
                int there = (int) (first - offset) + from;
                int here = (int) (first - chunk.offset());
                int count = (int) (last - first);
                if (!chunk.bytes().slice(here, count).equals(ByteBuffer.wrap(bytes, there, count))) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public byte[] bytes(StreamId stream, long from, long to) {
        ByteArrayOutputStream known = new ByteArrayOutputStream();
        Stretch stretch = stretches.get(stream);
        if (stretch != null) {
            for (Chunk chunk : stretch.chunks) {
                long at = from + known.size();
                int skipped = (int) Math.min(chunk.bytes().limit(), at - chunk.offset());
                int end = (int) Math.min(chunk.bytes().limit(), to - chunk.offset());
                if (skipped >= 0 && skipped < end) {
                    known.write(chunk.bytes().array(), skipped, end - skipped);
                }
            }
        }
        return known.toByteArray();
    }

    @Override
    public long microsAt(StreamId stream, long offset) {
        Stretch stretch = stretches.get(stream);
        if (stretch == null) {
            return UNKNOWN;
        }
        return stretch.chunks.stream()
                .filter(chunk -> chunk.offset() <= offset
                        && offset < chunk.offset() + chunk.bytes().limit())
                .mapToLong(Chunk::micros)
                .findFirst()
                .orElse(UNKNOWN);
    }
}
