package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The options of a launch and their errors as papa's clients know them (contract/papa-kernel.md, 4, 10.3 and 10.4). */
@Timeout(60)
class PapaLaunchTest {
    private final RunningKernel kernel;
    private final SocketChannel papa;

    PapaLaunchTest() throws Exception {
        kernel = new RunningKernel();
        papa = SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket));
        read("> ");
    }

    @AfterEach
    void end() throws Exception {
        papa.close();
        kernel.close();
    }

    private String read(String end) throws Exception {
        StringBuilder text = new StringBuilder();
        ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        while (!text.toString().endsWith(end) && papa.read(bytes.clear()) >= 0) {
            text.append(StandardCharsets.UTF_8.decode(bytes.flip()));
        }
        return text.toString();
    }

    private String ask(String line) throws Exception {
        papa.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        return read("\n> ");
    }

    @Test
    void errors_are_in_papas_words() throws Exception {
        assertThat(ask("m p a uid=nosuch /bin/sleep 1")).isEqualTo("Error: 'nosuch' is not a valid user name\n> ");
        assertThat(ask("m p a uid=99999 /bin/sleep 1")).isEqualTo("Error: '99999' is not a valid user id\n> ");
        assertThat(ask("m p a gid=nosuch /bin/sleep 1")).isEqualTo("Error: No such group: 'nosuch'\n> ");
        assertThat(ask("m p a rlimit.zork=1 /bin/sleep 1")).isEqualTo("Error: Unknown rlimit \"zork\"\n> ");
        assertThat(ask("m p a rlimit.nofile=x /bin/sleep 1"))
                .isEqualTo("Error: The rlimit value for \"nofile\" must be an integer, not \"x\"\n> ");
        assertThat(ask("m p a rlimit.nofile=4000000000 /bin/sleep 1"))
                .isEqualTo("Error: [Errno 1] Operation not permitted\n> ");
        assertThat(ask("m p perm /etc/passwd")).isEqualTo("Error: [Errno 13] Permission denied: '/etc/passwd'\n> ");
        assertThat(ask("m p perm uid=nobody /etc/shadow"))
                .isEqualTo("Error: [Errno 13] Permission denied: '/etc/shadow'\n> ");
        assertThat(ask("m p a working_dir=/nonexistent uid=nobody /bin/sleep 1"))
                .isEqualTo("Error: Bad working_dir - [Errno 2] No such file or directory: '/nonexistent'\n> ");
        assertThat(ask("l p")).isEqualTo("\n> ");
    }

    @Test
    void a_user_and_a_limit_are_told_and_kept() throws Exception {
        String line = "m p n1 uid=nobody gid=daemon working_dir=/tmp env.PATH=/bin rlimit.nofile=64 bufsize=2k"
                + " /bin/sh -c id;ulimit\\ -n;pwd;umask;env";
        assertThat(ask(line))
                .matches("(?s)n1 pid=\\d+ running=True started=[0-9.]+ uid=65534 gid=1"
                        + " args=/bin/sh -c id;ulimit -n;pwd;umask;env\n> ");
        assertThat(ask(line)).as("asked again").startsWith("n1 pid=");
        StringBuilder output = new StringBuilder();
        papa.write(ByteBuffer.wrap("w p n1\n".getBytes(StandardCharsets.UTF_8)));
        output.append(read("] "));
        while (!output.toString().contains("closed:n1:")) {
            papa.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)));
            output.append(read("] "));
        }
        assertThat(output.toString())
                .contains(
                        "uid=65534(nobody) gid=1(daemon) groups=1(daemon)\n", "64\n", "/tmp\n", "0022\n", "PWD=/tmp\n");
        papa.write(ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(read("\n> ")).isEqualTo("Nothing left to watch\n> ");
    }

    @Test
    void who_is_root_is_not_told() throws Exception {
        assertThat(ask("m p r uid=root gid=0 shell=1 exit\\ 0"))
                .matches("(?s)r pid=\\d+ running=True started=[0-9.]+ shell=True args=exit 0\n> ");
        assertThat(ask("m p s uid=daemon shell=1 exit\\ 0"))
                .matches("(?s)s pid=\\d+ running=True started=[0-9.]+ uid=1 gid=1 shell=True args=exit 0\n> ");
    }
}
