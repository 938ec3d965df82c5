package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.wire.Frame;
import papa.wire.Limit;

/** Who has asked is told once that somebody has connected to a held socket. */
@Timeout(60)
class KnockTest extends HandedOverKernel {
    private final List<SocketChannel> visitors = new ArrayList<>();
    private final RunningKernel.Client client = kernel.connect();
    private final int web = make(client, "web");

    KnockTest() throws Exception {}

    @AfterEach
    void leave() throws Exception {
        for (SocketChannel each : visitors) {
            each.close();
        }
    }

    private static int make(RunningKernel.Client by, String name) throws Exception {
        return Integer.parseInt(by.call("make", "socket", name).replaceAll("(?s).* port=(\\d+) .*", "$1"));
    }

    private void visit(int port) throws Exception {
        visitors.add(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    private static List<String> knocks(RunningKernel.Client of) {
        return of.frames.stream()
                .filter(Frame.Knock.class::isInstance)
                .map(frame -> ((Frame.Knock) frame).name())
                .toList();
    }

    /** Whatever it was to be told has come by then. */
    private static void turn(RunningKernel.Client of) throws Exception {
        of.call("get", "x");
        of.channel.pump(Duration.ofMillis(50));
        of.call("get", "x");
    }

    @Test
    void nothing_is_told_before_somebody_comes_and_then_once() throws Exception {
        client.call("knock", "web");
        client.call("knock", "web");
        turn(client);
        assertThat(knocks(client)).isEmpty();

        visit(web);
        client.until(() -> !knocks(client).isEmpty());
        visit(web);
        turn(client);

        assertThat(knocks(client)).containsExactly("web");
    }

    @Test
    void who_waits_to_be_served_counts_when_it_is_asked_again_and_who_was_served_does_not() throws Exception {
        visit(web);
        client.call("knock", "web");
        client.until(() -> knocks(client).size() == 1);
        client.call("knock", "web");
        client.until(() -> knocks(client).size() == 2);
    }

    @Test
    void each_of_several_who_ask_is_told_of_what_it_asked_for() throws Exception {
        RunningKernel.Client other = kernel.connect();
        int shop = make(client, "shop");
        client.call("knock", "web", "shop");
        other.call("knock", "web");

        visit(web);
        other.until(() -> knocks(other).equals(List.of("web")));
        client.until(() -> knocks(client).equals(List.of("web")));
        visit(shop);
        client.until(() -> knocks(client).equals(List.of("web", "shop")));
        turn(other);
        assertThat(knocks(other)).containsExactly("web");
    }

    @Test
    void it_is_over_with_the_connection_or_the_socket_though_a_process_keeps_that_open() throws Exception {
        RunningKernel.Client other = kernel.connect();
        other.call("knock", "web");
        other.channel.close();
        client.start("holder", "exec sleep 1000", "socket.web=\"\"");
        client.call("knock", "web");
        client.call("remove", "sockets", "web");

        visit(web);
        turn(client);

        assertThat(knocks(client)).isEmpty();
        int again = make(client, "web");
        client.call("knock", "web");
        visit(again);
        client.until(() -> knocks(client).equals(List.of("web")));
    }

    @Test
    void another_program_goes_on_to_wait_and_tells() throws Exception {
        int shop = make(client, "shop");
        client.call("knock", "web", "shop");
        handOverTheSame();
        visit(shop);
        client.until(() -> knocks(client).equals(List.of("shop")));
        handOverTheSame();
        visit(web);
        client.until(() -> knocks(client).equals(List.of("shop", "web")));
        turn(client);
        assertThat(knocks(client)).hasSize(2);
    }

    @Test
    void who_knocks_while_another_program_takes_over_is_told_of() throws Exception {
        client.call("knock", "web");
        kernel.pause();
        visit(web);
        handOver();
        client.until(() -> knocks(client).equals(List.of("web")));
    }

    @Test
    void what_cannot_be_waited_for_is_refused() throws Exception {
        assertThatThrownBy(() -> client.call("knock")).hasMessageContaining("name a socket");
        assertThatThrownBy(() -> client.call("knock", "web", "nope"))
                .hasMessageContaining("cannot wait for a knock at nope: there is no such socket");
        visit(web);
        turn(client);
        assertThat(knocks(client)).isEmpty();
        try (Person person = new Person(kernel.socket)) {
            person.ask("make socket each reuseport=1");
            assertThatThrownBy(() -> client.call("knock", "each")).hasMessageContaining("a socket of its own");
            assertThat(person.ask("hello")).isNotEmpty();
            assertThat(person.ask("knock web")).contains("say hello framed first");
        }
    }

    @Test
    void only_the_holder_of_a_lease_may_ask_for_what_it_covers() throws Exception {
        RunningKernel.Client holder = kernel.connect();
        holder.call("lease", "take", "a");
        make(holder, "a.web");
        holder.call("knock", "a.web");
        assertThatThrownBy(() -> client.call("knock", "a.web"))
                .hasMessageContaining("cannot wait for a knock at a.web: it belongs to the lease a");
    }

    @Test
    void there_is_an_end_to_how_many_may_wait() throws Exception {
        String[] words = new String[65];
        words[0] = "knock";
        for (int i = 1; i < words.length; i++) {
            words[i] = "s" + i;
            make(client, words[i]);
        }
        List<RunningKernel.Client> all = new ArrayList<>();
        for (int i = 0; i < Limit.KNOCKS.most() / 64; i++) {
            RunningKernel.Client one = kernel.connect();
            one.call(words);
            all.add(one);
        }
        assertThatThrownBy(() -> client.call("knock", "web")).hasMessageContaining("8192 are the most");
        all.get(0).channel.close();
        client.until(() -> isTaken("knock", "web")); // the kernel may hear of it before it sees that end
    }

    private boolean isTaken(String... words) {
        try {
            client.call(words);
            return true;
        } catch (PapaException refused) {
            return false;
        }
    }
}
