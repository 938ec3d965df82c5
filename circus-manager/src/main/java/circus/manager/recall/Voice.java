package circus.manager.recall;

import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** One channel of one incarnation of a process. */
record Voice(long incarnation, Channel channel) implements Comparable<Voice> {
    /** {@code 17.out}. */
    String text() {
        return incarnation + "." + channel.word();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Voice same && incarnation == same.incarnation && channel == same.channel;
    }

    /** By hand, for each line asks: what records have by themselves goes by method handles, which take long in the first compiler's code. */
    @Override
    public int hashCode() {
        return 2 * Long.hashCode(incarnation) + (channel == Channel.OUT ? 0 : 1);
    }

    @Override
    public int compareTo(Voice other) {
        int order = Long.compare(incarnation, other.incarnation);
        return order == 0 ? channel.compareTo(other.channel) : order;
    }
}
