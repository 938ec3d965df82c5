package circus.manager.output;

import circus.stream.Output;
import circus.stream.OutputStreamer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/**
 * An object of a class of the user's. Whatever it throws stops nothing: while it cannot be made or opened, output waits;
 * a line that it threw for is passed over. The first of several failures in a row is logged, each is counted.
 */
final class CustomOutlet implements Outlet {
    private static final Logger LOGGER = System.getLogger(CustomOutlet.class.getName());
    private static final double MICROS = 1e6;

    private final String title;
    private final Callable<OutputStreamer> maker;
    private @Nullable OutputStreamer streamer;
    private boolean fails;
    private volatile @Nullable String trouble;
    private final AtomicLong failures = new AtomicLong();

    /**
     * Nothing of the class runs yet.
     *
     * @param title of the stream, for people
     */
    CustomOutlet(String title, Callable<OutputStreamer> maker) {
        this.title = title;
        this.maker = maker;
    }

    @Override
    public void write(Staging.Taken taken) throws InterruptedException {
        OutputStreamer target = opened();
        int start = 0;
        for (Staging.Piece piece : taken.pieces()) {
            if (piece.end > start) {
                write(target, piece, Arrays.copyOfRange(taken.bytes(), start, piece.end));
            }
            start = piece.end;
        }
    }

    private OutputStreamer opened() throws InterruptedException {
        while (true) {
            OutputStreamer known = streamer;
            if (known != null) {
                return known;
            }
            try {
                OutputStreamer made = maker.call();
                made.open();
                streamer = made;
                trouble = null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception | LinkageError e) {
                failed("cannot open the " + title, e);
                trouble = "cannot open it: " + e;
                SecondTry.await();
            }
        }
    }

    private void write(OutputStreamer target, Staging.Piece piece, byte[] data) throws InterruptedException {
        StreamId id = piece.stream.id();
        String name = id.channel() == Channel.OUT ? "stdout" : "stderr";
        try {
            target.write(new Output(data, piece.stream.speaker().pid(), name, piece.micros / MICROS));
            fails = false;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError e) {
            failed("the " + title + " has not taken " + data.length + " bytes", e);
        }
    }

    private void failed(String what, Throwable cause) {
        failures.incrementAndGet();
        if (!fails) {
            fails = true;
            LOGGER.log(Level.WARNING, what + ": " + cause + "; more of the same is only counted", cause);
        }
    }

    @Override
    public void close() {
        OutputStreamer last = streamer;
        if (last != null) {
            try {
                last.close();
            } catch (Exception | LinkageError e) {
                failed("cannot close the " + title, e);
            }
        }
    }

    @Override
    public String title() {
        return title;
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
