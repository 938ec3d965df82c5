package circus.manager.recall;

import java.nio.ByteBuffer;
import papa.wire.Frame.Channel;

/**
 * What is shown as one line: a line of a worker, a part of one, or that bytes are missing.
 *
 * @param micros when its first byte was captured
 * @param begin the offset of its first byte
 * @param end the offset behind its last byte, or its line feed
 * @param text without the end of the line
 * @param continued whether the beginning of the line came before
 * @param open whether the end of the line is still to come
 * @param lost how many bytes are missing; then there is no text
 * @param isTimed whether {@code micros} is known
 * @param isChannelKnown whether {@code channel} is
 */
record Utterance(
        long micros,
        Speaker speaker,
        Channel channel,
        long begin,
        long end,
        ByteBuffer text,
        boolean continued,
        boolean open,
        long lost,
        boolean isTimed,
        boolean isChannelKnown) {}
