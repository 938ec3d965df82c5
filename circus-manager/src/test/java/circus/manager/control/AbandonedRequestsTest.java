package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;

import circus.command.CommandSpec;
import circus.manager.arbiter.House;
import circus.manager.audit.Audit;
import circus.manager.command.Commands;
import circus.manager.command.Reception;
import circus.manager.command.Rights;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.Change;
import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that are under way when the kernel goes. The test's thread is circus-loop. */
@Timeout(60)
class AbandonedRequestsTest {
    private static final String WHY = "the kernel has gone meanwhile";

    private final House house = new House();
    private final String endpoint = "tcp://127.0.0.1:" + freePort();
    private final Endpoints endpoints;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final StatsReader stats = new StatsReader(tasks::add, house);

    AbandonedRequestsTest() throws IOException, CannotListenException {
        house.add("web", Stage.options());
        house.open();
        endpoints = new Endpoints(
                endpoint, "tcp://127.0.0.1:" + freePort(), Access.of(Optional.empty(), false, Optional.empty()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void end() {
        stats.close();
        endpoints.close();
    }

    private Controller controller() {
        Commands commands = new Commands(
                house.arbiter, stats, house.changes, house.whereabouts, house.eventsCommand, house.tails, () -> {});
        return new Controller(
                endpoints,
                new Reception(commands, house.arbiter, new Rights(Optional.empty(), false, 0), Audit.NONE, house),
                house);
    }

    private void serve(Controller controller, BooleanSupplier until) throws IOException {
        try (Selector selector = Selector.open()) {
            endpoints.register(selector);
            while (!until.getAsBoolean()) {
                if (!endpoints.hasRequests()) {
                    selector.select(10);
                    selector.selectedKeys().clear();
                }
                controller.onReadable();
            }
        }
    }

    @Test
    void what_changes_nothing_is_answered_by_the_next_manager() throws IOException {
        Controller first = controller();
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send("{\"command\": \"stats\", \"id\": \"one\"}");
            serve(first, () -> !tasks.isEmpty());

            List<Incoming> rest = first.abandon(WHY, request -> false);
            tasks.remove().run(); // it comes too late

            assertThat(rest).hasSize(1);
            Controller second = controller();
            rest.forEach(second::takeAgain);
            serve(second, () -> !tasks.isEmpty());
            tasks.remove().run();
            assertThat(dealer.receive()).singleElement().asString().contains("\"id\": \"one\"", "\"ok\"");
            assertThat(dealer.hearsNothing()).isTrue();
        }
    }

    @Test
    void who_asked_for_a_change_is_told_that_it_is_not_known() throws IOException {
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        Controller first = controller();
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send(
                    "{\"command\": \"stop\", \"id\": \"one\", \"properties\": {\"name\": \"web\", \"waiting\": true}}");
            serve(first, () -> first.busyWith().isPresent());

            assertThat(first.abandon(WHY, request -> false)).isEmpty();

            assertThat(dealer.receive())
                    .singleElement()
                    .asString()
                    .contains("\"id\": \"one\"", "cannot tell whether stop was carried out: " + WHY);
            assertThat(first.busyWith()).isEmpty();
        }
    }

    @Test
    void who_waits_for_the_end_is_answered_when_it_comes() throws Exception {
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        Controller first = controller();
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send("{\"command\": \"quit\", \"id\": \"one\", \"properties\": {\"waiting\": true}}");
            serve(first, () -> first.busyWith().isPresent());

            first.abandon(WHY, request -> request.command().equals(CommandSpec.QUIT.word()));
            assertThat(dealer.hearsNothing()).isTrue();

            House next = new House();
            next.add("web", Stage.options());
            next.arbiter.goOn(house.arbiter.endWish().orElseThrow());
            assertThat(next.arbiter.isEnding()).isTrue();
            next.arbiter.awaitingEnd().forEach(each -> each.done(Change.NONE));
            assertThat(dealer.receive()).singleElement().asString().contains("\"id\": \"one\"", "\"ok\"");
        }
    }

    @Test
    void who_cannot_be_answered_by_anybody_is_told_why() throws IOException {
        Controller first = controller();
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send("{\"command\": \"stats\", \"id\": \"one\"}");
            serve(first, () -> !tasks.isEmpty());
            Controller.refuse(endpoints, first.abandon(WHY, request -> false), "none comes up", house);
            assertThat(dealer.receive())
                    .singleElement()
                    .asString()
                    .contains("\"id\": \"one\"", "cannot carry out stats: none comes up");
        }
    }
}
