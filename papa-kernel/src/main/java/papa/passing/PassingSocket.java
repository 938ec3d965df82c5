package papa.passing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import papa.posix.DescriptorMessages;
import papa.posix.Errno;

/**
 * A Unix stream socket over which descriptors pass, by its number. Blocking, unless its maker made it otherwise (then a call that would
 * wait fails with EAGAIN). Sending and receiving may be done by one thread each.
 */
public final class PassingSocket implements AutoCloseable {
    /** As many as one message carries. */
    public static final int MOST_DESCRIPTORS = DescriptorMessages.MOST_DESCRIPTORS;

    private final DescriptorMessages messages;
    private final int fd;
    private boolean closed;

    private PassingSocket(DescriptorMessages messages, int fd) {
        this.messages = messages;
        this.fd = fd;
    }

    /** @throws IOException also where there is no native code for this machine */
    private static DescriptorMessages messages() throws IOException {
        try {
            return DescriptorMessages.get();
        } catch (LinkageError none) {
            throw new IOException("cannot pass descriptors: the native code of jffi cannot be loaded: " + none, none);
        }
    }

    /** Loads what is needed, which takes about 0.1 s for the first time. */
    public static void prepare() throws IOException {
        messages();
    }

    public static PassingSocket connect(Path path) throws IOException {
        DescriptorMessages messages = messages();
        String name = new String(path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return new PassingSocket(messages, (int) check("connect to " + path, messages.connect(name)));
    }

    /**
     * Sends one datagram, as sd_notify(3) does, without waiting for room: one that is full takes none.
     *
     * @param address a path, or a name that begins with an at sign
     */
    public static void sendDatagram(String address, String text) throws IOException {
        DescriptorMessages messages = messages();
        int fd = (int) check("connect to " + address, messages.connectDatagram(address));
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            check("send to " + address, messages.send(fd, bytes, 0, bytes.length));
        } finally {
            messages.close(fd);
        }
    }

    /** One that this process has already, and that is closed with this. */
    public static PassingSocket of(int fd) throws IOException {
        return new PassingSocket(messages(), fd);
    }

    public int number() {
        return fd;
    }

    /**
     * Sends all the bytes, and copies of descriptors with the first of them.
     *
     * @param bytes at least one
     * @param descriptors at most {@link #MOST_DESCRIPTORS}; they stay ours
     */
    public void send(byte[] bytes, int... descriptors) throws PassingException {
        int sent = (int) check("send descriptors", messages.send(fd, bytes, 0, bytes.length, descriptors));
        while (sent < bytes.length) {
            sent += (int) check("send", messages.send(fd, bytes, sent, bytes.length - sent));
        }
    }

    /** What comes next, or is there: some bytes, and the descriptors that came with them. */
    public Parcel receive(int mostBytes, int mostDescriptors) throws PassingException {
        byte[] into = new byte[mostBytes];
        int[] descriptors = new int[mostDescriptors];
        return parcel(check("receive descriptors", messages.receive(fd, into, descriptors)), into, descriptors);
    }

    /**
     * The same of a socket that does not wait, and all of it stays there. With SO_PEEK_OFF set (socket(7)), the next call tells what is
     * behind it.
     *
     * @return empty where nothing more is there
     */
    public Parcel peek(int mostBytes, int mostDescriptors) throws IOException {
        byte[] into = new byte[mostBytes];
        int[] descriptors = new int[mostDescriptors];
        long count = messages.peek(fd, into, descriptors);
        boolean atEnd = Errno.EAGAIN.is(count) || Errno.ECONNRESET.is(count); // the latter: it had not read all of ours
        return parcel(atEnd ? 0 : check("receive descriptors", count), into, descriptors);
    }

    private static Parcel parcel(long count, byte[] into, int[] descriptors) {
        List<Integer> got =
                Arrays.stream(descriptors).filter(each -> each >= 0).boxed().toList();
        return new Parcel(Arrays.copyOf(into, (int) count), got);
    }

    /** Another number for the same, close-on-exec, which its owner closes. */
    public static int duplicate(int fd) throws IOException {
        return (int) check("copy descriptor " + fd, messages().duplicate(fd));
    }

    public static void close(int fd) throws IOException {
        check("close descriptor " + fd, messages().close(fd));
    }

    private static long check(String what, long result) throws PassingException {
        if (result < 0) {
            throw new PassingException(what, result);
        }
        return result;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            messages.close(fd);
        }
    }
}
