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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

/** A file system that answers nothing holds up its own files only. */
@Timeout(20)
final class HungDiskTest {
    @TempDir
    private Path directory;

    private final HangingStore store = new HangingStore("hung");
    private SocketKernel kernel;

    @BeforeEach
    void startKernel() throws IOException {
        kernel = new SocketKernel(directory.resolve("k.sock"));
    }

    @AfterEach
    void stopKernel() throws Exception {
        kernel.close();
        // What hung in a test must not make a file while JUnit deletes the directory.
        store.end();
    }

    private OutputPump pump() {
        OutputRoutes routes = OutputRoutes.none()
                .with("web", Channel.OUT, new OutputRoute.ToFile(directory.resolve("hung"), Layout.PLAIN))
                .with("api", Channel.OUT, new OutputRoute.ToFile(directory.resolve("api"), Layout.PLAIN));
        OutputPump pump = new OutputPump(
                new OutputPump.Settings(
                        directory.resolve("k.sock"),
                        "circus.test",
                        7,
                        routes,
                        store,
                        Map.of(
                                Channel.OUT, OutputStream.nullOutputStream(),
                                Channel.ERR, OutputStream.nullOutputStream())),
                reason -> {});
        pump.start();
        return pump;
    }

    private void awaitCommitted(StreamId stream, long offset) {
        while (kernel.committed(stream) < offset) {
            Thread.onSpinWait();
        }
    }

    private static void awaitHold(OutputPump pump) {
        while (pump.counts().filesOnHold() == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_write_that_hangs_holds_up_no_other_file_and_is_done_once_in_the_end() throws Exception {
        OutputPump pump = pump();
        StreamId web = kernel.process(1, "circus.test.web.1");
        StreamId api = kernel.process(2, "circus.test.api.1");
        kernel.say(web, "one\n");
        awaitCommitted(web, 4);
        store.hang(true);
        kernel.say(web, "two\n");
        kernel.say(api, "goes on\n");
        awaitCommitted(api, 8);
        awaitHold(pump);
        kernel.say(api, "and on\n");
        awaitCommitted(api, 15);
        assertThat(kernel.committed(web)).isEqualTo(4);
        store.hang(false);
        awaitCommitted(web, 8);
        pump.stop();
        assertThat(Files.readString(directory.resolve("hung"))).isEqualTo("one\ntwo\n");
        assertThat(Files.readString(directory.resolve("api"))).isEqualTo("goes on\nand on\n");
    }

    @Test
    void a_file_that_cannot_even_be_opened_stops_neither_start_nor_stop() throws Exception {
        store.hang(true);
        OutputPump pump = pump();
        StreamId api = kernel.process(2, "circus.test.api.1");
        kernel.say(api, "goes on\n");
        awaitCommitted(api, 8);
        awaitHold(pump);
        pump.stop();
        assertThat(store.hanging()).isPositive();
    }

    @Test
    void what_an_earlier_manager_was_writing_is_settled_when_the_disk_answers() throws Exception {
        StreamId web = kernel.process(1, "circus.test.web.1");
        StreamId api = kernel.process(2, "circus.test.api.1");
        kernel.say(web, "one\ntwo\n");
        Path log = directory.resolve("hung");
        Files.writeString(log, "one\ntwo\n");
        Plan plan = new Plan(
                8,
                LastBytes.checksum("one\ntwo\n".getBytes(StandardCharsets.UTF_8), 0, 8),
                List.of(new Plan.Writer(web, new Speaker("", 0, 42), 0, Layout.PLAIN)),
                List.of(new Plan.Piece(0, 8, 8, null)));
        FileIdentity identity = new DiskStore().look(log).identity();
        LogRecord record = new LogRecord(log.toRealPath().toString(), identity, 0, 0, StreamId.NOBODY, 0, plan, null);
        kernel.put("circus.test.log.x", record.encode());
        store.hang(true);
        OutputPump pump = pump();
        kernel.say(api, "goes on\n");
        awaitCommitted(api, 8);
        assertThat(kernel.committed(web)).isZero();
        store.hang(false);
        kernel.say(web, "three\n");
        awaitCommitted(web, 14);
        pump.stop();
        assertThat(Files.readString(log)).isEqualTo("one\ntwo\nthree\n");
    }
}
