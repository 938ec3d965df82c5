package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What Circus makes of a socket's options, recorded from it (contract/sockets.md 8), beside what ours makes of them. The options of a
 * vector are separated by blanks; DIR is a folder of the test's.
 */
@ExtendWith(HomeExtension.class)
class SocketVectorsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /**
     * One vector.
     *
     * @param circus what Circus 0.19 does
     * @param ours for one that is opened, words in its line of papa's {@code list sockets}, and {@code mode=OCTAL} of its file; for one
     *     that is refused, a part of the message
     * @param why ours differs; empty if it does not
     */
    private record Vector(String options, String circus, String ours, String why) {
        Vector(String options, String circus, String ours) {
            this(options, circus, ours, "");
        }

        /** As a section of the file. */
        String section(int number, Path folder) {
            return "[socket:v" + number + "]\n"
                    + options.replace("DIR", folder.toString())
                            .replace(' ', '\n')
                            .replace("=", " = ") + "\n";
        }
    }

    private static final List<Vector> OPENED = List.of(
            new Vector("port=0", "127.0.0.1:N", "type=stream backlog=2048 address=127.0.0.1 nonblocking=1"),
            new Vector(
                    "host=127.0.0.1 port=0 backlog=5 blocking=true",
                    "127.0.0.1:N, blocking, backlog 5",
                    "backlog=5 address=127.0.0.1 nonblocking=0"),
            new Vector("host=0.0.0.0 port=0", "0.0.0.0:N", "address=0.0.0.0"),
            new Vector("port=0 type=SOCK_DGRAM", "bound", "type=dgram address=127.0.0.1"),
            new Vector("port=0 type=sock_dgram proto=udp", "bound, proto 17", "type=dgram"),
            new Vector("path=DIR/a", "mode 767", "family=unix type=stream mode=767"),
            new Vector("path=DIR/b umask=000", "mode 777", "mode=777"),
            new Vector("path=DIR/c umask=022", "mode 751", "mode=755", "umask is octal, DECISIONS.md Q22"),
            new Vector(
                    "path=DIR/h umask=0o22",
                    "invalid literal for int()",
                    "mode=755",
                    "umask is octal, DECISIONS.md Q22"),
            new Vector("path=DIR/d umask=077", "mode 662", "mode=700", "umask is octal, DECISIONS.md Q22"),
            new Vector("path=DIR/e type=SOCK_DGRAM port=9", "mode 767", "type=dgram mode=767"),
            new Vector("path=DIR/f type=SOCK_SEQPACKET", "mode 767", "type=seqpacket mode=767"),
            new Vector("path=DIR/stale replace=True", "mode 767", "mode=767"),
            new Vector("path=DIR/g replace=false", "mode 767", "mode=767"),
            new Vector(
                    "port=0 so_reuseport=True",
                    "bound",
                    "reuseport=1 listen=0",
                    "each worker has its own, sockets.md 4"),
            new Vector("port=0 interface=lo", "No module named 'IN'", "interface=lo", "ours can, sockets.md 1"));

    /** Refused by the system, all at once, when circusd starts. */
    private static final List<Vector> CANNOT_BE_OPENED = List.of(
            new Vector(
                    "host=no.such.host.invalid port=1",
                    "Name or service not known",
                    "host no.such.host.invalid has no address of family inet"),
            new Vector("port=0 type=SOCK_STREAM proto=udp", "[Errno 93]", "EPROTONOSUPPORT"),
            new Vector("path=DIR/there", "'/run/x/z.sock' already exists", "EADDRINUSE"),
            new Vector(
                    "path=DIR/live replace=yes", "taken from the other", "EADDRINUSE", "only what is dead gives way"),
            new Vector("path=/nonexistent/x", "[Errno 2] No such file or directory", "ENOENT"));

    /** Refused by {@code --check} already, all at once, with file and line. */
    private static final List<Vector> MISTAKES = List.of(
            new Vector("host=::1 port=0", "ValueError: ('::1', 0)", "it is an IPv6 address"),
            new Vector("host= port=0", "Name or service not known", "it names no address"),
            new Vector("port=http", "invalid literal for int()", "'http' is not an integer"),
            new Vector("port=0 proto=zork", "protocol not found", "there is no protocol of that name"),
            new Vector("port=0 type=SOCK_RAW", "[Errno 93]", "a raw socket needs a protocol"),
            new Vector("port=0 type=SOCK_RDM", "[Errno 94]", "Linux has it for none"),
            new Vector("port=0 type=SOCK_SEQPACKET", "[Errno 94]", "Linux has it for Unix sockets only"),
            new Vector("port=0 type=BOGUS", "KeyError", "'BOGUS' is not a known socket type"),
            new Vector("port=0 family=BOGUS", "KeyError", "'BOGUS' is not a known address family"),
            new Vector("port=0 so_reuseport=maybe", "'maybe' is not a boolean", "'maybe' is not a boolean"),
            new Vector(
                    "port=80800",
                    "bound 127.0.0.1:15264",
                    "'80800' is not a port",
                    "a port out of range, sockets.md 1"));

    private final Home home;
    private final Path folder;

    SocketVectorsTest(Home home) throws IOException {
        this.home = home;
        this.folder = Files.createDirectories(home.path("sockets"));
    }

    private String file(List<Vector> vectors) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < vectors.size(); i++) {
            text.append(vectors.get(i).section(i, folder));
        }
        return text.toString();
    }

    /** Lets a socket file behind on which nobody listens, or one on which somebody does. */
    private void bind(String name, boolean alive) {
        String script = "use IO::Socket::UNIX; $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die $!;"
                + (alive ? " fork and exit; close STDOUT; close STDERR; sleep 1000" : "");
        Commands.run(LIMIT, "/usr/bin/perl", "-e", script, folder.resolve(name).toString())
                .mustSucceed();
    }

    private static Map<String, String> held(Circus circus) {
        Map<String, String> held = new TreeMap<>();
        try (var session = circus.kernelSession()) {
            session.ask("hello");
            session.ask("list sockets")
                    .lines()
                    .forEach(line -> held.put(line.replaceFirst(" .*", "").replaceFirst(".*\\.", ""), line + " "));
        }
        return held;
    }

    @Test
    void what_can_be_opened_is_as_in_circus() throws IOException {
        bind("stale", false);
        Circus circus = home.circus("opened", "", file(OPENED));
        circus.start();

        Map<String, String> held = held(circus);

        for (int i = 0; i < OPENED.size(); i++) {
            Vector vector = OPENED.get(i);
            String line = held.getOrDefault("v" + i, "");
            for (String word : vector.ours().split(" ")) {
                String known = word.startsWith("mode=") ? "mode=" + mode(vector) : line;
                assertThat(known).as(vector.toString()).contains(word);
            }
        }
        circus.terminate();
        assertThat(folder).as("files of sockets are gone with them").isEmptyDirectory();
        home.mustBeEmpty();
    }

    private String mode(Vector vector) throws IOException {
        String name = vector.options().replaceFirst(".*DIR/(\\S+).*", "$1");
        return Integer.toOctalString((Integer) Files.getAttribute(folder.resolve(name), "unix:mode") & 0777);
    }

    @Test
    void addresses_of_ipv6_are_those_of_their_family() throws IOException {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this machine has no IPv6");
        Circus circus = home.circus("six", "", "[socket:s]\nhost = ::1\nport = 0\nfamily = AF_INET6\n");
        circus.start();
        assertThat(held(circus).get("s")).contains("family=inet6").contains("address=0:0:0:0:0:0:0:1 ");
        circus.terminate();

        // Circus takes the first address of any family, 127.0.0.1, and cannot bind it; ours that of the family,
        // sockets.md 2.
        boolean has = Arrays.stream(InetAddress.getAllByName("localhost")).anyMatch(Inet6Address.class::isInstance);
        Circus localhost = home.circus("name", "", "[socket:s]\nhost = localhost\nport = 0\nfamily = af_inet6\n");
        if (has) {
            localhost.start();
            localhost.terminate();
        } else {
            assertThat(localhost.launch().awaitExit(LIMIT)).isEqualTo(1);
            assertThat(localhost.manager().errors()).contains("host localhost has no address of family inet6");
        }
    }

    @Test
    void what_the_system_refuses_keeps_circusd_from_starting_and_is_told_at_once() throws IOException {
        bind("live", true);
        home.write("sockets/there", "not a socket\n");
        Circus circus = home.circus("refused", "", file(CANNOT_BE_OPENED));

        assertThat(circus.launch().awaitExit(LIMIT)).isEqualTo(1);

        for (int i = 0; i < CANNOT_BE_OPENED.size(); i++) {
            int number = i;
            assertThat(circus.manager().errors().lines())
                    .as(CANNOT_BE_OPENED.get(i).toString())
                    .anyMatch(line -> line.contains("cannot open socket v" + number + " at ")
                            && line.contains(CANNOT_BE_OPENED.get(number).ours()));
        }
        assertThat(folder.resolve("there"))
                .as("somebody else's file, which Circus removes")
                .hasContent("not a socket\n");
        assertThat(folder.resolve("live")).exists();
    }

    @Test
    void mistakes_are_told_before_anything_is_opened() {
        Path file = home.write("mistakes.ini", file(MISTAKES));

        Commands.Result result = home.run(LIMIT, Installation.launcher("circusd"), "--check", file.toString());

        assertThat(result.exit()).isEqualTo(1);
        List<String> errors = result.output()
                .lines()
                .filter(line -> line.matches(".*:\\d+: +error .*"))
                .toList();
        assertThat(errors).hasSize(MISTAKES.size());
        for (int i = 0; i < errors.size(); i++) {
            assertThat(errors.get(i))
                    .as(MISTAKES.get(i).toString())
                    .contains(MISTAKES.get(i).ours());
        }
    }
}
