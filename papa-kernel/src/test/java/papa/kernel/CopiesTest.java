package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.legacy.Found;
import papa.legacy.Salvage;
import papa.passing.PassingSocket;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.wire.Frame;

/** What a kernel leaves, were it killed now, to who has copies of what it holds; and who has them. */
@Timeout(120)
class CopiesTest {
    private static final String LEASE = "web";

    private final Posix posix = new NativePosix();
    private RunningKernel kernel = new RunningKernel();
    private final List<PassingSocket> connections = new ArrayList<>();

    CopiesTest() throws Exception {}

    @AfterEach
    void close() throws Exception {
        connections.forEach(PassingSocket::close);
        kernel.close();
    }

    /** A client that holds the lease, and is told news of copies. */
    private RunningKernel.Client manager(String lease) throws PapaException {
        RunningKernel.Client client = kernel.connect();
        client.call("lease", "take", lease);
        client.call("copies", "news");
        return client;
    }

    /** A connection in which copies wait. */
    private PassingSocket copies(RunningKernel.Client manager, String lease) throws Exception {
        String epoch = manager.call("lease", "show").replaceAll("(?s).*" + lease + " epoch=(\\d+).*", "$1");
        PassingSocket connection = PassingSocket.connect(kernel.socket);
        connections.add(connection);
        String asks = "hello framed\n1 lease join " + lease + " " + epoch + "\n2 copies\n";
        connection.send(asks.getBytes(StandardCharsets.US_ASCII));
        manager.until(() -> shows(manager, lease).contains(" missing=0 lingering=0 "));
        return connection;
    }

    private static String shows(RunningKernel.Client manager, String lease) {
        return manager.callUnchecked("copies", "show")
                .lines()
                .filter(line -> line.startsWith(lease + " "))
                .findFirst()
                .orElse("");
    }

    /** The state in which another kernel would begin. */
    private String left(PassingSocket connection) throws Exception {
        int state = Salvage.run(posix, Found.in(posix, connection.number()), "0");
        try {
            return Files.readString(Path.of("/proc/self/fd/" + state), StandardCharsets.ISO_8859_1);
        } finally {
            posix.close(state);
        }
    }

    private static List<String> lines(String state, String kind) {
        return state.lines().filter(line -> line.startsWith(kind + " ")).toList();
    }

    private static long news(RunningKernel.Client manager) {
        return manager.frames.stream()
                .filter(each -> each.equals(new Frame.Copies(LEASE)))
                .count();
    }

    // What is left.

    @Test
    void what_was_taken_once_can_be_taken_again() throws Exception {
        RunningKernel.Client manager = manager(LEASE);
        manager.call("set", "web.colour", "green");
        manager.call("make", "socket", "web.s", "host=127.0.0.1", "port=0");
        manager.start("web.one", "echo here; sleep 100");
        PassingSocket connection = copies(manager, LEASE);
        manager.start("web.two", "sleep 100");
        for (int i = 0; i < 3; i++) {
            String state = left(connection);
            assertThat(lines(state, "value")).singleElement().asString().contains("name=web.colour text=green");
            assertThat(lines(state, "socket")).singleElement().asString().contains("name=web.s");
            assertThat(lines(state, "process")).hasSize(2).noneMatch(each -> each.contains(" exit="));
            assertThat(lines(state, "capture")).hasSize(4).noneMatch(each -> each.contains(" pipe=-1"));
        }
    }

    @Test
    void another_program_in_its_place_goes_on_with_what_was_given() throws Exception {
        RunningKernel.Client manager = manager(LEASE);
        manager.start("web.one", "sleep 100");
        PassingSocket connection = copies(manager, LEASE);
        manager.call("set", "web.colour", "green");
        kernel = kernel.handOver();
        assertThat(left(connection)).contains("name=web.colour text=green"); // before it is asked for anything
        manager.call("set", "web.colour", "blue");
        kernel = kernel.handOver();
        manager.call("set", "web.size", "7");
        manager.start("web.two", "sleep 100");
        String state = left(connection);
        assertThat(lines(state, "value")).hasSize(2);
        assertThat(state).contains("name=web.colour text=blue").contains("name=web.size text=7");
        assertThat(lines(state, "process")).hasSize(2).noneMatch(each -> each.contains(" exit="));
        assertThat(lines(state, "capture")).hasSize(4).noneMatch(each -> each.contains(" pipe=-1"));
        assertThat(lines(state, "ledger-file")).hasSize(2);
        assertThat(shows(manager, LEASE)).contains(" missing=0 lingering=0 ");
    }

