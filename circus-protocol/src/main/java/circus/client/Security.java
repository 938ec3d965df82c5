package circus.client;

import circus.curve.KeyFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How one connection shakes hands after the greeting, and what becomes of its frames on the wire. One thread. */
interface Security {
    /** @param keys null for a connection in plain text, which then loads nothing that encrypts */
    static Security of(@Nullable KeyFile keys) {
        return keys == null ? new PlainSecurity() : new CurveSecurity(keys);
    }

    /** As the greeting names it. */
    String mechanism();

    /** The first command of this side. */
    ZmtpFrame opening(String socketType);

    /** What to send after a command of the handshake that is no READY; null for nothing. */
    @Nullable
    ZmtpFrame next(ZmtpFrame frame, ZmtpCommand command, String socketType) throws PeerException;

    /** The READY command in plain text. */
    ZmtpCommand metadata(ZmtpFrame frame, ZmtpCommand ready) throws PeerException;

    /** What to tell of a connection that ended in the handshake. */
    IOException hungUp(IOException cause);

    /** A frame as it goes out. */
    ZmtpFrame seal(ZmtpFrame frame);

    /** A frame that came in, as it was meant. */
    ZmtpFrame open(ZmtpFrame frame) throws PeerException;
}
