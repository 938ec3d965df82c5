package papa.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a kernel sends in a framed session, in pieces cut anywhere. No I/O; one thread at a time. Every byte is
 * looked at once and copied once, and nothing is kept beyond the limits that {@link Frame} states.
 *
 * <pre>
 *            line without payload: emitted
 *             ┌──────┐
 *             ▼      │        header with LEN
 *           LINE ────┴───────────────────────────► PAYLOAD
 *             ▲                                        │
 *             └──── LEN bytes and a line feed: emitted ┘
 * </pre>
 */
public final class FrameDecoder {
    /** Who gets what was read. Called from within {@link #feed}, in the order of the wire. */
    public interface Sink {
        /** @param body text of the reply, decoded from UTF-8 */
        void reply(String tag, boolean ok, String body);

        void frame(Frame frame);
    }

    /** What to do once the payload of the last header is complete. */
    private interface Delivery {
        void deliver(byte[] payload);
    }

    private static final int FIRST_LINE_ROOM = 256;
    private static final int FIRST_PAYLOAD_ROOM = 64 * 1024;
    private static final int TAG_LIMIT = 32;

    private final Sink sink;
    private byte[] line = new byte[FIRST_LINE_ROOM];
    private int lineLength;
    private @Nullable Delivery delivery;
    private byte[] payload = new byte[0];
    private int payloadLength;
    private int payloadFilled;
    private @Nullable FrameException broken;

    public FrameDecoder(Sink sink) {
        this.sink = sink;
    }

    /**
     * Takes all bytes that the buffer has and emits what they complete.
     *
     * @throws FrameException at the first byte that makes no sense, and ever after
     */
    public void feed(ByteBuffer bytes) throws FrameException {
        if (broken != null) {
            throw broken;
        }
        try {
            while (bytes.hasRemaining()) {
                if (delivery != null) {
                    takePayload(bytes, delivery);
                } else {
                    takeLine(bytes);
                }
            }
        } catch (FrameException e) {
            broken = e;
            throw e;
        }
    }

    private void takeLine(ByteBuffer bytes) throws FrameException {
        int start = bytes.position();
        int most = Math.min(bytes.limit(), start + Frame.LINE_LIMIT - lineLength + 1);
        int end = start;
        while (end < most && bytes.get(end) != '\n') {
            end++;
        }
        if (end == most && lineLength + (end - start) > Frame.LINE_LIMIT) {
            throw new FrameException("cannot read a line of the kernel that is longer than 64 KiB");
        }
        keepOfLine(bytes, end - start);
        if (end == most) {
            return;
        }
        bytes.position(end + 1);
        String complete = new String(line, 0, lineLength, StandardCharsets.ISO_8859_1);
        lineLength = 0;
        if (line.length > FIRST_PAYLOAD_ROOM / 8) {
            line = new byte[FIRST_LINE_ROOM];
        }
        header(new FrameLine(complete));
    }

    private void keepOfLine(ByteBuffer bytes, int count) {
        if (lineLength + count > line.length) {
            line = Arrays.copyOf(line, Math.max(lineLength + count, 2 * line.length));
        }
        bytes.get(line, lineLength, count);
        lineLength += count;
    }

    private void header(FrameLine header) throws FrameException {
        FrameWord word = FrameWord.find(header.word("its first word"));
        if (word == null) {
            throw header.complaint("its first word is unknown");
        }
        switch (word) {
            case OK -> reply(header, true);
            case ERROR -> reply(header, false);
            case PROCESS -> emit(header, announced(header));
            case OUT -> data(header, Frame.Channel.OUT);
            case ERR -> data(header, Frame.Channel.ERR);
            case GAP -> emit(header, gap(header));
            case EXIT -> emit(header, exit(header));
            case END -> emit(header, new Frame.End(header.count("INC")));
            case KNOCK -> emit(header, new Frame.Knock(header.text("NAME")));
            case COPIES -> emit(header, new Frame.Copies(header.text("LEASE")));
            case GONE -> emit(header, new Frame.Gone(header.count("INC")));
        }
    }

