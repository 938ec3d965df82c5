package papa.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntSupplier;

/**
 * Any bytes as what a kernel sends: the same comes of them in whatever pieces they arrive, and what was understood is
 * understood again once it has been encoded. The first byte chooses the pieces. Run by FuzzTest.
 */
public final class FramesFuzz {
    private FramesFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] sent = Arrays.copyOfRange(input, 1, input.length);
        Outcome whole = new Outcome(sent, () -> sent.length);
        Random random = new Random(input[0]);
        whole.assertSame(new Outcome(sent, () -> 1));
        whole.assertSame(new Outcome(sent, () -> 1 + random.nextInt(40)));
        Outcome again = new Outcome(Sent.encode(whole.log.all), () -> Integer.MAX_VALUE);
        assertEquals("", again.complaint);
        assertEquals(whole.log.all, again.log.all);
    }

    private static final class Outcome {
        final Sent.Log log = new Sent.Log();
        String complaint = "";

        Outcome(byte[] sent, IntSupplier sizes) {
            FrameDecoder decoder = new FrameDecoder(log);
            try {
                for (int at = 0; at < sent.length; ) {
                    int size = Math.min(sent.length - at, sizes.getAsInt());
                    decoder.feed(ByteBuffer.wrap(sent, at, size));
                    at += size;
                }
            } catch (FrameException wrong) {
                complaint += wrong.getMessage();
                assertTrue(complaint.startsWith("cannot "), complaint);
                assertThrows(FrameException.class, () -> decoder.feed(ByteBuffer.allocate(1)));
            }
        }

        void assertSame(Outcome other) {
            assertEquals(complaint, other.complaint);
            assertEquals(log.all, other.log.all);
        }
    }
}
