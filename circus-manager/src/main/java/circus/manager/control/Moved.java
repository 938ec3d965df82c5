package circus.manager.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * A connection of a peer that has left its ZeroMQ socket and is open, between two messages, for another process to go on with.
 *
 * @param channel belongs to whoever has this
 * @param identity what the peer calls itself, each character a byte
 */
public record Moved(SocketChannel channel, String identity) {
    /** Its descriptor; stays the channel's. */
    public int number() throws IOException {
        return Descriptors.number(channel);
    }

    /** Ends the connection: nobody goes on with it. */
    public void end() {
        try {
            channel.close();
        } catch (IOException gone) {
            return; // as it was to be
        }
    }

    /**
     * Gives up this process's part in it, if that does not end the connection for the peer: a channel that a selector has not let go of says
     * to its peer that it ends (SocketChannelImpl).
     *
     * @return whether it is done
     */
    public boolean released() {
        if (channel.isRegistered()) {
            return false;
        }
        try {
            channel.close();
        } catch (IOException gone) {
            return true; // as it was to be
        }
        return true;
    }
}
