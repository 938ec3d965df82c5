package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.posix.NativePosix;
import papa.wire.Limit;

/** Each limit at its edge: the last that is allowed works, one more is refused, and so is told. */
@Timeout(120)
class LimitTest {
    private final RunningKernel kernel;

    LimitTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void stillServesAndEnds() throws Exception {
        kernel.connect().call("help", "limits");
        kernel.close();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket));
    }

    /** Asks many things at once; how many were refused. */
    private static int refused(RunningKernel.Client client, List<List<String>> requests) throws PapaException {
        int[] answers = new int[2];
        for (List<String> request : requests) {
            client.channel.request(request, new ReplyListener() {
                @Override
                public void ok(String text) {
                    answers[0]++;
                }

                @Override
                public void failed(String reason) {
                    answers[1]++;
                }
            });
        }
        client.until(() -> answers[0] + answers[1] == requests.size());
        return answers[1];
    }

    private static List<List<String>> many(int count, String... words) {
        List<List<String>> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> request = new ArrayList<>(List.of(words));
            request.replaceAll(word -> word);
            int number = i;
            request.replaceAll(word -> word.replace("#", "" + number));
            requests.add(request);
        }
        return requests;
    }

    @Test
    void a_line_of_as_many_bytes_as_there_may_be_is_read_and_one_more_is_not() throws Exception {
        String request = "set a " + "v".repeat(Limit.LINE.most() - 6);
        try (SocketChannel channel = connect()) {
            RawBytes.send(channel, request + "\nquit\n");
            assertThat(RawBytes.readToEnd(channel)).isEqualTo(Session.GREETING + "\n> ok\n");
        }
        try (SocketChannel channel = connect()) {
            RawBytes.send(channel, request + "v");
            assertThat(RawBytes.readToEnd(channel)).endsWith("Error: cannot read a line of more than 1048576 bytes\n");
        }
    }

    @Test
    void words_have_a_most() throws Exception {
        RunningKernel.Client client = kernel.connect();
        List<String> words = new ArrayList<>(Collections.nCopies(Limit.WORDS.most(), "a"));
        words.set(0, "help");
        assertThat(client.channel.call(words, RunningKernel.LIMIT)).contains("Unknown command");
        words.add("a");
        assertThatThrownBy(() -> client.channel.call(words, RunningKernel.LIMIT))
                .hasMessage("cannot read a request of 65537 words: 65536 are the most");
    }

    @Test
    void values_have_a_most() throws Exception {
        RunningKernel.Client client = kernel.connect();
        int fit = Limit.VALUE_BYTES.most() / (64 + 8 + 1);
        int refused = refused(client, many(fit + 2, "set", "v#", "x"));
        assertThat(refused).as("their bytes run out first").isLessThanOrEqualTo(2);
        List<String> all = new ArrayList<>(List.of("commit"));
        for (int i = 0; i < 1000; i++) {
            all.addAll(List.of("unset", "v" + i));
        }
        client.channel.call(all, RunningKernel.LIMIT);
        client.call("set", "w", "x");
    }

    @Test
    void sockets_have_a_most() throws Exception {
        long[] files = new long[2];
        NativePosix posix = new NativePosix();
        posix.fileLimit(files);
        posix.setFileLimit(files[1], files[1]);
        RunningKernel.Client client = kernel.connect();
        List<List<String>> requests =
                many(Limit.SOCKETS.most(), "make", "socket", "s#", "path=" + kernel.socket + ".#");
        assertThat(refused(client, requests)).isZero();
        assertThatThrownBy(() -> client.call("make", "socket", "more")).hasMessageContaining("there are 4096 already");
        client.call("remove", "sockets");
        client.call("make", "socket", "more");
    }

    @Test
    void leases_have_a_most() throws Exception {
        RunningKernel.Client client = kernel.connect();
        assertThat(refused(client, many(Limit.LEASES.most(), "lease", "take", "l#")))
                .isZero();
        assertThatThrownBy(() -> client.call("lease", "take", "more")).hasMessageContaining("there are 1024 already");
        client.call("lease", "drop", "l1");
        client.call("lease", "take", "more");
    }

    @Test
    void notes_have_a_most_and_a_greatest_length() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String process = "" + client.start("p", "sleep 100");
        assertThat(refused(client, many(Limit.NOTES.most(), "annotate", process, "k#=v")))
                .isZero();
        assertThatThrownBy(() -> client.call("annotate", process, "more=v")).hasMessageContaining("64 notes");
        client.call("annotate", process, "k1=" + "v".repeat(Limit.NOTE_BYTES.most() - 2));
        assertThatThrownBy(() -> client.call("annotate", process, "k1=" + "v".repeat(Limit.NOTE_BYTES.most() - 1)))
                .hasMessageContaining("4096 bytes are the most");
    }

    @Test
    void the_notes_of_all_processes_are_bounded_with_their_words() throws Exception {
        RunningKernel.Client client = kernel.connect();
        List<Long> processes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            processes.add(client.start("p" + i, "sleep 100"));
        }
        String note = "=" + "v".repeat(4000);
        assertThatThrownBy(() -> {
                    for (long process : processes) {
                        for (int i = 0; i < Limit.NOTES.most(); i++) {
                            client.call("annotate", "" + process, i + note);
                        }
                    }
                })
                .hasMessageContaining("the words and notes of all processes take 12582912 bytes already");
        client.call("annotate", "" + processes.get(0), "0=");
        client.call("annotate", "" + processes.get(0), "0=v");
    }

    @Test
    void followers_have_a_most() throws Exception {
        List<RunningKernel.Client> clients = new ArrayList<>();
        for (int i = 0; i < Limit.FOLLOWERS.most(); i++) {
            clients.add(kernel.connect());
            clients.get(i).call("follow", "events", "*");
        }
        RunningKernel.Client more = kernel.connect();
        assertThatThrownBy(() -> more.call("follow", "events", "*")).hasMessageContaining("64 are the most");
        clients.get(0).channel.close();
        more.until(() -> {
            try {
                more.call("follow", "events", "*");
                return true;
            } catch (PapaException stillThere) {
                return false;
            }
        });
    }

    @Test
    void an_answer_that_is_too_long_is_refused_and_smaller_ones_are_not() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String zeros = "\0".repeat(200_000); // each is shown by four bytes
        for (int i = 0; i < 20; i++) {
            client.call("set", "v" + i, zeros);
        }
        assertThatThrownBy(() -> client.call("list", "values")).hasMessageContaining("8388608 bytes are the most");
        assertThat(client.call("list", "values", "v1")).hasSize(4 * 200_000 + 6);
    }

    @Test
    void answers_that_nobody_reads_are_bounded_for_all_together() throws Exception {
        RunningKernel.Client client = kernel.connect();
        for (int i = 0; i < 4; i++) {
            client.call("set", "v" + i, "v".repeat(900_000));
        }
        List<SocketChannel> greedy = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SocketChannel channel = connect();
            RawBytes.send(channel, "list values\n".repeat(10));
            greedy.add(channel);
        }
        client.call("get", "x");
        // 20 times 3.6 MB of answers; some were closed, and those that were not read on.
        int whole = 0;
        for (SocketChannel channel : greedy) {
            channel.shutdownOutput();
            whole += RawBytes.readToEnd(channel).length() > 30_000_000 ? 1 : 0;
            channel.close();
        }
        assertThat(whole).isBetween(1, 19);
    }

    @Test
    void who_never_asks_makes_room_for_who_comes_when_the_table_is_full() throws Exception {
        RunningKernel.Client holder = kernel.connect();
        holder.call("lease", "take", "mine");
        RunningKernel.Client follower = kernel.connect();
        follower.call("follow", "events", "*");
        SocketChannel silent = connect();
        List<SocketChannel> others = new ArrayList<>();
        for (int i = 0; i < Limit.SESSIONS.most() - 3; i++) {
            SocketChannel channel = connect();
            RawBytes.send(channel, "get a\n");
            others.add(channel);
        }
        SocketChannel early = connect();
        assertThat(RawBytes.readToEnd(early)).isEqualTo("Error: cannot serve more than 256 connections\n");
        LockSupport.parkNanos(10_500_000_000L); // the limit is in the wall clock's seconds, not in ours
        RawBytes.send(others.get(0), "byte by byte");

        kernel.connect().call("get", "a");
        assertThat(RawBytes.readToEnd(silent))
                .endsWith("Error: this connection asked for nothing, and others wait for one\n");
        for (int i = 0; i < 5; i++) {
            kernel.connect().call("get", "a");
        }
        assertThat(RawBytes.readToEnd(others.get(0))).endsWith("others wait for one\n");
        assertThat(holder.call("lease", "show")).contains("mine");
        follower.call("get", "a");
        for (SocketChannel channel : others) {
            channel.close();
        }
    }
}