    @Test
    void what_was_removed_is_not_there_again() throws Exception {
        RunningKernel.Client manager = manager(LEASE);
        PassingSocket connection = copies(manager, LEASE);
        try (Person person = new Person(kernel.socket)) {
            person.ask("make socket each reuseport=1");
            person.ask("make process one /bin/sleep 100 $(socket.each.fileno)");
            person.ask("make process two /bin/sleep 100 $(socket.each.fileno)");
            assertThat(lines(left(connection), "share")).hasSize(2);
            assertThat(lines(left(connection), "process")).noneMatch(each -> each.contains(" forgotten=1"));

            person.ask("remove processes one");
        }
        String state = left(connection);
        assertThat(lines(state, "share")).singleElement().asString().contains("process=two");
        assertThat(lines(state, "process"))
                .filteredOn(each -> each.contains(" forgotten=1"))
                .singleElement()
                .asString()
                .contains("name=one");
        manager.until(() -> news(manager) == 1); // connections would go to a socket that nobody serves
        assertThat(shows(manager, LEASE)).contains(" missing=0 lingering=1 ");
        copies(manager, LEASE);
        manager.until(() -> shows(manager, LEASE).contains(" lingering=0 "));
    }

    @Test
    void a_process_that_is_noted_leaves_no_descriptor_open() throws Exception {
        RunningKernel.Client manager = manager(LEASE);
        copies(manager, LEASE);
        runOnce(manager, "web.first");
        long before = open();
        for (int i = 0; i < 20; i++) {
            runOnce(manager, "web.w" + i);
        }
        assertThat(open()).isLessThan(before + 10);
    }

    private void runOnce(RunningKernel.Client manager, String name) throws PapaException {
        long incarnation = manager.start(name, "true");
        manager.call("remove", "processes", name);
        manager.until(() -> !manager.callUnchecked("list", "processes").contains("incarnation=" + incarnation + " "));
    }

    private static long open() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    /** The next connection has the number that it had; a line that nobody asked for would end it. */
    @Test
    void a_connection_whose_end_fails_gets_no_more_copies() throws Exception {
        AtomicBoolean failing = new AtomicBoolean();
        Posix faulty = (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(), new Class<?>[] {Posix.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("free") && failing.getAndSet(false)) {
                        throw new IllegalStateException("a fault in the middle");
                    }
                    return method.invoke(posix, arguments);
                });
        kernel.close();
        kernel = new RunningKernel(64L * 1024 * 1024, faulty);
        RunningKernel.Client manager = manager(LEASE);
        PassingSocket connection = copies(manager, LEASE);
        failing.set(true);
        connection.close();
        manager.until(() -> !manager.callUnchecked("stats").isEmpty() && !failing.get());

        List<RunningKernel.Client> late = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            late.add(kernel.connect());
        }
        manager.start("web.one", "sleep 100");

        for (RunningKernel.Client each : late) {
            assertThat(each.call("get", "nothing")).isEmpty();
        }
        assertThat(manager.call("stats")).contains(" copies=0 ");
    }

    // Whether all is there.

    @Test
    void copies_that_have_no_room_are_told_and_new_ones_replace_them() throws Exception {
        RunningKernel.Client manager = manager(LEASE);
        copies(manager, LEASE);
        int sockets = 0;
        while (news(manager) == 0 && sockets < 2000) {
            manager.call("make", "socket", "web.s" + sockets++, "host=127.0.0.1", "port=0");
        }
        assertThat(shows(manager, LEASE)).contains(" missing=1 ").contains("Resource temporarily unavailable (EAGAIN)");
        assertThat(manager.call("stats")).contains(" copies=1 uncopied=1 ");

        PassingSocket fresh = copies(manager, LEASE);

        manager.until(() -> news(manager) == 2);
        assertThat(shows(manager, LEASE)).contains(" missing=0 lingering=0 ").endsWith(" why=\"\"");
        manager.until(() -> manager.callUnchecked("stats").contains(" copies=1 uncopied=0 "));
        assertThat(lines(left(fresh), "socket")).hasSize(sockets);
    }

    // Who has them.

    @Test
    void they_are_for_who_manages_now() throws Exception {
        RunningKernel.Client manager = manager(LEASE);
        RunningKernel.Client other = manager("other");
        copies(manager, LEASE);
        copies(other, "other");
        copies(manager, LEASE);
        manager.until(() -> manager.callUnchecked("stats").contains(" copies=2 ")); // the newest of each
        assertThat(manager.call("copies", "show").lines()).hasSize(2);
        manager.call("lease", "drop", LEASE);
        assertThat(other.call("copies", "show").lines()).hasSize(2); // until the next manager has its own
        RunningKernel.Client next = manager(LEASE);
        try (PassingSocket unused = copies(next, LEASE)) {
            other.until(() -> other.callUnchecked("stats").contains(" copies=2 "));
        }
        other.until(() -> other.callUnchecked("stats").contains(" copies=1 "));
        assertThat(other.call("copies", "show").lines())
                .singleElement()
                .asString()
                .startsWith("other pid=");
        RunningKernel.Client stranger = kernel.connect();
        assertThatThrownBy(() -> stranger.call("copies"))
                .hasMessageContaining("this connection has not joined a lease");
        assertThatThrownBy(() -> stranger.call("copies", "away"))
                .hasMessage("cannot take \"away\" after copies: show or news is wanted");
    }
}
