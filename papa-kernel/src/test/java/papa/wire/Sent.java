package papa.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a kernel would send, as values: for tests that write both and compare what comes out. */
sealed interface Sent {
    record OfReply(String tag, boolean ok, String body) implements Sent {}

    record OfFrame(Frame frame) implements Sent {}

    /** Collects what a decoder emits. */
    final class Log implements FrameDecoder.Sink {
        final List<Sent> all = new ArrayList<>();

        @Override
        public void reply(String tag, boolean ok, String body) {
            all.add(new OfReply(tag, ok, body));
        }

        @Override
        public void frame(Frame frame) {
            all.add(new OfFrame(frame));
        }
    }

    static byte[] encode(List<Sent> all) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Sent each : all) {
            bytes.writeBytes(each instanceof OfFrame of ? frame(of.frame()) : reply((OfReply) each));
        }
        return bytes.toByteArray();
    }

    private static byte[] reply(OfReply reply) {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        ByteBuffer target = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM + body.length + 1);
        FrameEncoder.reply(target, reply.ok(), reply.tag(), body.length);
        return written(target.put(body).put(FrameEncoder.PAYLOAD_END));
    }

    static byte[] frame(Frame frame) {
        if (frame instanceof Frame.Announced it) {
            String name = Words.utf8(it.name());
            ByteBuffer target = ByteBuffer.allocate(FrameEncoder.announcedRoom(name));
            FrameEncoder.announced(target, it.incarnation(), it.pid(), it.startedMicros(), name);
            return written(target);
        }
        if (frame instanceof Frame.Data it) {
            int length = it.bytes().remaining();
            ByteBuffer target = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM + length + 1);
            FrameEncoder.data(target, it.incarnation(), it.channel(), it.offset(), it.timeMicros(), length);
            return written(target.put(it.bytes().duplicate()).put(FrameEncoder.PAYLOAD_END));
        }
        if (frame instanceof Frame.Knock it) {
            String name = Words.utf8(it.name());
            ByteBuffer target = ByteBuffer.allocate(FrameEncoder.nameRoom(name));
            FrameEncoder.knock(target, name);
            return written(target);
        }
        if (frame instanceof Frame.Copies it) {
            String lease = Words.utf8(it.lease());
            ByteBuffer target = ByteBuffer.allocate(FrameEncoder.nameRoom(lease));
            FrameEncoder.copies(target, lease);
            return written(target);
        }
        ByteBuffer target = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM);
        if (frame instanceof Frame.Gap it) {
            FrameEncoder.gap(
                    target, it.incarnation(), it.channel(), it.offset(), it.bytes(), it.firstMicros(), it.lastMicros());
        } else if (frame instanceof Frame.Exit it) {
            FrameEncoder.exit(target, it.incarnation(), it.code(), it.timeMicros(), it.leftovers(), it.usage());
        } else if (frame instanceof Frame.End it) {
            FrameEncoder.end(target, it.incarnation());
        } else if (frame instanceof Frame.Gone it) {
            FrameEncoder.gone(target, it.incarnation());
        }
        return written(target);
    }

    private static byte[] written(ByteBuffer target) {
        target.flip();
        byte[] bytes = new byte[target.remaining()];
        target.get(bytes);
        return bytes;
    }
}
