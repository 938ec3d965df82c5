package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.Color;
import circus.manager.line.Layout;
import circus.options.SyslogAddress;
import circus.stream.Output;
import circus.stream.OutputStreamer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.wire.Frame.Channel;

/** What goes neither to a file nor as it is to the console. */
@Timeout(60)
final class OutletsTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private static OutputRoute syslog(SyslogAddress.Transport transport, int port, Layout layout) {
        return new OutputRoute.ToSyslog(
                new SyslogAddress(transport, "127.0.0.1", port), 16, "my shop", layout, Overflow.DROP);
    }

    @Test
    void a_datagram_for_each_line_goes_to_a_remote_syslog() throws IOException {
        try (DatagramSocket there = new DatagramSocket(new InetSocketAddress(HERE, 0))) {
            Rig rig = new Rig();
            rig.route("web", Channel.OUT, syslog(SyslogAddress.Transport.UDP, there.getLocalPort(), Layout.PLAIN));
            rig.route("web", Channel.ERR, syslog(SyslogAddress.Transport.UDP, there.getLocalPort(), Layout.PLAIN));
            StreamId web = rig.process(1, "web");
            rig.say(web, "one\ntwo €\n");
            rig.say(new StreamId(1, Channel.ERR), "oh\n");
            rig.await(() -> rig.committed(web) == 12);
            List<String> messages = List.of(receive(there), receive(there), receive(there));
            assertThat(messages)
                    .anyMatch(message ->
                            message.matches("<134>1 2020-09-13T12:26:40\\.\\d{6}Z \\S+ my_shop 4001 stdout - one"))
                    .anyMatch(message -> message.endsWith(" my_shop 4001 stdout - two €"))
                    .anyMatch(message -> message.matches("<131>1 .* my_shop 4001 stderr - oh"));
        }
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void a_long_line_comes_in_several_datagrams_none_of_which_parts_a_character() throws IOException {
        try (DatagramSocket there = new DatagramSocket(new InetSocketAddress(HERE, 0))) {
            Rig rig = new Rig();
            rig.route("web", Channel.OUT, syslog(SyslogAddress.Transport.UDP, there.getLocalPort(), Layout.PLAIN));
            StreamId web = rig.process(1, "web");
            String line = "€".repeat(5_000);
            rig.say(web, line + "\n");
            rig.await(() -> rig.committed(web) == 15_001);
            StringBuilder text = new StringBuilder();
            while (text.length() < line.length()) {
                text.append(receive(there).replaceFirst("^<134>1 .* stdout - ", ""));
            }
            assertThat(text.toString()).isEqualTo(line);
        }
    }

    @Test
    void a_connection_to_a_syslog_is_made_again_and_nothing_waits_in_vain() throws IOException {
        try (ServerSocket there = new ServerSocket(0, 5, HERE)) {
            Rig rig = new Rig();
            rig.route(
                    "web",
                    Channel.OUT,
                    syslog(
                            SyslogAddress.Transport.TCP,
                            there.getLocalPort(),
                            Layout.text(Optional.empty(), List.of(Layout.Part.WID))));
            StreamId web = rig.process(1, "web");
            rig.say(web, "one\n");
            try (Socket first = accepted(there, rig)) {
                assertThat(message(first.getInputStream())).endsWith(" my_shop 4001 stdout - [1] | one");
            }
            rig.await(() -> rig.committed(web) == 4);
            rig.say(web, "two\n");
            try (Socket second = accepted(there, rig)) {
                assertThat(message(second.getInputStream())).endsWith(" [1] | two");
            }
            rig.await(() -> rig.committed(web) == 8);
        }
    }

    private static Socket accepted(ServerSocket there, Rig rig) throws IOException {
        rig.settle();
        return there.accept();
    }

    private static String message(InputStream in) throws IOException {
        ByteArrayOutputStream length = new ByteArrayOutputStream();
        for (int c = in.read(); c > ' '; c = in.read()) {
            length.write(c);
        }
        byte[] message = in.readNBytes(Integer.parseInt(length.toString(StandardCharsets.US_ASCII)));
        return new String(message, StandardCharsets.UTF_8);
    }

    @Test
    void a_syslog_that_is_not_there_holds_up_its_stream_alone(@TempDir Path directory) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, HERE)) {
            port = free.getLocalPort();
        }
        Rig rig = new Rig();
        rig.route("web", Channel.OUT, syslog(SyslogAddress.Transport.TCP, port, Layout.PLAIN));
        rig.toFile("api", directory.resolve("log"));
        StreamId web = rig.process(1, "web");
        StreamId api = rig.process(2, "api");
        rig.say(web, "waits\n");
        rig.say(api, "goes on\n");
        rig.await(() -> rig.book().counts().troubles() > 0);
        assertThat(Rig.text(directory.resolve("log"))).isEqualTo("goes on\n");
        assertThat(rig.committed(web)).isZero();
        try (ServerSocket there = new ServerSocket(port, 1, HERE);
                Socket connected = there.accept()) {
            assertThat(message(connected.getInputStream())).endsWith(" - waits");
            rig.await(() -> rig.committed(web) == 6);
        }
    }

    @Test
    void what_waits_for_a_syslog_that_is_not_there_goes_where_the_stream_is_sent_next(@TempDir Path directory)
            throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, HERE)) {
            port = free.getLocalPort();
        }
        Rig rig = new Rig();
        rig.route("web", Channel.OUT, syslog(SyslogAddress.Transport.TCP, port, Layout.PLAIN));
        StreamId web = rig.process(1, "web");
        rig.say(web, "waits\nhalf");
        rig.await(() -> rig.book().counts().troubles() > 0);
        rig.toFile("web", directory.resolve("log"));
        rig.say(web, " and half\n");
        rig.settle();
        assertThat(Rig.text(directory.resolve("log"))).isEqualTo("waits\nhalf and half\n");
        assertThat(rig.committed(web)).isEqualTo(20);
    }

    @Test
    void the_local_syslog_gets_lines_by_the_program_logger(@TempDir Path directory)
            throws IOException, InterruptedException {
        Path socket = Files.createFile(directory.resolve("log"));
        Path got = directory.resolve("got");
        LoggerProgram logger = new LoggerProgram(
                List.of("sh", "-c", "echo \"$@\" > " + got + "; exec cat >> " + got, "logger"),
                socket.toString(),
                "shop");
        logger.send(
                List.of("<30>one\n".getBytes(StandardCharsets.UTF_8), "<27>two\n".getBytes(StandardCharsets.UTF_8)));
        logger.close();
        assertThat(Files.readString(got))
                .isEqualTo("--socket " + socket + " --socket-errors=on --tag shop --prio-prefix --size 8KiB\n"
                        + "<30>one\n<27>two\n");
    }

    @Test
    void what_logger_complains_of_is_told(@TempDir Path directory) throws IOException, InterruptedException {
        Path socket = Files.createFile(directory.resolve("log"));
        LoggerProgram logger = new LoggerProgram(
                List.of("sh", "-c", "echo no such luck; exit 1", "logger"), socket.toString(), "shop");
        IOException refused = null;
        while (refused == null) {
            try {
                logger.send(List.of("<30>x\n".getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                refused = e;
            }
        }
        assertThat(refused).hasMessage("no such luck");
        logger.close();
        LoggerProgram nowhere =
                new LoggerProgram(List.of("false"), directory.resolve("none").toString(), "shop");
        try {
            nowhere.send(List.of());
        } catch (IOException e) {
            refused = e;
        }
        assertThat(refused).hasMessageContaining("there is no ");
    }

    /** What users might write. */
    private static final class Collector implements OutputStreamer {
        final List<String> calls;
        private boolean opened;

        Collector(List<String> calls) {
            this.calls = calls;
        }

        @Override
        public void open() throws IOException {
            if (calls.isEmpty()) {
                calls.add("cannot open");
                throw new IOException("not yet");
            }
            opened = true;
            calls.add("open");
        }

        @Override
        public void write(Output output) {
            String text = new String(output.data(), StandardCharsets.UTF_8);
            if (text.startsWith("bad") || !opened) {
                throw new IllegalStateException(text);
            }
            calls.add(output.pid() + " " + output.name() + " " + (long) output.timestamp() + " " + text);
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    @Test
    void a_class_of_the_user_gets_each_line_and_its_failures_stop_nothing() {
        List<String> first = new CopyOnWriteArrayList<>();
        List<String> second = new CopyOnWriteArrayList<>();
        List<String> made = new CopyOnWriteArrayList<>();
        Rig rig = new Rig(OutputStream.nullOutputStream(), false, (className, options) -> {
            made.add(className);
            return new Collector("1".equals(options.get("n")) ? first : second);
        });
        rig.route("web", Channel.OUT, custom("1"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "o");
        rig.say(web, "ne\ntwo\nbad\nbad again\nthree\n");
        rig.await(() -> rig.committed(web) == 28);
        assertThat(first)
                .containsExactly(
                        "cannot open",
                        "open",
                        "4001 stdout 1600000000 one\n",
                        "4001 stdout 1600000000 two\n",
                        "4001 stdout 1600000000 three\n");
        assertThat(rig.book().counts().troubles()).isEqualTo(3);
        rig.route("web", Channel.OUT, custom("2"));
        rig.say(web, "four\n");
        rig.await(() -> rig.committed(web) == 33);
        rig.await(() -> first.contains("close"));
        assertThat(second).endsWith("4001 stdout 1600000000 four\n");
        assertThat(made).containsOnly("my.Collector");
    }

    private static OutputRoute custom(String number) {
        return new OutputRoute.ToCustom("my.Collector", Map.of("n", number), "web", Channel.OUT, Overflow.DROP);
    }

    @Test
    void colours_are_for_terminals() {
        Layout layout =
                new Layout(Layout.Shape.FANCY, Optional.of("T"), List.of(Layout.Part.WATCHER), Optional.of(Color.RED));
        for (boolean terminal : new boolean[] {true, false}) {
            ConcurrentLinkedQueue<String> shown = new ConcurrentLinkedQueue<>();
            Rig rig = new Rig(
                    new OutputStream() {
                        @Override
                        public void write(int b) {
                            throw new UnsupportedOperationException();
                        }

                        @Override
                        public void write(byte[] bytes, int from, int count) {
                            shown.add(new String(bytes, from, count, StandardCharsets.UTF_8));
                        }
                    },
                    terminal,
                    CustomStreams.NONE);
            rig.route("web", Channel.OUT, OutputRoute.stdout(layout, Overflow.DROP));
            StreamId web = rig.process(1, "web");
            rig.say(web, "one\n\n");
            rig.await(() -> rig.committed(web) == 5);
            String line = "T [web] | one";
            assertThat(String.join("", shown))
                    .isEqualTo(terminal ? "\u001b[0;31;40m" + line + "\u001b[0m\n" : line + "\n");
        }
    }
}
