package papa.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a kernel encodes comes out of the decoder as it was, however the bytes are cut. */
class FrameRoundTripTest {
    @Property(tries = 300)
    void what_was_encoded_is_decoded_wherever_it_is_cut(
            @ForAll("conversations") List<Sent> conversation, @ForAll Random random) throws FrameException {
        byte[] bytes = Sent.encode(conversation);
        Sent.Log log = new Sent.Log();
        FrameDecoder decoder = new FrameDecoder(log);
        boolean tiny = random.nextBoolean();
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(tiny ? 3 : 5000));
            ByteBuffer piece = direct(bytes, at, length);
            decoder.feed(piece);
            assertThat(piece.hasRemaining()).isFalse();
            at += length;
        }
        assertThat(log.all).isEqualTo(conversation);
    }

    @Property(tries = 300)
    void random_damage_is_refused_or_understood_but_nothing_else_happens(
            @ForAll("conversations") List<Sent> conversation, @ForAll Random random) {
        byte[] bytes = Sent.encode(conversation);
        for (int i = 0; i < 3 && bytes.length > 0; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        FrameDecoder decoder = new FrameDecoder(new Sent.Log());
        try {
            decoder.feed(ByteBuffer.wrap(bytes));
        } catch (FrameException e) {
            assertThat(e).hasMessageStartingWith("cannot read ");
        }
    }

    private static ByteBuffer direct(byte[] bytes, int at, int length) {
        ByteBuffer piece = ByteBuffer.allocateDirect(length);
        return piece.put(bytes, at, length).flip();
    }

    @Provide
    Arbitrary<List<Sent>> conversations() {
        Arbitrary<Sent> replies = Combinators.combine(
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .numeric()
                                .ofMinLength(1)
                                .ofMaxLength(8),
                        Arbitraries.of(true, false),
                        texts().ofMaxLength(300))
                .as(Sent.OfReply::new);
        Arbitrary<Sent> ofFrames = frames().map(Sent.OfFrame::new);
        return Arbitraries.oneOf(replies, ofFrames).list().ofMaxSize(30).map(ArrayList::new);
    }

    private static Arbitrary<Frame> frames() {
        Arbitrary<Long> counts = Arbitraries.longs().between(0, Long.MAX_VALUE);
        Arbitrary<Integer> numbers = Arbitraries.integers().between(0, Integer.MAX_VALUE);
        Arbitrary<Frame.Channel> channels = Arbitraries.of(Frame.Channel.class);
        Arbitrary<Frame> announced = Combinators.combine(counts, numbers, counts, texts().ofMaxLength(40))
                .as(Frame.Announced::new);
        Arbitrary<Frame> data = Combinators.combine(
                        counts,
                        channels,
                        counts,
                        counts,
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(3000))
                .as((incarnation, channel, offset, time, bytes) ->
                        new Frame.Data(incarnation, channel, offset, time, ByteBuffer.wrap(bytes)));
        Arbitrary<Frame> gap = Combinators.combine(counts, channels, counts, counts, counts, counts)
                .as(Frame.Gap::new);
        Arbitrary<Frame> exit = Combinators.combine(
                        counts, Arbitraries.integers().between(-255, 255), counts, numbers)
                .as(Frame.Exit::new);
        Arbitrary<Frame> knock = texts().ofMaxLength(40).map(Frame.Knock::new);
        Arbitrary<Frame> copies = texts().ofMaxLength(40).map(Frame.Copies::new);
        return Arbitraries.oneOf(
                announced, data, gap, exit, counts.map(Frame.End::new), counts.map(Frame.Gone::new), knock, copies);
    }

    /** Text of any characters that UTF-8 can carry, line feeds and quotes among them. */
    private static net.jqwik.api.arbitraries.StringArbitrary texts() {
        return Arbitraries.strings().withCharRange('\u0000', '\u07ff').withChars(" \n\"\\\u20ac".toCharArray());
    }
}
