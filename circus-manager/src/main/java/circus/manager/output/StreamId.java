package circus.manager.output;

import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** One channel of one incarnation of a process; also says who began the last line of a file, if that line is open. */
record StreamId(long incarnation, Channel channel) {
    /** In place of the one who began a file's last line: that line is complete. */
    static final StreamId NOBODY = new StreamId(-1, Channel.OUT);

    /** In place of the one who began a file's last line: none of ours. */
    static final StreamId STRANGER = new StreamId(-2, Channel.OUT);

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StreamId same && incarnation == same.incarnation && channel == same.channel;
    }

    /** By hand, for each line asks: what records have by themselves goes by method handles, which take long in the first compiler's code. */
    @Override
    public int hashCode() {
        return 2 * Long.hashCode(incarnation) + (channel == Channel.OUT ? 0 : 1);
    }

    /** Who goes on with the last line of a file that is put aside, in the new one. What strangers began ends with theirs. */
    StreamId afterTurn() {
        return equals(STRANGER) ? NOBODY : this;
    }

    /** As the verb {@code follow} writes it: {@code 17.out}. */
    String text() {
        if (equals(NOBODY)) {
            return "-";
        }
        return equals(STRANGER) ? "?" : incarnation + "." + channel.word();
    }

    /** @throws IllegalArgumentException if it is none */
    static StreamId parse(String text) {
        if (text.equals("-")) {
            return NOBODY;
        }
        if (text.equals("?")) {
            return STRANGER;
        }
        int dot = text.indexOf('.');
        for (Channel channel : Channel.values()) {
            if (dot > 0 && text.substring(dot + 1).equals(channel.word())) {
                return new StreamId(Long.parseLong(text.substring(0, dot)), channel);
            }
        }
        throw new IllegalArgumentException("no stream: " + text);
    }
}
