package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Limit;

@Timeout(60)
class LeaseTest {
    private final RunningKernel kernel;

    LeaseTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    @Test
    void one_connection_holds_a_lease_and_each_grant_has_a_higher_epoch() throws Exception {
        RunningKernel.Client first = kernel.connect();
        RunningKernel.Client second = kernel.connect();
        long pid = ProcessHandle.current().pid();
        assertThat(first.call("lease", "take", "circus.a")).isEqualTo("circus.a epoch=1 pid=" + pid + "\n");
        assertThatThrownBy(() -> second.call("lease", "take", "circus.a"))
                .hasMessageContaining("cannot take lease circus.a: held by pid " + pid + " (epoch 1)");
        first.channel.close();
        second.until(() -> takes(second, "circus.a"));
        assertThat(second.call("lease", "show")).startsWith("circus.a epoch=2");
    }

    private static boolean takes(RunningKernel.Client client, String name) {
        try {
            client.call("lease", "take", name);
            return true;
        } catch (PapaException held) {
            return false;
        }
    }

    @Test
    void only_the_holder_and_its_members_change_what_the_lease_covers() throws Exception {
        RunningKernel.Client holder = kernel.connect();
        RunningKernel.Client stranger = kernel.connect();
        holder.call("lease", "take", "circus.a");
        long process = holder.start("circus.a.w.1", "sleep 100");
        for (String[] words : new String[][] {
            {"set", "circus.a.x", "1"},
            {"commit", "set", "circus.a.x", "1"},
            {"commit", "exit", "" + process},
            {"signal", "" + process, "15"},
            {"annotate", "" + process, "a=b"},
            {"remove", "processes", "circus.a.w.1"},
            {"make", "socket", "circus.a.s"},
            {"make", "process", "circus.a.w.2", "--", "/bin/true"},
        }) {
            assertThatThrownBy(() -> stranger.call(words))
                    .as(String.join(" ", words))
                    .hasMessageContaining("it belongs to the lease circus.a, held by pid");
        }
        stranger.call("set", "circus.ab", "free"); // not below circus.a.
        stranger.call("lease", "join", "circus.a", "1");
        stranger.call("set", "circus.a.x", "1");
        assertThat(stranger.call("signal", "" + process, "15")).isEqualTo("sent\n");
    }

