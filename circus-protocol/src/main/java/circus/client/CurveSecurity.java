package circus.client;

import circus.curve.CurveException;
import circus.curve.CurveSession;
import circus.curve.KeyFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The mechanism CURVE: both sides know each other by their keys, and nobody else reads or changes anything. */
final class CurveSecurity implements Security {
    /** Within an encrypted message, RFC 25. */
    private static final int MORE = 1;

    private static final int COMMAND = 2;

    private final CurveSession session;

    CurveSecurity(KeyFile keys) {
        session = new CurveSession(keys);
    }

    @Override
    public String mechanism() {
        return CurveSession.MECHANISM;
    }

    @Override
    public ZmtpFrame opening(String socketType) {
        return new ZmtpFrame(false, true, session.hello());
    }

    @Override
    public @Nullable ZmtpFrame next(ZmtpFrame frame, ZmtpCommand command, String socketType) throws PeerException {
        if (!command.name().equals("WELCOME")) {
            return null;
        }
        try {
            return new ZmtpFrame(false, true, session.initiate(frame.body(), ZmtpCommand.metadata(socketType)));
        } catch (CurveException wrong) {
            throw new PeerException(String.valueOf(wrong.getMessage()));
        }
    }

    @Override
    public ZmtpCommand metadata(ZmtpFrame frame, ZmtpCommand ready) throws PeerException {
        try {
            return new ZmtpCommand(ready.name(), session.ready(frame.body()));
        } catch (CurveException wrong) {
            throw new PeerException(String.valueOf(wrong.getMessage()));
        }
    }

    @Override
    public IOException hungUp(IOException cause) {
        return new RefusedException(
                "it hung up when it saw our keys: its public key is not the server-public-key that we have, or"
                        + " our public key is not among its curve_clients");
    }

    @Override
    public ZmtpFrame seal(ZmtpFrame frame) {
        int flags = (frame.more() ? MORE : 0) | (frame.command() ? COMMAND : 0);
        return new ZmtpFrame(false, false, session.seal(flags, frame.body()));
    }

    @Override
    public ZmtpFrame open(ZmtpFrame frame) throws PeerException {
        try {
            CurveSession.Opened opened = session.open(frame.body());
            return new ZmtpFrame((opened.flags() & MORE) != 0, (opened.flags() & COMMAND) != 0, opened.body());
        } catch (CurveException wrong) {
            throw new PeerException(String.valueOf(wrong.getMessage()));
        }
    }
}
