package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.message.Json;
import circus.message.JsonException;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The streams that docs/logs.md tells of, besides plain files. */
@ExtendWith(HomeExtension.class)
class LogsTest {
    private static final Duration TO_ARRIVE = Duration.ofSeconds(30);

    private final Home home;

    LogsTest(Home home) {
        this.home = home;
    }

    private Circus talker(String script, String streams) {
        home.script("talk.sh", script);
        return home.circus("talk", "", "[watcher:Talker]\ncmd = ./talk.sh\ncopy_env = true\n" + streams);
    }

    private static List<String> messages(Path file) {
        List<String> messages = new ArrayList<>();
        for (String line : (Iterable<String>) Home.read(file).lines()::iterator) {
            try {
                messages.add(String.valueOf(Json.readObject(line).get("message")));
            } catch (JsonException e) {
                throw new AssertionError(line, e);
            }
        }
        return messages;
    }

    private static List<String> numbers(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(Integer::toString).toList();
    }

    @Test
    void json_has_each_line_once_although_circusd_is_killed() {
        Path log = home.path("out.json");
        Circus circus = talker(
                "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; [ $((i % 30)) -ne 0 ] || sleep 0.03; done; exec sleep 1000\n",
                "stdout_stream.class = JsonStream\nstdout_stream.filename = " + log + "\n");
        circus.start();
        int pid = circus.awaitWorkers("talker", 1).get(0);
        for (int i = 1; i <= 3; i++) {
            int soFar = messages(log).size();
            await().atMost(TO_ARRIVE).until(() -> Home.read(log).lines().count() > soFar + 100);
            circus.manager().kill9();
            circus.start();
        }
        await().atMost(TO_ARRIVE).until(() -> Home.read(log).contains("\"message\":\"3000\""));
        assertThat(messages(log)).isEqualTo(numbers(3000));
        assertThat(Home.read(log).lines())
                .allMatch(line ->
                        line.matches("\\{\"time\":\"[0-9-]+T[0-9:.]+Z\",\"watcher\":\"Talker\",\"wid\":1,\"pid\":" + pid
                                + ",\"stream\":\"stdout\",\"message\":\"\\d+\"}"));
        circus.terminate();
    }

    @Test
    void streams_are_exchanged_while_a_worker_prints_and_no_line_is_lost_or_doubled() {
        Path plain = home.path("plain.log");
        Path named = home.path("named.log");
        Path json = home.path("json.log");
        Circus circus = talker(
                "i=0; while [ ! -e enough ]; do i=$((i+1)); echo $i; [ $((i % 20)) -ne 0 ] || sleep 0.01; done; echo end; exec sleep"
                        + " 1000\n",
                "stdout_stream.filename = " + plain + "\n");
        circus.start();
        circus.awaitWorkers("talker", 1);
        await().atMost(TO_ARRIVE).until(() -> Home.read(plain).contains("\n100\n"));
        assertThat(circus.tell(
                        "set",
                        "talker",
                        "stdout_stream.filename",
                        named.toString(),
                        "stdout_stream.prefix",
                        "watcher, wid"))
                .isEqualTo("ok");
        await().atMost(TO_ARRIVE).until(() -> Home.read(named).lines().count() > 100);
        assertThat(circus.tell(
                        "set",
                        "talker",
                        "stdout_stream.class",
                        "JsonStream",
                        "stdout_stream.filename",
                        json.toString(),
                        "stdout_stream.prefix",
                        ""))
                .isEqualTo("ok");
        await().atMost(TO_ARRIVE).until(() -> Home.read(json).lines().count() > 100);
        Commands.Result refused = circus.ctl("set", "talker", "stdout_stream.color", "red");
        assertThat(refused.errors() + refused.output()).contains("stdout_stream.color has no effect on a JsonStream");
        assertThat(circus.tell("options", "talker")).contains("JsonStream");
        home.write("enough", "");
        await().atMost(TO_ARRIVE).until(() -> messages(json).contains("end"));

        List<String> all = new ArrayList<>(Home.read(plain).lines().toList());
        Home.read(named).lines().forEach(line -> {
            assertThat(line).startsWith("[Talker.1] | ");
            all.add(line.substring("[Talker.1] | ".length()));
        });
        all.addAll(messages(json));
        assertThat(all.remove(all.size() - 1)).isEqualTo("end");
        assertThat(all).isEqualTo(numbers(all.size()));
        circus.terminate();
    }

    @Test
    void a_relative_name_is_counted_from_the_directory_of_circusd() throws IOException {
        Files.createDirectory(home.path("elsewhere"));
        Circus circus = talker(
                "echo here; exec sleep 1000\n",
                "stdout_stream.filename = near.log\nstdout_stream.file_mode = 604\nworking_dir = elsewhere\n"
                        .replace("elsewhere", home.path("elsewhere").toString())
                        .replace("working_dir", "args = x\nworking_dir"));
        circus.edit("cmd = ./talk.sh", "cmd = " + home.path("talk.sh"));
        circus.start();
        await().atMost(TO_ARRIVE).until(() -> Home.read(home.path("near.log")).equals("here\n"));
        circus.terminate();
    }

