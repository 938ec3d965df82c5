package circus.manager;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SIGQUIT, which no JVM gives away: it writes a dump of its threads then, and goes on ({@code sun.misc.Signal} refuses it, and with -Xrs there
 * is nobody who would run a handler at all). So the launcher has the JVM write what it has to say to a file (-XX:LogFile) in a folder
 * that it names by the property {@code circus.dumps}, and here inotify tells when a dump comes. Without the property, or
 * where that does not work, SIGQUIT has no effect but the dump. {@code jstack} and {@code jcmd} get their dumps by another way.
 *
 * <p>The folder is this process's own. The file is unlinked at once, the folder removed at the end; that of a program that was killed is
 * removed by the next one. A pid means nothing in another container that shares the folder above, so a file in it is named after the
 * namespace in which it counts. A thread of its own, which sleeps until then.
 */
final class QuitSignal {
    private static final System.Logger LOG = System.getLogger(QuitSignal.class.getName());
    private static final String FOLDER = "circus.dumps";
    private static final String DUMP = "Full thread dump";

    private final Path file;
    private final InputStream said;
    private String unfinished = "";

    private QuitSignal(Path file, InputStream said) {
        this.file = file;
        this.said = said;
    }

    /** To be called as early as possible, so that the file does not stay. @return empty if nobody can be told */
    static Optional<QuitSignal> prepare() {
        @Nullable String folder = System.getProperty(FOLDER);
        if (folder == null) {
            return Optional.empty();
        }
        // As -XX:LogFile makes it of circus-%p.vm.
        Path file = Path.of(folder, "circus-pid" + ProcessHandle.current().pid() + ".vm");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(Path.of(folder)), "circus-quit-end"));
        try {
            InputStream said = Files.newInputStream(file);
            Files.delete(file);
            Files.createFile(Path.of(folder, namespace()));
            return Optional.of(new QuitSignal(file, said));
        } catch (IOException refused) {
            LOG.log(Level.DEBUG, "SIGQUIT cannot be taken: {0}", refused);
            return Optional.empty();
        }
    }

    /** @param handler run on a thread of its own, once for each dump */
    void handle(Runnable handler) {
        try {
            WatchService watch = file.getFileSystem().newWatchService();
            Path folder = Objects.requireNonNull(file.getParent());
            tidy(Objects.requireNonNull(folder.getParent()));
            folder.register(watch, StandardWatchEventKinds.ENTRY_MODIFY);
            Thread waiting = new Thread(() -> run(watch, handler), "circus-quit");
            waiting.setDaemon(true);
            waiting.start();
        } catch (IOException refused) {
            LOG.log(Level.DEBUG, "SIGQUIT cannot be taken: {0}", refused);
        }
    }

    /** Of the pids that this process sees: {@code pid:[4026531836]}, pid_namespaces(7). */
    private static String namespace() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    }

    private static void remove(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                Files.deleteIfExists(each);
            }
            Files.deleteIfExists(folder);
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "{0} stays: {1}", folder, gone);
        }
    }

    /** Removes the folders of those that were killed. */
    private static void tidy(Path beside) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(beside, "circus*.dumps")) {
            for (Path each : folders) {
                String pid = each.getFileName().toString().replaceAll("[^0-9]", "");
                if (!Files.exists(Path.of("/proc", pid)) && Files.exists(each.resolve(namespace()))) {
                    remove(each);
                }
            }
        }
    }

    private void run(WatchService watch, Runnable handler) {
        try {
            // One may have come before.
            look(handler);
            while (true) {
                WatchKey key = watch.take();
                boolean ours = key.pollEvents().stream()
                        .anyMatch(event ->
                                event.context() == null || file.getFileName().equals(event.context()));
                if (ours) {
                    look(handler);
                }
                if (!key.reset()) {
                    LOG.log(Level.DEBUG, "SIGQUIT is not taken any more: {0} has gone", file.getParent());
                    return;
                }
            }
        } catch (InterruptedException ending) {
            LOG.log(Level.DEBUG, "SIGQUIT is not waited for any more");
        } catch (IOException unreadable) {
            LOG.log(Level.DEBUG, "SIGQUIT is not taken any more: {0}", unreadable);
        }
    }

    /** Reads what the JVM has said since the last time. */
    private void look(Runnable handler) throws IOException {
        String[] lines = (unfinished + new String(said.readAllBytes(), StandardCharsets.UTF_8)).split("\n", -1);
        unfinished = lines[lines.length - 1];
        for (int i = 0; i < lines.length - 1; i++) {
            if (lines[i].startsWith(DUMP)) {
                handler.run();
            } else if (lines[i].contains(" warning: ")) {
                LOG.log(Level.WARNING, "{0}", lines[i]);
            }
        }
    }
}
