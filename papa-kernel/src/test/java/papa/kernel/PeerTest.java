package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.door.Guard;
import papa.door.TcpDoor;
import papa.door.TcpPeers;
import papa.loop.EventLoop;
import papa.posix.NativePosix;

/** Promise 9: nobody gets in who may not, over TCP either; who gets in over TCP reads. Needs root, as CI has. */
@Timeout(60)
class PeerTest {
    private static final int NOBODY = 65_534;
    private static final String TALK = """
            import os, socket, sys
            os.setuid(int(sys.argv[1]))
            where = sys.argv[2]
            s = socket.socket(socket.AF_UNIX) if where[0] == '/' else socket.socket()
            s.settimeout(20)
            s.connect(where if where[0] == '/' else ('127.0.0.1', int(where)))
            try: s.sendall(sys.argv[3].encode() + b'\\nquit\\n')
            except OSError: pass # turned away already
            got = b''
            part = s.recv(65536)
            while part:
                got += part
                part = s.recv(65536)
            sys.stdout.write(got.decode())
            """;

    private final int uid = new NativePosix().uid();
    private RunningKernel kernel = start(Set.of(), false);

    PeerTest() throws Exception {}

    private RunningKernel start(Set<Integer> allowed, boolean mayChange) throws Exception {
        return new RunningKernel(1024 * 1024, new Guard(uid, allowed), 0, mayChange);
    }

    private void restart(Set<Integer> allowed, boolean mayChange) throws Exception {
        kernel.close();
        kernel = start(allowed, mayChange);
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    /** What a process of that user reads when it says one line and quit. */
    private static String talkAs(int user, String where, String line) throws Exception {
        Process python = new ProcessBuilder("/usr/bin/python3", "-c", TALK, "" + user, where, line)
                .redirectErrorStream(true)
                .start();
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        python.waitFor(10, TimeUnit.SECONDS);
        return said;
    }

    private String overTcp(String line) throws Exception {
        return talkAs(uid, "" + kernel.port, line);
    }

    @Test
    void over_tcp_one_reads_and_changes_nothing() throws Exception {
        kernel.connect().call("set", "colour", "blue");

        assertThat(overTcp("get colour\r")).startsWith(Session.GREETING).contains("blue\n> ok\n");
        assertThat(overTcp("l v")).contains("colour blue\n");
        assertThat(overTcp("help")).contains("exit-if-idle");
        assertThat(overTcp("hello")).contains("papa " + Server.VERSION);
        for (String line : List.of(
                "set colour red",
                "make process a /bin/true",
                "m s a",
                "remove values colour",
                "watch processes *",
                "exit-if-idle",
                "hello\nsignal 1 9",
                "hello\ncommit set colour red",
                "hello\nlease take colour",
                "hello\nannotate 1 a=b",
                "hello framed\n1 follow output *\n2 quit")) {
            assertThat(overTcp(line))
                    .as(line)
                    .contains("over TCP one may only read")
                    .contains("--port-control");
        }
        assertThat(kernel.connect().call("get", "colour")).isEqualTo("blue");
    }

    @Test
    void with_port_control_one_may_do_everything_but_hold_a_lease() throws Exception {
        restart(Set.of(), true);

        assertThat(overTcp("make process one /bin/echo hello")).contains("one pid=");
        assertThat(overTcp("hello\nlease take one")).contains("the pid of this connection's peer is not known");
    }

    @Test
    void another_user_is_turned_away_from_both_kinds_of_socket() throws Exception {
        String refusal = "Error: cannot let uid 65534 in: only root and uid " + uid;

        assertThat(talkAs(NOBODY, "" + kernel.port, "list values"))
                .startsWith(refusal)
                .contains("--allow-uid 65534");
        // Its file is closed to that user, and if it were not, the kernel would be.
        assertThat(talkAs(NOBODY, "" + kernel.socket, "list values")).contains("PermissionError");
        openFolder();
        Files.setPosixFilePermissions(kernel.socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(talkAs(NOBODY, "" + kernel.socket, "list values")).startsWith(refusal);
    }

    @Test
    void an_allowed_user_gets_in_at_both() throws Exception {
        restart(Set.of(NOBODY), false);
        openFolder();

        assertThat(talkAs(NOBODY, "" + kernel.port, "set a b")).contains("over TCP one may only read");
        assertThat(talkAs(NOBODY, "" + kernel.socket, "set a b")).isEqualTo(Session.GREETING + "\n> ok\n");
        assertThat(talkAs(NOBODY - 1, "" + kernel.socket, "set a b"))
                .startsWith("Error: cannot let uid 65533 in: only root and uid " + uid + ", 65534 may");
    }

    private void openFolder() throws IOException {
        Files.setPosixFilePermissions(kernel.socket.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
    }

    @Test
    void where_netlink_is_refused_the_table_tells() throws Exception {
        restart(Set.of(), false);
        List<Integer> told = new ArrayList<>();
        NativePosix posix = new NativePosix();
        EventLoop loop = new EventLoop(posix);
        // A table that cannot be read stands for a machine where neither tells: nobody is let in.
        TcpPeers blind = new TcpPeers(posix, loop, List.of(Path.of("/proc/nothing")));
        blind.uid(-1, told::add);
        assertThat(told).containsExactly(Guard.UNKNOWN);
        blind.close();
    }

    @Test
    void keepalive_is_armed_so_that_a_vanished_peer_is_noticed() throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), kernel.port)) {
            client.getInputStream().readNBytes(Session.GREETING.length());
            String ours = String.format("0100007F:%04X", kernel.port);
            String theirs = String.format("0100007F:%04X", client.getLocalPort());
            String entry = Files.readAllLines(Path.of("/proc/net/tcp")).stream()
                    .filter(line -> line.contains(ours + " " + theirs))
                    .findFirst()
                    .orElseThrow();
            // proc(5): timer 2 is keepalive, and the time until it goes off is in hundredths of a second.
            String[] timer = entry.strip().split(" +")[5].split(":");
            assertThat(timer[0]).isEqualTo("02");
            assertThat(Integer.parseInt(timer[1], 16)).isLessThanOrEqualTo(3100);
        }
    }

    @Test
    void a_port_that_is_taken_is_told() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> TcpDoor.listen(new NativePosix(), taken.getLocalPort()))
                    .hasMessageContaining("cannot listen at 127.0.0.1, port " + taken.getLocalPort())
                    .hasMessageContaining("EADDRINUSE");
        }
    }

    @Test
    void nobody_is_ended_for_a_lease_that_cannot_be_had_over_tcp() throws Exception {
        restart(Set.of(), true);
        String program = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
                + " s.sendall(b'lease take web\\n'); print(next(line for line in s.makefile() if 'epoch' in line), flush=True); sys.stdin.read()";
        Process holder = new ProcessBuilder("/usr/bin/python3", "-c", program, kernel.socket.toString()).start();
        holder.inputReader().readLine();

        assertThat(overTcp("lease force web")).contains("cannot take lease web: the pid of this connection's peer");

        assertThat(kernel.connect().call("lease", "show")).contains("web epoch=1 pid=" + holder.pid());
        holder.getOutputStream().close();
        assertThat(holder.waitFor()).as("it was not killed").isZero();
    }
}