    @Test
    void a_commit_is_applied_whole_or_not_at_all() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("lease", "take", "circus.a");
        assertThatThrownBy(() -> client.call("commit", "set", "circus.a.x", "1", "bogus"))
                .hasMessageContaining("cannot commit \"bogus\"");
        assertThat(client.call("get", "circus.a.x")).isEmpty();
        client.call("commit", "set", "circus.a.x", "1", "out", "999", "5", "exit", "999", "unset", "circus.a.y");
        assertThat(client.call("get", "circus.a.x")).isEqualTo("1");
    }

    @Test
    void a_commit_that_fits_in_the_end_is_applied_whatever_its_order() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String large = "v".repeat(900_000);
        for (int i = 0; i < 4; i++) {
            client.call("set", "v" + i, large);
        }
        for (String name : new String[] {"a", "b", "x", "y", "zz"}) {
            client.call("commit", "set", name, large, "unset", "v0");
            assertThat(client.call("get", name)).isEqualTo(large);
            assertThat(client.call("get", "v0")).isEmpty();
            client.call("commit", "unset", name, "set", "v0", large);
        }
    }

    @Test
    void a_lease_around_or_within_another_one_is_refused() throws Exception {
        RunningKernel.Client holder = kernel.connect();
        RunningKernel.Client stranger = kernel.connect();
        holder.call("lease", "take", "circus.a");
        for (String name : new String[] {"circus", "circus.a.w"}) {
            assertThatThrownBy(() -> stranger.call("lease", "take", name))
                    .hasMessageContaining("cannot take lease " + name + ": there is a lease circus.a");
        }
        stranger.call("lease", "take", "circus.b");
        holder.call("set", "circus.a.w.x", "1");
    }

    @Test
    void a_strangers_process_is_not_given_a_leased_socket() throws Exception {
        RunningKernel.Client holder = kernel.connect();
        RunningKernel.Client stranger = kernel.connect();
        holder.call("lease", "take", "circus.a");
        holder.call("make", "socket", "circus.a.s");
        assertThatThrownBy(() -> stranger.call("make", "process", "p", "socket.circus.a.s=", "--", "/bin/true"))
                .hasMessageContaining("cannot hand over circus.a.s: it belongs to the lease circus.a");
        holder.call("make", "process", "circus.a.p", "socket.circus.a.s=", "--", "/bin/true");
    }

    @Test
    void an_epoch_is_higher_also_after_the_lease_was_dropped() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("lease", "take", "circus.a");
        client.call("lease", "drop", "circus.a");
        assertThat(client.call("lease", "take", "circus.a")).contains(" epoch=2 ");
    }

    @Test
    void of_two_that_force_the_same_lease_one_gets_it_and_the_other_is_told() throws Exception {
        Process victim = LeaseHolder.start(kernel.socket, "circus.a", 1);
        RunningKernel.Client client = kernel.connect();
        List<String> answers = new ArrayList<>();
        ReplyListener listener = new ReplyListener() {
            @Override
            public void ok(String text) {
                answers.add(text);
            }

            @Override
            public void failed(String reason) {
                answers.add(reason);
            }
        };
        client.channel.request(List.of("lease", "force", "circus.a"), listener);
        client.channel.request(List.of("lease", "force", "circus.a"), listener);
        client.until(() -> answers.size() == 2);
        long pid = ProcessHandle.current().pid();
        assertThat(answers)
                .containsExactlyInAnyOrder(
                        "circus.a epoch=2 pid=" + pid + "\n",
                        "cannot take lease circus.a: held by pid " + pid + " (epoch 2)");
        victim.waitFor();
    }

    @Test
    void a_lease_is_not_granted_to_who_went_while_it_waited() throws Exception {
        Process victim = LeaseHolder.start(kernel.socket, "circus.a", 150_000_000);
        RunningKernel.Client hasty = kernel.connect();
        hasty.channel.request(List.of("lease", "force", "circus.a"), new ReplyListener() {
            @Override
            public void ok(String text) {}

            @Override
            public void failed(String reason) {}
        });
        hasty.channel.flush();
        hasty.channel.close();
        victim.waitFor();
        RunningKernel.Client next = kernel.connect();
        next.until(() -> takes(next, "circus.a"));
    }

    @Test
    void what_nobody_holds_any_more_is_still_not_a_strangers() throws Exception {
        RunningKernel.Client holder = kernel.connect();
        holder.call("lease", "take", "circus.a");
        holder.call("set", "circus.a.x", "1");
        holder.channel.close();
        RunningKernel.Client stranger = kernel.connect();
        assertThatThrownBy(() -> stranger.call("set", "circus.a.x", "2"))
                .hasMessageContaining("it belongs to the lease circus.a");
        assertThat(stranger.call("get", "circus.a.x")).isEqualTo("1");
    }

    @Test
    void who_takes_a_lease_finds_what_its_predecessor_had_begun() throws Exception {
        RunningKernel.Client first = kernel.connect();
        first.call("lease", "take", "circus.a");
        for (int i = 0; i < 50; i++) {
            first.channel.request(
                    List.of("make", "process", "circus.a.w." + i, "path=/bin", "--", "sleep", "100"),
                    new ReplyListener() {
                        @Override
                        public void ok(String text) {}

                        @Override
                        public void failed(String reason) {}
                    });
        }
        first.channel.flush();
        first.channel.close();

        RunningKernel.Client second = kernel.connect();
        second.until(() -> takes(second, "circus.a"));
        int found =
                second.call("list", "processes", "circus.a.*").lines().toList().size();
        for (int i = 0; i < 50; i++) {
            String name = "circus.a.w." + i;
            boolean there = second.call("list", "processes", name).contains("state=running");
            if (!there) {
                second.start(name, "sleep 100"); // it was never begun: nobody starts it just now
            }
        }
        assertThat(second.call("list", "processes", "circus.a.*").lines()).hasSize(50);
        assertThat(found).isBetween(0, 50);
    }

    @Test
    void leases_that_keep_nothing_from_anybody_are_forgotten_when_there_are_too_many() throws Exception {
        RunningKernel.Client passing = kernel.connect();
        int most = Limit.LEASES.most();
        for (int i = 0; i < most; i++) {
            passing.call("lease", "take", "l" + i);
        }
        passing.call("set", "l5.x", "kept");
        passing.call("make", "socket", "l6.s");
        passing.start("l7.p", "sleep 100");
        RunningKernel.Client client = kernel.connect();
        assertThatThrownBy(() -> client.call("lease", "take", "one-more"))
                .hasMessageContaining("cannot take lease one-more: there are " + most + " already");
        passing.channel.close();

        client.until(() -> takes(client, "one-more"));

        assertThat(client.call("lease", "show")).as("a new epoch").contains("one-more epoch=2 ");
        for (String[] words :
                new String[][] {{"set", "l5.x", "2"}, {"remove", "sockets", "l6.s"}, {"remove", "processes", "l7.p"}}) {
            assertThatThrownBy(() -> client.call(words))
                    .hasMessageContaining("which nobody holds now (lease take "
                            + words[words[0].equals("set") ? 1 : 2].split("\\.")[0]);
        }
        client.call("set", "l4.x", "free");
        assertThat(client.call("lease", "take", "l4"))
                .as("higher than what it had")
                .contains("l4 epoch=2 ");
    }

    @Test
    void force_ends_the_process_that_took_the_lease_and_not_who_has_its_connection() throws Exception {
        String program = "use IO::Socket::UNIX; $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die;"
                + " if (fork) { print $s \"lease take circus.a\\n\"; $_ = <$s>; $_ = <$s>; print; STDOUT->flush;"
                + " $_ = <STDIN>; exit 0 } close STDIN; sleep 1 while !-e \"$ARGV[0].go\"; 1 while <$s>;"
                + " print \"its heir lives\\n\";";
        // Not a pipe: Java closes its end when the parent has ended, and the heir writes later.
        Path output = Files.createTempFile("heir", "");
        Process parent = new ProcessBuilder("perl", "-e", program, kernel.socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        RunningKernel.Client client = kernel.connect();
        client.until(() -> read(output).contains("circus.a epoch=1 pid=" + parent.pid()));
        parent.getOutputStream().close();
        assertThat(parent.waitFor()).isZero();

        assertThat(client.call("lease", "show")).contains("pid=" + parent.pid());
        assertThat(client.call("lease", "force", "circus.a"))
                .contains("circus.a epoch=2 pid=" + ProcessHandle.current().pid());
        Path go = Files.createFile(kernel.socket.resolveSibling("papa.sock.go"));
        client.until(() -> read(output).endsWith("its heir lives\n"));
        Files.delete(go);
        Files.delete(output);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void who_holds_a_lease_cannot_force_it_from_himself() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("lease", "take", "circus.a");
        assertThatThrownBy(() -> client.call("lease", "force", "circus.a")).hasMessageContaining("that is who asks");
    }
}
