package papa.kernel;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import papa.process.Arena;
import papa.process.Capture;
import papa.process.Cursor;
import papa.process.Incarnation;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.FrameEncoder;

/**
 * A tail for a program: the frames of {@code follow}, each process announced before its first one. In a state, {@code
 * announced} is 1 on the line of a process that was. Loop thread only.
 */
final class TailFrames implements TailForm {
    /** Of a name whose every byte is written as four. */
    private static final int LONGEST_NAME = 4 * 1024 + 64;

    private final Set<Long> announced = new HashSet<>();
    private final boolean tellsUsage;

    /** @param tellsUsage whether it is told what a process has used */
    TailFrames(boolean tellsUsage) {
        this.tellsUsage = tellsUsage;
    }

    @Override
    public int room() {
        return Arena.BLOCK + LONGEST_NAME + 3 * FrameEncoder.HEADER_ROOM;
    }

    private void announce(Outbox outbox, Incarnation process) {
        if (announced.add(process.number)) {
            String name = process.spec.name();
            ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.announcedRoom(name));
            FrameEncoder.announced(frame, process.number, process.pid, process.startedMicros, name);
            outbox.put(frame);
        }
    }

    @Override
    public void data(Outbox outbox, Cursor cursor) {
        Capture capture = cursor.capture;
        announce(outbox, capture.owner);
        ByteBuffer frame = outbox.header();
        int length = cursor.length();
        FrameEncoder.data(frame, capture.owner.number, capture.channel, cursor.offset(), cursor.time(), length);
        outbox.put(frame);
        outbox.put(cursor.bytes(), length, '\n');
        cursor.next();
    }

    @Override
    public void gap(Outbox outbox, Cursor cursor, long bytes) {
        Capture capture = cursor.capture;
        announce(outbox, capture.owner);
        ByteBuffer frame = outbox.header();
        FrameEncoder.gap(
                frame,
                capture.owner.number,
                capture.channel,
                cursor.offset(),
                bytes,
                cursor.gapFirst(),
                cursor.gapLast());
        outbox.put(frame);
    }

    @Override
    public void finished(Outbox outbox, Incarnation process) {
        announce(outbox, process);
        if (process.hasEnded()) {
            ByteBuffer frame = outbox.header();
            FrameEncoder.exit(
                    frame,
                    process.number,
                    process.exitCode(),
                    process.endedMicros(),
                    process.leftovers.size(),
                    tellsUsage ? process.usage : null);
            outbox.put(frame);
            if (process.outputAtEnd()) {
                ByteBuffer end = outbox.header();
                FrameEncoder.end(end, process.number);
                outbox.put(end);
            }
        }
    }

    @Override
    public String lastWords() {
        return "";
    }

    @Override
    public void put(StateWriter.Line line) {}

    @Override
    public void put(StateWriter.Line line, Incarnation process) {
        line.flag("announced", announced.contains(process.number));
    }

    @Override
    public void put(StateWriter.Line line, Cursor cursor) {}

    @Override
    public void restore(StateLine line, Incarnation process) {
        if (line.flag("announced")) {
            announced.add(process.number);
        }
    }

    @Override
    public void restore(StateLine line, Cursor cursor) {}
}