    private void reply(FrameLine header, boolean ok) throws FrameException {
        String tag = header.word("TAG");
        if (tag.length() > TAG_LIMIT) {
            throw header.complaint("TAG is longer than " + TAG_LIMIT + " characters");
        }
        int length = (int) header.number("LEN", 0, Frame.REPLY_LIMIT);
        header.end();
        expect(length, body -> sink.reply(tag, ok, new String(body, StandardCharsets.UTF_8)));
    }

    private void data(FrameLine header, Frame.Channel channel) throws FrameException {
        long incarnation = header.count("INC");
        long offset = header.count("OFFSET");
        long time = header.count("TIME");
        int length = (int) header.number("LEN", 0, Frame.DATA_LIMIT);
        header.end();
        expect(length, new Data(incarnation, channel, offset, time));
    }

    /** A class, where a lambda would be made for each line. */
    private final class Data implements Delivery {
        private final long incarnation;
        private final Frame.Channel channel;
        private final long offset;
        private final long time;

        Data(long incarnation, Frame.Channel channel, long offset, long time) {
            this.incarnation = incarnation;
            this.channel = channel;
            this.offset = offset;
            this.time = time;
        }

        @Override
        public void deliver(byte[] payload) {
            sink.frame(new Frame.Data(incarnation, channel, offset, time, ByteBuffer.wrap(payload)));
        }
    }

    private static Frame announced(FrameLine header) throws FrameException {
        long incarnation = header.count("INC");
        int pid = (int) header.number("PID", 0, Integer.MAX_VALUE);
        long started = header.count("STARTED");
        return new Frame.Announced(incarnation, pid, started, header.text("NAME"));
    }

    private static Frame gap(FrameLine header) throws FrameException {
        long incarnation = header.count("INC");
        String stream = header.word("the stream");
        FrameWord word = FrameWord.find(stream);
        if (word != FrameWord.OUT && word != FrameWord.ERR) {
            throw header.complaint("the stream is neither out nor err");
        }
        return new Frame.Gap(
                incarnation,
                word == FrameWord.OUT ? Frame.Channel.OUT : Frame.Channel.ERR,
                header.count("OFFSET"),
                header.count("BYTES"),
                header.count("FIRST"),
                header.count("LAST"));
    }

    private static Frame exit(FrameLine header) throws FrameException {
        return new Frame.Exit(
                header.count("INC"),
                (int) header.number("CODE", -255, 255),
                header.count("TIME"),
                (int) header.number("LEFT", 0, Integer.MAX_VALUE),
                Usage.of(header.fields()));
    }

    private void emit(FrameLine header, Frame frame) throws FrameException {
        header.end();
        sink.frame(frame);
    }

    private void expect(int length, Delivery whenComplete) {
        delivery = whenComplete;
        payloadLength = length;
        payloadFilled = 0;
        // A long reply gets its room as its bytes come in, not at the word of its header.
        payload = new byte[Math.min(length, FIRST_PAYLOAD_ROOM)];
    }

    private void takePayload(ByteBuffer bytes, Delivery whenComplete) throws FrameException {
        int count = Math.min(bytes.remaining(), payloadLength - payloadFilled);
        if (payloadFilled + count > payload.length) {
            int room = Math.max(payloadFilled + count, 2 * payload.length);
            payload = Arrays.copyOf(payload, Math.min(room, payloadLength));
        }
        bytes.get(payload, payloadFilled, count);
        payloadFilled += count;
        if (payloadFilled < payloadLength || !bytes.hasRemaining()) {
            return;
        }
        if (bytes.get() != FrameEncoder.PAYLOAD_END) {
            throw new FrameException(
                    "cannot read the kernel: no line feed stands behind a payload of " + payloadLength + " bytes");
        }
        byte[] complete = payload;
        payload = new byte[0];
        delivery = null;
        whenComplete.deliver(complete);
    }
}
