package circus.manager.output;

import circus.options.SyslogAddress;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Messages to a syslog. While it cannot be reached they wait, and so do their streams; a batch that failed in the middle is
 * sent again as a whole, so a part of it may come twice. What becomes of messages that were sent, no syslog tells.
 */
final class SyslogOutlet implements Outlet {
    private static final Logger LOGGER = System.getLogger(SyslogOutlet.class.getName());

    /** A way to a syslog. One thread. */
    interface Transport {
        void send(List<byte[]> messages) throws IOException, InterruptedException;

        /** Whatever was open; the next message opens it again. */
        void close();
    }

    private final String name;
    private final Transport transport;
    private volatile @Nullable String trouble;
    private final AtomicLong failures = new AtomicLong();

    /** @param name for people */
    SyslogOutlet(String name, Transport transport) {
        this.name = name;
        this.transport = transport;
    }

    static SyslogOutlet of(SyslogAddress address, String tag) {
        Transport transport = switch (address.transport()) {
            case UDP -> new SyslogDatagrams(address);
            case TCP -> new SyslogConnection(address);
            case LOCAL -> new LoggerProgram(List.of("logger"), address.host(), tag);
        };
        return new SyslogOutlet("syslog at " + address, transport);
    }

    @Override
    public void write(Staging.Taken taken) throws InterruptedException {
        List<byte[]> messages = messages(taken);
        while (true) {
            try {
                transport.send(messages);
                if (trouble != null) {
                    trouble = null;
                    LOGGER.log(Level.INFO, "messages go to the " + name + " again");
                }
                return;
            } catch (IOException e) {
                failed(Reason.of(e));
                transport.close();
                SecondTry.await();
            }
        }
    }

    private void failed(String reason) {
        failures.incrementAndGet();
        if (trouble == null) {
            trouble = reason;
            LOGGER.log(Level.WARNING, "cannot write to the " + name + ": " + reason + "; it is tried every second");
        }
    }

    private static List<byte[]> messages(Staging.Taken taken) {
        List<byte[]> messages = new ArrayList<>(taken.pieces().size());
        int start = 0;
        for (Staging.Piece piece : taken.pieces()) {
            if (piece.end > start) {
                messages.add(Arrays.copyOfRange(taken.bytes(), start, piece.end));
            }
            start = piece.end;
        }
        return messages;
    }

    @Override
    public void close() {
        transport.close();
    }

    @Override
    public String title() {
        return name;
    }

    @Override
    public @Nullable String trouble() {
        return trouble;
    }

    @Override
    public long failures() {
        return failures.get();
    }
}
