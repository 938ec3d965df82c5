package circus.tests.workers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker under load: answers each connection on descriptor 0 with its pid, and prints 200 numbered lines a second, whatever comes.
 * {@code LoadWorker NAME}; a line is {@code NAME PID NUMBER}, from 1; the last one, at a stop, is {@code NAME PID total NUMBER}.
 */
public final class LoadWorker {
    private static final long INTERVAL_NANOS = 5_000_000;
    private static final Object PRINTING = new Object();

    private LoadWorker() {}

    public static void main(String[] arguments) throws IOException {
        String name = arguments[0] + " " + ProcessHandle.current().pid() + " ";
        Lines lines = new Lines(name);
        Thread printer = new Thread(lines::print, "printer");
        printer.setDaemon(true);
        Runtime.getRuntime().addShutdownHook(new Thread(lines::end));
        printer.start();
        ServerSocketChannel listener = (ServerSocketChannel) System.inheritedChannel();
        byte[] answer = name.getBytes(US_ASCII);
        while (true) {
            // Another worker may have been faster: then accept waits on.
            try (SocketChannel connection = listener.accept()) {
                connection.socket().setSoTimeout(2000);
                readRequest(connection.socket().getInputStream());
                connection.socket().getOutputStream().write(answer);
            } catch (IOException gone) {
                System.err.println(name + "lost a client: " + gone);
            }
        }
    }

    /** To its end: what a server leaves unread when it closes makes the system reset the connection. */
    private static void readRequest(InputStream in) throws IOException {
        for (int blank = 0; blank < 2; ) {
            int read = in.read();
            if (read < 0) {
                throw new IOException("the request has no end");
            }
            blank = read == '\n' ? blank + 1 : read == '\r' ? blank : 0;
        }
    }

    /** The numbered lines. Its printer thread and the end exclude each other, so that the total is the truth. */
    private static final class Lines {
        private final String name;
        private long number;

        Lines(String name) {
            this.name = name;
        }

        void print() {
            long next = System.nanoTime();
            while (true) {
                synchronized (PRINTING) {
                    number++;
                    System.out.println(name + number);
                }
                next += INTERVAL_NANOS;
                while (System.nanoTime() < next) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
            }
        }

        void end() {
            synchronized (PRINTING) {
                System.out.println(name + "total " + number);
                Runtime.getRuntime().halt(0);
            }
        }
    }
}
