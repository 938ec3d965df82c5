package circus.bench;

import circus.tests.harness.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The C programs of {@code resources/bench}, compiled where they are needed. */
final class Tools {
    private Tools() {}

    static Path compile(String name, Path folder) throws IOException {
        Path source = folder.resolve(name + ".c");
        try (InputStream in = Tools.class.getResourceAsStream("/bench/" + name + ".c")) {
            if (in == null) {
                throw new IllegalArgumentException("no source of " + name);
            }
            Files.copy(in, source);
        }
        Path program = folder.resolve(name);
        Commands.run(Duration.ofSeconds(30), "gcc", "-O2", "-Wall", "-o", program.toString(), source.toString())
                .mustSucceed();
        return program;
    }

    static void script(Path file, String content) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + content + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static boolean has(String program) {
        return Commands.run(Duration.ofSeconds(5), "sh", "-c", "command -v " + program)
                        .exit()
                == 0;
    }

    /** Whether a process may have so many descriptors open: a child of this JVM, which raises its own limit to the most. */
    static boolean mayOpen(long descriptors) {
        String most =
                Commands.run(Duration.ofSeconds(5), "sh", "-c", "ulimit -Hn").text();
        return most.equals("unlimited") || Long.parseLong(most) >= descriptors;
    }

    static void run(List<String> command) {
        Commands.run(Duration.ofMinutes(2), new ProcessBuilder(command)).mustSucceed();
    }

    /** Starts a program whose output nobody wants. */
    static Process start(Path directory, List<String> command) throws IOException {
        return new ProcessBuilder(new ArrayList<>(command))
                .directory(directory.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Asks a program for its end, and waits for it. */
    static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when none of them runs any more, after 20 s at the latest. */
    static void awaitEnds(List<ProcessHandle> processes) {
        try {
            CompletableFuture.allOf(
                            processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(20, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            System.err.println("cannot wait longer for " + processes + " to end: " + late);
        }
    }
}
