import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * A web server in one thread: tells its pid and how long it has lived, and writes a line per request to stdout.
 *
 * <p>The listening socket is not its own. It was made by papa, and is inherited as descriptor 0, where Java looks for it;
 * all workers accept from it, so that none is missed when one dies. A stop (SIGTERM) lets the request in hand finish.
 */
final class Worker {
    private static final int SILENT_CLIENT_MILLIS = 1000;
    private static final Instant BORN = Instant.now();
    private static final long PID = ProcessHandle.current().pid();
    private static long served;

    /** Held while a connection is ours, and for ever by whoever ends the program. */
    private static final Object IN_HAND = new Object();

    public static void main(String[] arguments) throws IOException {
        if (!(System.inheritedChannel() instanceof ServerSocketChannel listener)) {
            System.err.println("cannot serve: descriptor 0 is no listening socket; see the file `worker` beside me");
            System.exit(1);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(Worker::finish));
        System.out.println("worker " + PID + " accepts");
        // The descriptor is shared with the other workers: each of them is woken, and one gets the connection.
        listener.configureBlocking(false);
        Selector selector = Selector.open();
        listener.register(selector, SelectionKey.OP_ACCEPT);
        while (true) {
            selector.select(key -> {});
            synchronized (IN_HAND) {
                try (SocketChannel connection = listener.accept()) {
                    if (connection != null) {
                        answer(connection);
                    }
                } catch (IOException gone) {
                    System.out.println("worker " + PID + " lost a client: " + gone.getMessage());
                }
            }
        }
    }

    private static void answer(SocketChannel connection) throws IOException {
        connection.socket().setSoTimeout(SILENT_CLIENT_MILLIS);
        var request = new BufferedReader(new InputStreamReader(connection.socket().getInputStream(), US_ASCII));
        String asked = request.readLine();
        if (asked == null) {
            return;
        }
        for (String header = asked; header != null && !header.isEmpty(); ) {
            header = request.readLine();
        }
        double age = Duration.between(BORN, Instant.now()).toMillis() / 1000.0;
        String body = "worker " + PID + " has lived " + age + " s\n";
        String reply = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + body;
        connection.socket().getOutputStream().write(reply.getBytes(US_ASCII));
        served++;
        System.out.println("worker " + PID + " request " + served + ": " + asked);
    }

    private static void finish() {
        synchronized (IN_HAND) {
            System.out.println("worker " + PID + " ends after " + served + " requests");
            Runtime.getRuntime().halt(0);
        }
    }
}