    @Test
    void lines_for_people_come_out_of_circusd_without_colours_where_nobody_sees_them() {
        Circus circus = talker(
                "echo first; echo; echo second; exec sleep 1000\n",
                "stdout_stream.class = FancyStdoutStream\nstdout_stream.prefix = watcher, wid\nstdout_stream.time_format = T\n");
        circus.start();
        await().atMost(TO_ARRIVE)
                .until(() -> circus.manager().output().contains("T [Talker.1] | first\nT [Talker.1] | second\n"));
        circus.terminate();
    }

    @Test
    void messages_go_to_a_syslog_on_another_machine() throws IOException {
        try (DatagramSocket there = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            there.setSoTimeout((int) TO_ARRIVE.toMillis());
            Circus circus = talker(
                    "echo good; sleep 0.2; echo bad >&2; exec sleep 1000\n",
                    "stdout_stream.class = SyslogStream\nstdout_stream.address = udp://127.0.0.1:"
                            + there.getLocalPort()
                            + "\nstderr_stream.class = SyslogStream\nstderr_stream.address = udp://127.0.0.1:"
                            + there.getLocalPort() + "\nstderr_stream.facility = local0\nstderr_stream.tag = shop\n");
            circus.start();
            int pid = circus.awaitWorkers("talker", 1).get(0);
            assertThat(received(there)).matches("<30>1 [0-9-]+T[0-9:.]+Z \\S+ Talker " + pid + " stdout - good");
            assertThat(received(there)).matches("<131>1 [0-9-]+T[0-9:.]+Z \\S+ shop " + pid + " stderr - bad");
            circus.terminate();
        }
    }

    @Test
    void a_syslog_that_cannot_be_reached_is_told() throws IOException {
        int nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = gone.getLocalPort();
        }
        Circus circus = talker(
                "echo said; exec sleep 1000\n",
                "stdout_stream.class = SyslogStream\nstdout_stream.address = tcp://127.0.0.1:" + nobody + "\n");
        circus.start();
        await().atMost(TO_ARRIVE)
                .until(() -> circus.tell("status", "talker")
                        .contains("output waits for syslog at tcp://127.0.0.1:" + nobody + ": "));
        try (ServerSocket there = new ServerSocket(nobody, 1, InetAddress.getLoopbackAddress());
                Socket sender = there.accept()) {
            sender.setSoTimeout((int) TO_ARRIVE.toMillis());
            byte[] length = sender.getInputStream().readNBytes(3);
            int count = Integer.parseInt(new String(length, StandardCharsets.UTF_8).strip());
            byte[] message = sender.getInputStream().readNBytes(count);
            assertThat(new String(message, StandardCharsets.UTF_8)).endsWith(" stdout - said");
            await().atMost(TO_ARRIVE)
                    .until(() -> !circus.tell("status", "talker").contains("output waits"));
        }
        circus.terminate();
    }

    private static String received(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    /** Java cannot take datagrams from a Unix socket; so Python plays the syslog. */
    @Test
    void messages_go_to_the_syslog_of_this_machine_by_logger() throws IOException, InterruptedException {
        Path socket = home.path("log");
        Path got = home.path("got");
        home.write("syslog.py", """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s.bind(sys.argv[1])
                with open(sys.argv[2], "ab", 0) as got:
                    while True:
                        got.write(s.recv(65536).rstrip(b"\\0\\n") + b"\\n")
                """);
        Process syslog = home.prepared(
                        List.of("python3", home.path("syslog.py").toString(), socket.toString(), got.toString()))
                .start();
        try {
            await().atMost(TO_ARRIVE).until(() -> Files.exists(socket));
            Circus circus = talker(
                    "echo good; sleep 0.2; echo worse; exec sleep 1000\n",
                    "stdout_stream.class = SyslogStream\nstdout_stream.address = " + socket
                            + "\nstdout_stream.prefix = wid\nstdout_stream.tag = shop\n");
            circus.start();
            await().atMost(TO_ARRIVE)
                    .untilAsserted(() -> assertThat(Home.read(got))
                            .matches("<30>.* shop: \\[1] \\| good\n<30>.* shop: \\[1] \\| worse\n"));
            circus.terminate();
        } finally {
            syslog.destroy();
            syslog.waitFor();
        }
    }

    @Test
    void output_goes_to_a_class_in_java_of_the_user() throws IOException {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a compiler");
        Path classes = Files.createDirectories(home.path("classes"));
        String library;
        try (Stream<Path> jars = Files.list(Installation.built().resolve("lib/circus"))) {
            library = jars.filter(jar -> jar.getFileName().toString().startsWith("circus-protocol"))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
        String source = Home.read(Installation.checkout().resolve("examples/logs/Counter.java"));
        Path file = home.write("my/Counter.java", "package my;\n" + source);
        assertThat(compiler.run(null, null, null, "-cp", library, "-d", classes.toString(), file.toString()))
                .isZero();
        Path count = home.path("count");
        home.script("talk.sh", "echo one; echo two; exec sleep 1000\n");
        Circus circus = home.circus(
                "talk",
                "extension_path = " + classes + "\n",
                "[watcher:talker]\ncmd = ./talk.sh\ncopy_env = true\nstdout_stream.class = my.Counter\nstdout_stream.file = "
                        + count + "\n");
        circus.start();
        int pid = circus.awaitWorkers("talker", 1).get(0);
        await().atMost(TO_ARRIVE)
                .untilAsserted(() ->
                        assertThat(Home.read(count)).matches("2 lines, the last of " + pid + " at [0-9.E]+: two\n"));
        circus.terminate();
    }
}
