package circus.manager.python;

import circus.message.Json;
import circus.message.JsonException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One helper process, with which messages are exchanged: objects in JSON, a line each. It ends when its stdin does, so also with a circusd
 * that is killed. Three threads of its own read, write and log what it says on stderr; nobody else ever waits for it. Any thread.
 */
final class PythonProcess {
    private static final System.Logger LOG = System.getLogger(PythonProcess.class.getName());

    /** Whoever does not read so many messages reads none any more. */
    private static final int MOST_WAITING = 10_000;

    /** A line of its stderr; what is longer is told in pieces. */
    private static final int LONGEST_TEXT = 8192;

    /** A line in JSON; the output of a worker comes in pieces far smaller. */
    private static final int LONGEST_LINE = 16 << 20;

    /** Its other side. Called on the reading thread. */
    interface Listener {
        void message(Map<String, @Nullable Object> message);

        /** The last call. */
        void ended(String how);
    }

    private final Process process;
    private final Listener listener;
    private final LinkedBlockingQueue<byte[]> waiting = new LinkedBlockingQueue<>(MOST_WAITING);

    /** Since it does not read. */
    private final AtomicBoolean condemned = new AtomicBoolean();

    /** By us, which closes its streams, too. */
    private volatile boolean killed;

    private PythonProcess(Process process, Listener listener) {
        this.process = process;
        this.listener = listener;
    }

    /** @param mode of the helper, also the name of the threads */
    static PythonProcess start(Interpreter interpreter, String mode, Listener listener) throws IOException {
        PythonProcess started = new PythonProcess(interpreter.start(mode), listener);
        thread(mode + "-log", started::log);
        thread(mode + "-out", started::write);
        thread(mode, started::read);
        return started;
    }

    private static void thread(String name, Runnable task) {
        Thread thread = new Thread(task, "circus-python-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Never waits. One that does not read what it is sent is killed, on another thread. */
    void send(Map<String, ? extends @Nullable Object> message) {
        byte[] text = Json.bytes(message);
        byte[] line = new byte[text.length + 1];
        System.arraycopy(text, 0, line, 0, text.length);
        line[text.length] = '\n';
        if (!waiting.offer(line) && !condemned.getAndSet(true)) {
            LOG.log(Level.ERROR, "the Python helper {0} does not read what it is told, and is killed", title());
            thread("kill", this::kill);
        }
    }

    /** With all that it has started and that is in its process group. Runs a program, and waits for that: not for circus-loop. */
    void kill() {
        killed = true;
        Session.kill(process);
    }

    private String title() {
        return Long.toString(process.pid());
    }

    private void write() {
        try (OutputStream out = process.getOutputStream()) {
            while (process.isAlive()) {
                out.write(waiting.take());
                if (waiting.isEmpty()) {
                    out.flush();
                }
            }
        } catch (IOException | InterruptedException over) {
            // The reader tells the end.
        }
    }

    private void read() {
        try (InputStream in = new BufferedInputStream(process.getInputStream(), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int each = in.read(); each >= 0; each = in.read()) {
                if (each != '\n') {
                    line.write(each);
                    if (line.size() > LONGEST_LINE) {
                        throw new IOException("it answered a line of more than " + LONGEST_LINE + " bytes");
                    }
                } else {
                    take(line.toByteArray());
                    line.reset();
                }
            }
        } catch (IOException broken) {
            if (!killed) {
                LOG.log(Level.WARNING, "the Python helper {0} is killed: {1}", title(), broken.getMessage());
            }
        }
        end();
    }

    private void take(byte[] line) {
        Map<String, @Nullable Object> message;
        try {
            message = Json.readObject(line);
        } catch (JsonException strange) {
            LOG.log(
                    Level.WARNING,
                    "the Python helper {0} answered what is no JSON: {1}",
                    title(),
                    strange.getMessage());
            return;
        }
        if (message.get("log") instanceof String level) {
            LOG.log(level(level), String.valueOf(message.get("text")));
        } else {
            listener.message(message);
        }
    }

    private static Level level(String python) {
        return switch (python) {
            case "CRITICAL", "ERROR" -> Level.ERROR;
            case "WARNING" -> Level.WARNING;
            case "DEBUG" -> Level.DEBUG;
            default -> Level.INFO;
        };
    }

    private void end() {
        Session.kill(process);
        // Wakes up the writing thread.
        boolean unused = waiting.offer(new byte[] {'\n'});
        String how = "it did not end";
        try {
            how = Session.end(process.waitFor());
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        }
        listener.ended(how);
    }

    /** What its code prints, line by line. */
    private void log() {
        try (InputStream in = new BufferedInputStream(process.getErrorStream())) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int each = in.read(); each >= 0; each = in.read()) {
                if (each == '\n' || line.size() >= LONGEST_TEXT) {
                    tell(line);
                }
                if (each != '\n') {
                    line.write(each);
                }
            }
            if (line.size() > 0) {
                tell(line);
            }
        } catch (IOException over) {
            // Nothing more to tell.
        }
    }

    private static void tell(ByteArrayOutputStream line) {
        LOG.log(Level.INFO, "python: " + line.toString(StandardCharsets.UTF_8));
        line.reset();
    }
}
