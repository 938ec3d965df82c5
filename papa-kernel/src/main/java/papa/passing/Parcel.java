package papa.passing;

import java.util.List;

/** What has come in one piece. */
public final class Parcel {
    private final byte[] bytes;
    private final List<Integer> descriptors;

    Parcel(byte[] bytes, List<Integer> descriptors) {
        this.bytes = bytes;
        this.descriptors = descriptors;
    }

    /** Empty at the end of the stream. */
    public byte[] bytes() {
        return bytes;
    }

    /** Numbers in this process, close-on-exec; whoever gets them closes them. */
    public List<Integer> descriptors() {
        return descriptors;
    }
}
