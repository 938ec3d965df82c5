package circus.manager.hook;

import circus.hook.HookPoint;
import circus.message.Json;
import circus.message.JsonException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The hooks that are programs. Exit code 0 is true, another one false; one that cannot be started, or that ends by a signal, has failed.
 * What it writes goes to circusd's log, line by line; for {@code extended_stats} its standard output is a JSON object with what is to be added.
 *
 * <p>Each is the leader of a session of its own, where the machine has {@code setsid}, so that with it everything can be killed that it
 * started. Its output goes to a file without a name and not to a pipe: nobody waits for what it left running, and it survives the end of
 * circusd. For the threads of hooks; blocks until the program has ended or the thread is interrupted.
 */
final class ProgramHooks {
    /** What a shell tells of programs that it cannot run. */
    private static final int NOT_EXECUTABLE = 126;

    private static final int NOT_FOUND = 127;

    /** What a shell, and Java, add to the number of a signal. */
    private static final int SIGNALLED = 128;

    private static final int LAST_SIGNAL = 64;

    /** How often the output is looked at. */
    private static final long LOOK_MILLIS = 100;

    private final Map<String, String> environment;
    private final Optional<Path> setsid;

    ProgramHooks(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.setsid = find("setsid");
    }

    /** @param stats where {@code extended_stats} puts what it has to say */
    boolean run(HookTask task, Map<String, Object> stats) throws HookFailure, InterruptedException {
        Path program = program(task.spec().words().get(0));
        boolean answers = task.point() == HookPoint.EXTENDED_STATS;
        try (HookOutput errors = HookOutput.logged(task);
                HookOutput output = answers ? HookOutput.kept() : errors) {
            Process process = start(task, program, output, errors);
            // From here on the files need no name; who is killed now leaves none behind.
            errors.read();
            output.read();
            int code = await(process, errors, output);
            errors.read();
            output.read();
            boolean result = judge(code, program);
            if (answers && result) {
                stats.putAll(answer(output.text()));
            }
            return result;
        } catch (IOException noFile) {
            throw new HookFailure("cannot keep the output of " + program + ": " + noFile);
        }
    }

    private static boolean judge(int code, Path program) throws HookFailure {
        if (code == NOT_EXECUTABLE || code == NOT_FOUND) {
            throw new HookFailure("cannot run " + program + ": it ended with " + code
                    + ", as what is not executable or not there does");
        }
        if (code > SIGNALLED && code <= SIGNALLED + LAST_SIGNAL) {
            throw new HookFailure(program + " was ended by signal " + (code - SIGNALLED));
        }
        return code == 0;
    }

    private static Map<String, Object> answer(String text) throws HookFailure {
        if (text.isBlank()) {
            return Map.of();
        }
        try {
            Map<String, Object> answer = new LinkedHashMap<>();
            Json.readObject(text).forEach((key, value) -> {
                if (value != null) {
                    answer.put(key, value);
                }
            });
            return answer;
        } catch (JsonException notJson) {
            throw new HookFailure("what it wrote is no JSON object: " + notJson.getMessage());
        }
    }

    private int await(Process process, HookOutput errors, HookOutput output) throws InterruptedException, IOException {
        try {
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                errors.read();
                output.read();
                if (errors.isTooMuch() || output.isTooMuch()) {
                    kill(process);
                }
            }
            return process.exitValue();
        } catch (InterruptedException limit) {
            kill(process);
            throw limit;
        }
    }

    /** The program and all of its process group; without {@code setsid} those that descend from it now. */
    private void kill(Process process) {
        if (setsid.isPresent()) {
            try {
                new ProcessBuilder("/bin/sh", "-c", "kill -s KILL -- \"-$0\"", Long.toString(process.pid()))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException noShell) {
                // What follows does most of it.
            }
        }
        try (Stream<ProcessHandle> descendants = process.descendants()) {
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
        if (setsid.isEmpty()) {
            process.destroyForcibly();
        }
    }

    private Process start(HookTask task, Path program, HookOutput output, HookOutput errors) throws HookFailure {
        List<String> command = new ArrayList<>();
        setsid.ifPresent(path -> command.add(path.toString()));
        command.add(program.toString());
        command.addAll(task.spec().words().subList(1, task.spec().words().size()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(output.redirect())
                .redirectError(errors.redirect());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putAll(told(task));
        try {
            return builder.start();
        } catch (IOException cannot) {
            throw new HookFailure("cannot start " + program + ": " + cannot.getMessage());
        }
    }

    private static Map<String, String> told(HookTask task) {
        Map<String, String> told = new LinkedHashMap<>();
        HookFacts facts = task.facts();
        told.put("CIRCUS_HOOK", task.point().word());
        told.put("CIRCUS_WATCHER", task.watcher());
        put("CIRCUS_WID", facts.wid(), told);
        put("CIRCUS_PID", facts.pid(), told);
        put("CIRCUS_SIGNUM", facts.signum(), told);
        put("CIRCUS_TIME", facts.time() == null ? null : Json.write(Json.seconds(facts.time())), told);
        put("CIRCUS_EXIT_CODE", facts.exitCode(), told);
        return told;
    }

    private static void put(String name, @Nullable Object value, Map<String, String> told) {
        if (value != null) {
            told.put(name, value.toString());
        }
    }

    /** Found here and not by setsid, which could not say what is missing. */
    private Path program(String word) throws HookFailure {
        Optional<Path> found = word.indexOf('/') >= 0 ? Optional.of(Path.of(word)) : find(word);
        Path program =
                found.orElseThrow(() -> new HookFailure("cannot start " + word + ": it is not on circusd's PATH"));
        if (!Files.exists(program)) {
            throw new HookFailure("cannot start " + program + ": there is no such file");
        }
        if (Files.isDirectory(program) || !Files.isExecutable(program)) {
            throw new HookFailure("cannot start " + program + ": it is not executable");
        }
        return program.toAbsolutePath();
    }

    private Optional<Path> find(String program) {
        return Stream.of(environment.getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(path -> Files.isExecutable(path) && !Files.isDirectory(path))
                .findFirst();
    }
}
