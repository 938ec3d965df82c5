package papa.process;

import java.util.ArrayList;
import java.util.List;
import papa.posix.Posix;
import papa.process.BlockChain.Block;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;

/**
 * A stream in a state: a line of the kind {@code capture}, behind that of its process.
 *
 * <pre>
 *   process         the incarnation's number
 *   channel         OUT or ERR
 *   pipe, inode     its reading end, -1 where the stream has come to its end; and which pipe that is
 *   head-at, record-start, base, committed, end, dropped, forgotten-rank, forgotten-time
 *                   as in {@link Capture}
 *   loss, gap-told  see {@link Losses}
 *   overflow-after, unattended, held-back, committed-ago
 *                   see {@link Backlog}
 *   block           each block of its chain: its number, the offset of its first byte, how far it is filled
 * </pre>
 *
 * <p>The chunks in the blocks are not in the state: they stay where they are in memory. Before anybody reads them, each is
 * looked at once here, so that no wrong state leads outside the memory, or round in circles; but not while it is only shown
 * that all could be restored, when the kernel goes on writing there. Loop thread only.
 */
public final class SavedCapture {
    private static final int S_IFIFO = 0x1000;

    /**
     * Where everything is.
     *
     * @param headAt where the oldest chunk lies in the first block
     * @param recordStart the offset of its first byte, which may be freed
     * @param forgottenRank and
     * @param forgottenTime of the last chunk that is held no more
     */
    record Position(
            int headAt,
            long recordStart,
            long base,
            long committed,
            long end,
            long droppedTotal,
            long forgottenRank,
            long forgottenTime) {}

    private SavedCapture() {}

    public static void save(StateWriter out, Posix posix, Capture capture) {
        Position at = capture.position();
        long[] deviceAndInode = new long[2];
        if (!capture.atEnd()) {
            posix.identify(capture.pipe, deviceAndInode);
        }
        StateWriter.Line line = out.line("capture")
                .put("process", capture.owner.number)
                .choice("channel", capture.channel)
                .descriptor("pipe", capture.pipe)
                .put("inode", deviceAndInode[1])
                .put("head-at", at.headAt())
                .put("record-start", at.recordStart())
                .put("base", at.base())
                .put("committed", at.committed())
                .put("end", at.end())
                .put("dropped", at.droppedTotal())
                .put("forgotten-rank", at.forgottenRank())
                .put("forgotten-time", at.forgottenTime());
        capture.losses.put(line);
        capture.backlog.put(line);
        for (Block block = capture.chain.oldest(); block != null; block = block.next) {
            line.tuple("block", block.index, block.start, block.fill);
        }
        line.end();
    }

    /** What memory does not tell of it, for whoever finds that when the kernel was killed: process to end, as above. */
    public static void saveBriefly(StateWriter out, Posix posix, Capture capture) {
        long[] deviceAndInode = new long[2];
        if (!capture.atEnd()) {
            posix.identify(capture.pipe, deviceAndInode);
        }
        StateWriter.Line line = out.line("capture")
                .put("process", capture.owner.number)
                .choice("channel", capture.channel)
                .put("inode", deviceAndInode[1])
                .put("committed", capture.committed())
                .put("end", capture.end())
                .put("dropped", capture.droppedTotal());
        capture.backlog.put(line);
        line.end();
    }

