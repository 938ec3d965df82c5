package circus.manager.upgrade;

import circus.manager.control.Descriptors;
import circus.manager.control.Endpoints;
import circus.manager.control.Moved;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.passing.Parcel;
import papa.passing.PassingException;
import papa.passing.PassingSocket;

/**
 * Over which connections go from the former circusd to the new one, open as they are: their peers notice nothing, and nothing of theirs is lost.
 * Each is a message of its own on a Unix socket, {@link #WORD}, what the peer calls itself, and the descriptor (SCM_RIGHTS).
 *
 * <p>The former one's side; used on circus-loop, and never waits.
 */
final class Passage {
    private static final System.Logger LOG = System.getLogger(Passage.class.getName());

    /** Begins each message, so that none is empty; another one means something that is not known yet. */
    private static final String WORD = "c";

    /** What a peer calls itself has at most 255 bytes (rfc.zeromq.org/spec/23). */
    private static final int MOST_BYTES = 256;

    private final SocketChannel channel;
    private final PassingSocket socket;

    /** Bounded by the number of connections, as is the other one. */
    private final ArrayDeque<Moved> toPass = new ArrayDeque<>();

    /** The other one has them, and so have we, for a moment. */
    private final List<Moved> passed = new ArrayList<>();

    private boolean broken;

    /** @param channel belongs to this from now on */
    Passage(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        @SuppressWarnings("resource") // The channel's, which closes it.
        PassingSocket of = PassingSocket.of(Descriptors.number(channel));
        this.socket = of;
    }

    /**
     * Passes on the connections that can go now. To be called again until none is left. Once the other one takes no more, those that have
     * left their ZeroMQ socket are closed, and their peers connect anew.
     */
    void carry(Endpoints endpoints) {
        if (!broken) {
            endpoints.move();
        }
        for (Moved next = endpoints.moved(); next != null; next = endpoints.moved()) {
            toPass.add(next);
        }
        passed.removeIf(Moved::released);
        try {
            while (!broken && !toPass.isEmpty()) {
                pass(toPass.getFirst());
                passed.add(toPass.removeFirst());
            }
        } catch (PassingException cause) {
            broken = !cause.isForNow();
            Level level = broken ? Level.WARNING : Level.DEBUG;
            LOG.log(level, "a connection cannot be passed on{0}: {1}", broken ? "" : " now", cause.getMessage());
        }
        if (broken) {
            toPass.forEach(Moved::end);
            toPass.clear();
        }
    }

    private void pass(Moved connection) throws PassingException {
        int number;
        try {
            number = connection.number();
        } catch (IOException closed) {
            LOG.log(Level.DEBUG, "a connection has ended before it was passed on: {0}", closed.getMessage());
            return;
        }
        socket.send((WORD + connection.identity()).getBytes(StandardCharsets.ISO_8859_1), number);
    }

    /** Whether the other one takes connections, as far as is known. */
    boolean isOpen() {
        return !broken;
    }

    /** Whether connections wait to be passed on. */
    boolean isLoaded() {
        return !toPass.isEmpty();
    }

    void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "the passage is closed already: {0}", gone.toString());
        }
    }

    /**
     * The new one's side: takes what comes until the former one has gone. Waits.
     *
     * @param socket closed at the end
     */
    static void receive(PassingSocket socket, Endpoints endpoints) {
        try (socket) {
            for (Optional<Parcel> next = next(socket); next.isPresent(); next = next(socket)) {
                String message = new String(next.get().bytes(), StandardCharsets.ISO_8859_1);
                @Nullable Integer descriptor = null;
                for (int each : next.get().descriptors()) {
                    if (descriptor == null && message.startsWith(WORD)) {
                        descriptor = each;
                    } else {
                        PassingSocket.close(each);
                    }
                }
                if (descriptor != null) {
                    endpoints.resume(descriptor, message.substring(WORD.length()));
                }
            }
        } catch (IOException broken) {
            LOG.log(Level.WARNING, "the former circusd passes on no more connections: {0}", broken.getMessage());
        }
    }

    private static Optional<Parcel> next(PassingSocket socket) throws PassingException {
        while (true) {
            try {
                Parcel parcel = socket.receive(MOST_BYTES, 1);
                return parcel.bytes().length == 0 ? Optional.empty() : Optional.of(parcel);
            } catch (PassingException lost) {
                if (!lost.isOneMessageLost()) {
                    throw lost;
                }
                LOG.log(
                        Level.WARNING,
                        "a connection of the former circusd has not arrived, perhaps since no more files may be open; its peer connects anew");
            }
        }
    }
}
