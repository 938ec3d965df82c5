package circus.manager;

import circus.manager.arbiter.RunTimeRecord;
import circus.message.Json;
import circus.message.JsonException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state file: what was done at run time, beside the kernel's own record of it, for the day when the kernel is lost or the machine
 * starts anew. Each change is written soon after it was made, by a thread of its own ({@code circus-state}, which is there once something
 * was changed): a new file takes the place of the old one, so that there is always a whole one. Nothing done at run time, no file.
 *
 * <p>As JSON: {@code {"version": 1, "configuration": "/etc/circus.ini", "values": {"watcher.web": "…"}}}; the values are those of the
 * kernel. Any thread may call the methods, but for {@link #read}, which comes first.
 */
final class StateFile implements RunTimeRecord {
    private static final System.Logger LOG = System.getLogger(StateFile.class.getName());
    private static final long VERSION = 1;
    private static final long RETRY_MILLIS = 1_000;

    private final Path file;
    private final Path configuration;
    private final Object lock = new Object();

    // ---- guarded by lock
    private final Map<String, String> values = new TreeMap<>();
    private boolean changed;
    private boolean closing;
    private @Nullable Thread writer;

    private String lastFailure = "";

    /** @param configuration the file that this is about, for people who read it */
    StateFile(Path file, Path configuration) {
        this.file = file.toAbsolutePath();
        this.configuration = configuration;
    }

    /**
     * What the file says. Used once, before anything is changed.
     *
     * @return the values by key; empty if there is no such file, or if it cannot be understood, which is logged
     */
    Map<String, String> read() {
        Map<String, String> found = new LinkedHashMap<>();
        try {
            Map<String, @Nullable Object> json = Json.readObject(Files.readAllBytes(file));
            if (json.get("values") instanceof Map<?, ?> map) {
                map.forEach((key, value) -> found.put(String.valueOf(key), String.valueOf(value)));
            }
        } catch (NoSuchFileException none) {
            return found;
        } catch (IOException | JsonException unreadable) {
            LOG.log(
                    Level.WARNING,
                    "cannot read the state file {0}: {1}; what was done at run time before is forgotten",
                    file,
                    unreadable.getMessage());
        }
        synchronized (lock) {
            values.putAll(found);
        }
        return found;
    }

    @Override
    public void replace(Map<String, String> all) {
        synchronized (lock) {
            if (!values.equals(all)) {
                values.clear();
                values.putAll(all);
                touch();
            }
        }
    }

    @Override
    public void keep(String key, String value) {
        synchronized (lock) {
            if (!value.equals(values.put(key, value))) {
                touch();
            }
        }
    }

    @Override
    public void drop(String key) {
        synchronized (lock) {
            if (values.remove(key) != null) {
                touch();
            }
        }
    }

    /** With the lock. */
    private void touch() {
        changed = true;
        lock.notifyAll();
        if (writer == null && !closing) {
            Thread started = new Thread(this::run, "circus-state");
            started.setDaemon(true);
            writer = started;
            started.start();
        }
    }

    /** Sees to it that what was changed is written, for at most so long. */
    void close(Duration limit) {
        Thread running;
        synchronized (lock) {
            closing = true;
            running = writer;
            lock.notifyAll();
        }
        if (running == null) {
            return;
        }
        try {
            running.join(limit.toMillis());
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        if (running.isAlive()) {
            LOG.log(Level.WARNING, "the state file {0} may lack the last changes: its disk does not answer", file);
        }
    }

    private void run() {
        try {
            while (true) {
                Map<String, String> snapshot;
                synchronized (lock) {
                    while (!changed && !closing) {
                        lock.wait();
                    }
                    if (!changed) {
                        return;
                    }
                    changed = false;
                    snapshot = new TreeMap<>(values);
                }
                if (!written(snapshot)) {
                    synchronized (lock) {
                        if (closing) {
                            return;
                        }
                        changed = true;
                        lock.wait(RETRY_MILLIS);
                    }
                }
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean written(Map<String, String> snapshot) {
        try {
            if (snapshot.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                write(snapshot);
            }
            lastFailure = "";
            return true;
        } catch (IOException failed) {
            String failure = String.valueOf(failed);
            if (!failure.equals(lastFailure)) {
                LOG.log(
                        Level.WARNING,
                        "cannot write the state file {0}: {1}; what is done at run time holds as long as the kernel lives,"
                                + " and the file is tried again",
                        file,
                        failure);
            }
            lastFailure = failure;
            return false;
        }
    }

    private void write(Map<String, String> snapshot) throws IOException {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("configuration", configuration.toString());
        json.put("values", snapshot);
        Path directory = file.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        try (FileChannel channel = FileChannel.open(
                next,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer text = ByteBuffer.wrap((Json.pretty(json) + "\n").getBytes(StandardCharsets.UTF_8));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
