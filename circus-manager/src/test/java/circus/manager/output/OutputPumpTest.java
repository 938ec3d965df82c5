package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.disk.DiskStore;
import circus.manager.disk.FileIdentity;
import circus.manager.line.Layout;
import circus.manager.line.Speaker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

/** The thread and the connection, against a kernel on a real socket. */
@Timeout(20)
final class OutputPumpTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private final BlockingQueue<String> lost = new LinkedBlockingQueue<>();
    private SocketKernel kernel;

    @BeforeEach
    void startKernel() throws IOException {
        kernel = new SocketKernel(directory.resolve("k.sock"));
    }

    @AfterEach
    void stopKernel() throws IOException {
        kernel.close();
    }

    private Path log() {
        return directory.resolve("log");
    }

    private OutputPump pump() {
        OutputRoutes routes = OutputRoutes.none().with("Web", Channel.OUT, new OutputRoute.ToFile(log(), Layout.PLAIN));
        OutputPump pump = new OutputPump(
                new OutputPump.Settings(
                        directory.resolve("k.sock"),
                        "circus.test",
                        7,
                        routes,
                        new DiskStore(),
                        Map.of(
                                Channel.OUT, OutputStream.nullOutputStream(),
                                Channel.ERR, OutputStream.nullOutputStream())),
                lost::add);
        pump.start();
        return pump;
    }

    @Test
    void output_is_written_and_committed_before_a_drain_completes() throws Exception {
        OutputPump pump = pump();
        StreamId web = kernel.process(3, "circus.test.web.1");
        StreamId running = kernel.process(4, "circus.test.web.2");
        kernel.say(web, "one\n");
        kernel.say(running, "two\n");
        kernel.say(web, "last words");
        kernel.end(3);
        pump.drain(LIMIT).get(10, TimeUnit.SECONDS);
        assertThat(Files.readString(log())).isEqualTo("one\ntwo\nlast words");
        assertThat(kernel.committed(web)).isEqualTo(14);
        pump.stop();
        assertThat(kernel.requests()).startsWith("lease join circus.test 7", "list values circus.test.log.*");
        assertThat(lost).isEmpty();
    }

    @Test
    void a_drain_that_cannot_complete_does_at_its_limit() throws Exception {
        Files.createDirectory(log());
        OutputPump pump = pump();
        StreamId web = kernel.process(3, "circus.test.web.1");
        kernel.say(web, "cannot be written\n");
        kernel.end(3);
        pump.drain(Duration.ofMillis(50)).get(10, TimeUnit.SECONDS);
        assertThat(pump.counts().filesOnHold()).isEqualTo(1);
        pump.stop();
    }

    @Test
    void the_last_words_of_a_process_are_in_its_file_when_that_is_told() throws Exception {
        OutputPump pump = pump();
        StreamId web = kernel.process(3, "circus.test.web.1");
        kernel.say(web, "one\nlast words");
        CompletableFuture<Void> written = pump.written(3, LIMIT);
        assertThat(written).isNotDone();
        kernel.end(3);
        written.get(10, TimeUnit.SECONDS);
        assertThat(Files.readString(log())).isEqualTo("one\nlast words");
        pump.written(3, LIMIT).get(10, TimeUnit.SECONDS);
        kernel.process(4, "circus.test.web.2");
        kernel.end(4);
        pump.written(4, LIMIT).get(10, TimeUnit.SECONDS);
        pump.stop();
    }

    @Test
    void last_words_that_do_not_come_are_given_up_and_still_written_later() throws Exception {
        OutputPump pump = pump();
        StreamId web = kernel.process(3, "circus.test.web.1");
        pump.written(3, Duration.ofMillis(50)).get(10, TimeUnit.SECONDS);
        kernel.say(web, "of a grandchild\n");
        kernel.end(3);
        pump.written(3, LIMIT).get(10, TimeUnit.SECONDS);
        assertThat(Files.readString(log())).isEqualTo("of a grandchild\n");
        pump.stop();
    }

    @Test
    void what_was_received_in_whole_lines_is_committed_by_a_stop() throws Exception {
        OutputPump pump = pump();
        StreamId web = kernel.process(3, "circus.test.web.1");
        kernel.say(web, "one\ntwo\nthr");
        while (Files.notExists(log()) || Files.size(log()) == 0) {
            Thread.onSpinWait();
        }
        pump.stop();
        assertThat(Files.readString(log())).isEqualTo("one\ntwo\n");
        assertThat(kernel.committed(web)).isEqualTo(8);
        kernel.say(web, "ee\n");
        kernel.end(3);
        OutputPump next = pump();
        next.drain(LIMIT).get(10, TimeUnit.SECONDS);
        next.stop();
        assertThat(Files.readString(log())).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void a_torn_write_is_completed_by_what_the_kernel_sends_again() throws Exception {
        StreamId web = kernel.process(3, "circus.test.web.1");
        kernel.say(web, "one\ntwo\n");
        Files.writeString(log(), "on");
        FileIdentity identity = new DiskStore().look(log()).identity();
        byte[] planned = "one\ntwo\n".getBytes(StandardCharsets.UTF_8);
        Plan plan = new Plan(
                8,
                LastBytes.checksum(planned, 0, 8),
                List.of(new Plan.Writer(web, new Speaker("", 0, 42), 0, Layout.PLAIN)),
                List.of(new Plan.Piece(0, 8, 8, null)));
        LogRecord record = new LogRecord(log().toRealPath().toString(), identity, 0, 0, StreamId.NOBODY, 0, plan, null);
        kernel.put("circus.test.log.x", record.encode());
        kernel.end(3);
        OutputPump pump = pump();
        pump.drain(LIMIT).get(10, TimeUnit.SECONDS);
        pump.stop();
        assertThat(Files.readString(log())).isEqualTo("one\ntwo\n");
        assertThat(kernel.requests()).contains("follow output circus.test.web.1", "follow output circus.test.*");
    }

    @Test
    void gaps_are_told_and_routes_change() throws Exception {
        OutputPump pump = pump();
        StreamId web = kernel.process(3, "circus.test.web.1");
        kernel.say(web, "one\n");
        kernel.lose(web, 100);
        kernel.end(3);
        pump.drain(LIMIT).get(10, TimeUnit.SECONDS);
        assertThat(Files.readString(log())).startsWith("one\n[circus] 100 bytes lost ");
        Path other = directory.resolve("other");
        pump.routes(OutputRoutes.none()
                .with("web", Channel.OUT, OutputRoute.file(other, Layout.PLAIN, FileCare.plain(), Overflow.DROP)));
        StreamId next = kernel.process(4, "circus.test.web.1");
        kernel.say(next, "two\n");
        kernel.end(4);
        pump.drain(LIMIT).get(10, TimeUnit.SECONDS);
        assertThat(Files.readString(other)).isEqualTo("two\n");
        pump.stop();
    }

    @Test
    void the_end_of_the_kernel_is_told() throws Exception {
        OutputPump pump = pump();
        while (!kernel.requests().contains("follow output circus.test.*")) {
            Thread.onSpinWait();
        }
        kernel.hangUp();
        assertThat(lost.poll(10, TimeUnit.SECONDS)).contains("has gone");
        pump.stop();
    }

    @Test
    void a_refused_commit_is_told_and_ends_the_writing() throws Exception {
        kernel.refuseCommits("cannot commit: pid 9 holds the lease");
        OutputPump pump = pump();
        StreamId web = kernel.process(3, "circus.test.web.1");
        kernel.say(web, "one\n");
        assertThat(lost.poll(10, TimeUnit.SECONDS)).contains("pid 9 holds the lease");
        assertThat(log()).isEmptyFile();
        pump.stop();
    }

    @Test
    void a_kernel_that_is_not_there_is_told() throws Exception {
        kernel.close();
        Files.delete(directory.resolve("k.sock"));
        OutputPump pump = pump();
        assertThat(lost.poll(10, TimeUnit.SECONDS)).contains("cannot reach a kernel");
        pump.stop();
    }
}