    /**
     * Makes it, as one of its owner's.
     *
     * @param newestRank of all chunks that there are
     */
    public static Capture restore(StateLine line, Posix posix, Arena arena, Incarnation owner, long newestRank)
            throws StateException {
        Channel channel = line.choice("channel", Channel.class);
        if (owner.capture(channel) != null) {
            throw line.wrong("the process has one of this channel already");
        }
        int pipe = line.descriptor("pipe");
        demandPipe(line, posix, pipe);
        Capture capture = new Capture(posix, arena, owner, channel, pipe);
        long end = line.number("end", 0, Long.MAX_VALUE);
        long base = line.number("base", 0, end);
        Position position = new Position(
                line.integer("head-at", 0, Arena.BLOCK),
                line.number("record-start", 0, base),
                base,
                line.number("committed", 0, base),
                end,
                line.number("dropped", 0, end),
                line.number("forgotten-rank", 0, newestRank),
                line.number("forgotten-time", Long.MIN_VALUE, Long.MAX_VALUE));
        capture.losses.restore(line);
        capture.backlog.restore(line);
        List<Block> blocks = blocks(line, arena);
        if (!arena.isShared()) {
            new Check(line, capture, newestRank, position).run(blocks);
        }
        capture.takeUp(position, blocks);
        owner.captures.add(capture);
        return capture;
    }

    private static void demandPipe(StateLine line, Posix posix, int pipe) throws StateException {
        long[] deviceAndInode = new long[2];
        boolean good = pipe < 0
                || (posix.identify(pipe, deviceAndInode) == S_IFIFO
                        && deviceAndInode[1] == line.number("inode", 0, Long.MAX_VALUE));
        if (!good) {
            throw line.wrong("pipe=" + pipe + " is not the pipe that it was");
        }
    }

    private static List<Block> blocks(StateLine line, Arena arena) throws StateException {
        List<Block> blocks = new ArrayList<>();
        for (long[] told : line.tuples("block", 3)) {
            if (!arena.claim(told[0])) {
                throw line.wrong("block " + told[0] + " is another's, or none that was handed out");
            }
            if (told[2] <= 0 || told[2] > Arena.BLOCK) {
                throw line.wrong("block " + told[0] + " is filled with " + told[2] + " bytes");
            }
            Block block = new Block((int) told[0], told[1]);
            block.fill = (int) told[2];
            blocks.add(block);
        }
        return blocks;
    }

    /** The chunks lie one behind the other, each within its block, and lead from the first offset to the last. */
    private static final class Check {
        private final StateLine line;
        private final Capture capture;
        private final long newestRank;
        private final Position position;
        private long offset;
        private long rank;

        private Check(StateLine line, Capture capture, long newestRank, Position position) {
            this.line = line;
            this.capture = capture;
            this.newestRank = newestRank;
            this.position = position;
            this.offset = position.recordStart();
        }

        private void run(List<Block> blocks) throws StateException {
            for (int i = 0; i < blocks.size(); i++) {
                Block block = blocks.get(i);
                boolean first = i == 0;
                if (first ? block.start > offset : block.start != offset) {
                    throw line.wrong("block " + block.index + " does not begin where the one before it ends");
                }
                look(block, first ? position.headAt() : 0);
            }
            if (offset != position.end()) {
                throw line.wrong("the blocks lead to " + offset + ", and end=" + position.end());
            }
        }

        private void look(Block block, int from) throws StateException {
            int at = from;
            if (at >= block.fill || at % BlockChain.ALIGNMENT != 0) {
                throw wrong(block, at);
            }
            while (at < block.fill) {
                int room = block.fill - at - BlockChain.HEADER;
                int length = room > 0 ? capture.chain.length(block, at) : 0;
                long here = room > 0 ? capture.chain.rank(block, at) : 0;
                // Within 16 KiB: no sum of these can be too large for its type.
                if (length <= 0 || length > room || BlockChain.size(length) > block.fill - at) {
                    throw wrong(block, at);
                }
                if (here <= rank || here > newestRank) {
                    throw wrong(block, at);
                }
                boolean oldest = offset == position.recordStart();
                if (oldest && offset + length <= position.base()) {
                    throw line.wrong("base=" + position.base() + " lies behind the oldest chunk");
                }
                rank = here;
                offset += length;
                at += BlockChain.size(length);
            }
        }

        private StateException wrong(Block block, int at) {
            return line.wrong("there is no chunk at " + at + " of block " + block.index);
        }
    }
}
