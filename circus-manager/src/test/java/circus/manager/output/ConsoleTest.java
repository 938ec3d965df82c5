package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.Layout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

/** What goes to circusd's own stdout. */
final class ConsoleTest {
    @TempDir
    private Path directory;

    @Test
    void a_channel_without_a_stream_is_passed_on_in_whole_lines() {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        Rig rig = new Rig(stdout);
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        rig.say(web, "fir");
        rig.say(api, "second\n");
        rig.say(web, "st\n");
        rig.await(() -> rig.committed(web) == 6 && rig.committed(api) == 7);
        assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("second\nfirst\n");
        rig.say(web, "open");
        rig.await(() -> rig.committed(web) == 10);
        assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("second\nfirst\nopen");
    }

    @Test
    void losses_are_told_for_a_stream_and_passed_over_without_one() {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        Rig rig = new Rig(stdout);
        rig.route("api", Channel.OUT, OutputRoute.stdout(Layout.PLAIN, Overflow.DROP));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        for (StreamId stream : new StreamId[] {web, api}) {
            rig.say(stream, "lost\n");
            rig.say(stream, "here\n");
            rig.kernel.dropOldest(stream, 1);
        }
        rig.await(() -> rig.committed(web) == 10 && rig.committed(api) == 10);
        assertThat(stdout.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("[circus] 5 bytes lost")
                .endsWith("here\n");
    }

    @Test
    void a_process_is_done_though_all_that_it_said_was_lost() {
        Rig rig = new Rig();
        StreamId web = rig.process(1, "web");
        rig.say(web, "lost\n");
        rig.kernel.dropOldest(web, 1);
        rig.kernel.end(1);
        rig.await(() -> rig.book().isDone(1));
        assertThat(rig.committed(web)).isEqualTo(5);
    }

    @Test
    void a_blocked_terminal_holds_up_only_what_goes_there_and_loses_nothing() throws IOException {
        CountDownLatch unblocked = new CountDownLatch(1);
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Rig rig = new Rig(new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                try {
                    unblocked.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                shown.write(bytes, from, count);
            }
        });
        rig.toFile("api", directory.resolve("log"));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < 3 * 64; i++) {
            String chunk = ("line " + i + " " + "x".repeat(16 * 1024)).substring(0, 16 * 1024 - 1) + "\n";
            said.append(chunk);
            rig.say(web, chunk);
        }
        rig.say(api, "goes on\n");
        rig.settle();
        assertThat(Rig.text(directory.resolve("log"))).isEqualTo("goes on\n");
        assertThat(rig.kernel.pipe(web).isPaused).isTrue();
        assertThat(rig.committed(web)).isZero();
        unblocked.countDown();
        rig.await(() -> rig.committed(web) == said.length());
        assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo(said.toString());
    }

    @Test
    void when_nobody_reads_any_more_everything_is_dropped_and_goes_on() {
        Rig rig = new Rig(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        StreamId web = rig.process(1, "web");
        rig.say(web, "to nobody\n");
        rig.await(() -> rig.committed(web) == 10);
        rig.say(web, "to nobody\n");
        rig.await(() -> rig.committed(web) == 20);
    }

    @Test
    void a_file_that_is_stdout_goes_to_the_console() {
        Layout format = Layout.timed("%H:%M");
        assertThat(OutputRoute.file(Path.of("/dev/stdout"), format, FileCare.plain(), Overflow.DROP))
                .isEqualTo(new OutputRoute.ToConsole(Channel.OUT, format, true, Overflow.DROP));
        assertThat(OutputRoute.file(Path.of("/proc/self/fd/2"), format, FileCare.plain(), Overflow.DROP))
                .isEqualTo(new OutputRoute.ToConsole(Channel.ERR, format, true, Overflow.DROP));
        assertThat(OutputRoute.file(Path.of("/dev/null"), Layout.timed(""), FileCare.plain(), Overflow.DROP))
                .isEqualTo(new OutputRoute.ToFile(Path.of("/dev/null"), Layout.PLAIN));
    }
}
