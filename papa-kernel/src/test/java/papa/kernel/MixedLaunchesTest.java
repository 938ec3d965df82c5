package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.ReplyListener;
import papa.wire.Frame;
import papa.wire.Words;

/** What one process was given must not be found in the next, and what a process was given arrives as it was said. */
@Timeout(120)
class MixedLaunchesTest {
    private static final String TELL = "id -u; id -g; id -G; umask; pwd; nice; ulimit -c; ulimit -S -n;"
            + " for f in /proc/$$/fd/*; do printf '%s ' ${f##*/}; done; /usr/bin/env | grep -c '^LISTEN\\|^MINE';"
            + " grep -E '^(SigBlk|SigIgn|CapEff)' /proc/self/status";

    private final RunningKernel kernel;
    private final RunningKernel.Client client;

    MixedLaunchesTest() throws Exception {
        kernel = new RunningKernel();
        client = kernel.connect();
        client.call("follow", "output", "*");
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    @Test
    void a_hundred_launches_of_all_kinds_leave_no_trace_in_one_another() throws Exception {
        client.call("make", "socket", "s", "port=0");
        String[][] kinds = {
            {},
            {"uid=nobody"},
            {"uid=nobody", "gid=0", "rlimit.core=0", "env.MINE=1"},
            {"gid=daemon", "umask=63", "working_dir=/usr"},
            {"nice=5"},
            {"uid=daemon", "nice=3", "listen_fds=1", "socket.s="},
            {"rlimit.nofile=50", "stdin=s"},
            {"socket.s=", "groups=2,3"},
            {"uid=nosuch"},
            {"rlimit.nofile=4000000000", "uid=daemon", "umask=0", "working_dir=/tmp"},
        };
        List<String> alone = new ArrayList<>();
        for (String[] kind : kinds) {
            alone.add(
                    kind.length > 0 && (kind[0].equals("uid=nosuch") || kind[0].endsWith("4000000000"))
                            ? "none"
                            : said(client.start("w", TELL, kind)));
        }
        long files = countOfFiles();
        List<Long> made = new ArrayList<>();
        int[] refused = new int[1];
        for (int i = 0; i < 100; i++) {
            List<String> words = new ArrayList<>(List.of("make", "process", "w." + i, "path=/bin:/usr/bin"));
            words.addAll(List.of(kinds[i % kinds.length]));
            words.addAll(List.of("--", "sh", "-c", TELL));
            made.add(0L);
            int index = i;
            client.channel.request(words, new ReplyListener() {
                @Override
                public void ok(String text) {
                    made.set(index, Long.parseLong(text.replaceAll("(?s).*incarnation=(\\d+).*", "$1")));
                }

                @Override
                public void failed(String reason) {
                    made.set(index, -1L);
                    refused[0]++;
                }
            });
        }
        client.until(() -> made.stream().noneMatch(each -> each == 0));
        assertThat(refused[0]).isEqualTo(20);
        for (int i = 0; i < 100; i++) {
            if (made.get(i) > 0) {
                assertThat(said(made.get(i))).as("launch %d", i).isEqualTo(alone.get(i % kinds.length));
            }
        }
        assertThat(alone.get(0))
                .startsWith("0\n0\n")
                .contains("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
        client.until(() -> countOfFiles() <= files);
    }

    private String said(long process) throws Exception {
        client.until(() -> client.has(Frame.End.class, process));
        return client.output(process);
    }

    private static long countOfFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void words_and_variables_arrive_byte_by_byte() throws Exception {
        StringBuilder all = new StringBuilder();
        for (char each = 1; each < 256; each++) {
            all.append(each);
        }
        String key = "-----BEGIN PRIVATE KEY-----\nMIIEv\"=\\\n\n-----END PRIVATE KEY-----\n";
        List<String> words = List.of(
                "make",
                "process",
                "w",
                "env.ALL=" + all,
                "env.EMPTY=",
                "env.KEY=" + key,
                "env. =blank",
                "uid=nobody",
                "--",
                "/bin/sh",
                "-c",
                "cat /proc/$$/environ /proc/$$/cmdline; true",
                "",
                all.toString(),
                key,
                "");
        // Not by the client, which sends text: not all bytes are that.
        long process;
        try (SocketChannel plain = SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket))) {
            String line = words.stream().map(Words::quote).collect(Collectors.joining(" "));
            plain.write(StandardCharsets.ISO_8859_1.encode("hello\n" + line + "\n"));
            StringBuilder answer = new StringBuilder();
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            while (!answer.toString().contains("w incarnation=") && plain.read(bytes.clear()) >= 0) {
                answer.append(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
            }
            process = Long.parseLong(answer.toString().replaceAll("(?s).*w incarnation=(\\d+).*", "$1"));
        }
        assertThat(said(process))
                .isEqualTo(" =blank\0ALL=" + all + "\0EMPTY=\0KEY=" + key + "\0/bin/sh\0-c\0"
                        + "cat /proc/$$/environ /proc/$$/cmdline; true\0\0" + all + "\0" + key + "\0\0");
        String text = client.call("make", "process", "t", "env.T=Größe \n", "--", "/bin/cat", "/proc/self/environ");
        assertThat(said(Long.parseLong(text.replaceAll("(?s).*incarnation=(\\d+).*", "$1"))))
                .isEqualTo(Words.utf8("T=Größe \n\0"));
    }

    @Test
    void each_output_goes_where_it_was_sent() throws Exception {
        assertThat(channels()).isEqualTo("out=out\n err=err\n");
        assertThat(channels("stdout=0")).isEqualTo("out= err=err\n");
        assertThat(channels("stderr=0")).isEqualTo("out=out\n err=");
        assertThat(channels("stdout=0", "stderr=0")).isEqualTo("out= err=");
        assertThat(channels("stderr=stdout")).isEqualTo("out=out\nerr\n err=");
        assertThat(channels("stdout=0", "stderr=stdout")).isEqualTo("out= err=");
        assertThat(channels("bufsize=0")).isEqualTo("out= err=");
    }

    private String channels(String... options) throws Exception {
        long process = client.start("w", "echo out; echo err >&2", options);
        client.until(() -> client.has(Frame.End.class, process) && client.has(Frame.Exit.class, process));
        StringBuilder out = new StringBuilder();
        StringBuilder err = new StringBuilder();
        for (Frame frame : client.frames) {
            if (frame instanceof Frame.Data data && data.incarnation() == process) {
                (data.channel() == Frame.Channel.OUT ? out : err)
                        .append(StandardCharsets.ISO_8859_1.decode(data.bytes().duplicate()));
            }
        }
        return "out=" + out + " err=" + err;
    }
}
