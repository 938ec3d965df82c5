package circus.tests.upgrade;

import circus.tests.harness.Background;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.time.Duration;
import java.util.Map;

/** {@code watch processes NAME} of papa's clients, for a {@code writer.pl}: acknowledges each batch, until the process has ended. */
final class Watcher implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final PapaSession session;
    private final Map<String, NumberedStream> streams;
    private final Background thread;
    private double lastTime;
    private boolean closed;

    private Watcher(Kernel kernel, String name) {
        session = kernel.session();
        streams = Map.of("out", stream(name + " out"), "err", stream(name + " err"));
        session.send("watch processes " + name + "\n");
        String begun = session.receiveUntil(text -> text.contains("Watching 1\n"), LIMIT);
        if (!begun.startsWith("Watching 1\n")) {
            throw new AssertionError("watch is answered with: " + begun);
        }
        String more = begun.substring("Watching 1\n".length());
        thread = Background.start("watch", new Batches(more)::read);
    }

    private static NumberedStream stream(String what) {
        return new NumberedStream("watch of " + what, Keeper.LINE, fault -> {
            throw new AssertionError(fault);
        });
    }

    static Watcher start(Kernel kernel, String name) {
        return new Watcher(kernel, name);
    }

    /** What has come and is not yet looked at. */
    private final class Batches {
        private String unread;

        Batches(String unread) {
            this.unread = unread;
        }

        void read() {
            while (!unread.endsWith("] ")) {
                unread += session.receiveUntil(text -> text.endsWith("] "), LIMIT);
            }
            for (int at = 0; !unread.startsWith("] ", at); ) {
                at = record(at);
            }
            unread = "";
            session.send("\n");
            if (closed) {
                session.receiveUntil(text -> text.endsWith("Nothing left to watch\n> "), LIMIT);
                thread.close();
            }
        }

        /** Takes one record; where the next one begins. */
        private int record(int at) {
            int end = unread.indexOf('\n', at);
            String[] words = unread.substring(at, end).split(":", -1);
            double time = Double.parseDouble(words[2]);
            int number = Integer.parseInt(words[3]);
            if (time < lastTime) {
                throw new AssertionError(unread.substring(at, end) + " comes after " + lastTime);
            }
            lastTime = time;
            if (words[0].equals("closed")) {
                if (closed || number != 7) {
                    throw new AssertionError("the end is told as " + unread.substring(at, end));
                }
                closed = true;
                return end + 1;
            }
            NumberedStream stream = streams.get(words[0]);
            if (stream == null) {
                throw new AssertionError("no record: " + unread.substring(at, end));
            }
            stream.take(unread.substring(end + 1, end + 1 + number));
            return end + 1 + number + 1;
        }
    }

    void check() {
        thread.check();
    }

    /** Returns when the watch has come to its end; how many lines it has shown. */
    long stop() {
        thread.join();
        session.close();
        streams.values().forEach(stream -> {
            if (!stream.isComplete()) {
                throw new AssertionError("the watch ends after line " + stream.lines() + ", without the total");
            }
        });
        return streams.values().stream().mapToLong(NumberedStream::lines).sum();
    }

    @Override
    public void close() {
        thread.close();
    }
}
