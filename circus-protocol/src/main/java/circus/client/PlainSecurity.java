package circus.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The mechanism NULL: everything in plain text, and who connects is known by the operating system alone. */
final class PlainSecurity implements Security {
    @Override
    public String mechanism() {
        return "NULL";
    }

    @Override
    public ZmtpFrame opening(String socketType) {
        return ZmtpCommand.ready(socketType);
    }

    @Override
    public @Nullable ZmtpFrame next(ZmtpFrame frame, ZmtpCommand command, String socketType) {
        return null;
    }

    @Override
    public ZmtpCommand metadata(ZmtpFrame frame, ZmtpCommand ready) {
        return ready;
    }

    @Override
    public IOException hungUp(IOException cause) {
        return cause;
    }

    @Override
    public ZmtpFrame seal(ZmtpFrame frame) {
        return frame;
    }

    @Override
    public ZmtpFrame open(ZmtpFrame frame) {
        return frame;
    }
}
