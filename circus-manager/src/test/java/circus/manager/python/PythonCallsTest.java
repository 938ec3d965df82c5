package circus.manager.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import circus.manager.python.PythonCalls.LostException;
import circus.manager.python.PythonCalls.Replies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of hooks in a real Python, and what becomes of them and their processes at the end. */
class PythonCallsTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Each notes its process. Then the first waits for ever; so does the second, but that it ends its process the first time. */
    private static final String HOOKS = """
            import os
            import time

            def note():
                with open(os.path.join(os.path.dirname(__file__), 'diary'), 'a') as out:
                    print(os.getpid(), file=out)
                with open(os.path.join(os.path.dirname(__file__), 'diary')) as diary:
                    return len(diary.readlines())

            def wait(**_kwargs):
                note()
                time.sleep(1000)

            def crash(**_kwargs):
                if note() == 1:
                    os._exit(7)
                time.sleep(1000)
            """;

    @TempDir
    private Path folder;

    private PythonCalls calls;

    @BeforeEach
    void begin() throws IOException {
        assumeTrue(Files.isExecutable(PYTHON) || System.getenv("CIRCUS_CI") != null, "needs " + PYTHON);
        Files.writeString(folder.resolve("mine.py"), HOOKS);
        Path helper = Path.of(System.getProperty("basedir", ""), "src/main/python/circus_helper")
                .toAbsolutePath();
        // It is the checkout's.
        Map<String, String> environment = Map.of("PYTHONDONTWRITEBYTECODE", "1");
        calls = new PythonCalls("hooks", new Interpreter(PYTHON, helper, environment), PythonCallsTest::asked);
    }

    @AfterEach
    void end() {
        if (calls != null) {
            calls.close();
        }
    }

    private static void asked(Map<String, @Nullable Object> question, Replies reply) {
        reply.failed("nobody is there to be asked");
    }

    /** A call on a thread of its own, and what it ends with. */
    private final class Call {
        private final CompletableFuture<Exception> end = new CompletableFuture<>();
        private final Thread thread;

        Call(String hook) {
            Map<String, Object> message = Map.of(
                    "name",
                    "mine." + hook,
                    "anew",
                    false,
                    "path",
                    List.of(folder.toString()),
                    "point",
                    "before_start",
                    "watcher",
                    "web",
                    "options",
                    Map.of(),
                    "extra",
                    Map.of());
            thread = new Thread(() -> {
                try {
                    end.complete(
                            new IllegalStateException("it came back: " + calls.call(message, PythonCallsTest::asked)));
                } catch (Exception failure) {
                    end.complete(failure);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        Exception end() throws Exception {
            return end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private List<String> diary() throws IOException {
        Path diary = folder.resolve("diary");
        return Files.exists(diary) ? Files.readAllLines(diary) : List.of();
    }

    private void awaitRuns(int count) throws Exception {
        Deadline.await("runs", PATIENCE, () -> diary().size() == count);
    }

    /** Those that ran. */
    private void awaitNobody() throws Exception {
        for (String pid : diary()) {
            Deadline.await("the end of " + pid, PATIENCE, () -> !Files.exists(Path.of("/proc", pid)));
        }
    }

    @Test
    void what_runs_when_it_is_closed_is_not_run_once_more() throws Exception {
        Call call = new Call("wait");
        awaitRuns(1);

        calls.close();

        assertThat(call.end()).isInstanceOf(LostException.class).hasMessage("it was ended by signal 9");
        assertThat(diary()).hasSize(1);
        awaitNobody();
    }

    @Test
    void a_call_that_is_made_once_more_ends_with_the_others() throws Exception {
        Call call = new Call("crash");
        awaitRuns(2);
        assertThat(diary().get(1)).as("in a process of its own").isNotEqualTo(diary().get(0));

        calls.close();

        assertThat(call.end()).isInstanceOf(LostException.class);
        awaitNobody();
    }

    @Test
    void a_process_that_takes_no_further_calls_ends_with_the_others() throws Exception {
        Call given = new Call("wait");
        awaitRuns(1);
        Call other = new Call("wait");
        awaitRuns(2);
        assertThat(diary().get(1)).as("in the same process").isEqualTo(diary().get(0));
        given.thread.interrupt();
        assertThat(given.end()).isInstanceOf(InterruptedException.class);
        Call next = new Call("wait");
        awaitRuns(3);
        assertThat(diary().get(2)).as("in another process").isNotEqualTo(diary().get(0));

        calls.close();

        assertThat(other.end()).isInstanceOf(LostException.class);
        assertThat(next.end()).isInstanceOf(LostException.class);
        assertThat(diary()).hasSize(3);
        awaitNobody();
    }
}
