package circus.manager.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.config.SocketConfig;
import circus.manager.kernel.HeldSocket;
import circus.manager.watcher.SocketPlace;
import circus.options.OptionValues;
import circus.options.SocketOptions;
import circus.options.SocketType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import papa.client.PapaException;

class ManagedSocketsTest {
    /** Holds sockets in memory; refuses the ports that are taken, and other options for a name that it has. */
    private static final class FakeHolder implements ManagedSockets.Holder {
        private final Map<String, Map<String, String>> held = new LinkedHashMap<>();
        private final Set<String> portsTaken = new HashSet<>();
        private int nextPort = 4001;

        @Override
        public List<HeldSocket> sockets() {
            List<HeldSocket> all = new ArrayList<>();
            held.forEach((name, words) -> all.add(socket(name, words)));
            return all;
        }

        private HeldSocket socket(String name, Map<String, String> words) {
            int number = 64 + List.copyOf(held.keySet()).indexOf(name);
            Optional<Integer> port = Optional.ofNullable(words.get("port")).map(Integer::valueOf);
            return new HeldSocket(
                    name,
                    number,
                    Optional.ofNullable(words.get("host")),
                    port,
                    Optional.ofNullable(words.get("path")),
                    "0".equals(words.get("listen")));
        }

        @Override
        public HeldSocket makeSocket(String name, Map<String, String> words) throws PapaException {
            Map<String, String> existing = held.get(name);
            if (existing != null) {
                if (!existing.equals(withPort(words, existing.getOrDefault("port", "")))) {
                    throw new PapaException("Socket for " + name + " has already been created");
                }
                return socket(name, existing);
            }
            if (portsTaken.contains(words.getOrDefault("port", ""))) {
                throw new PapaException("Bind failed: [Errno 98] Address already in use");
            }
            held.put(name, withPort(words, "" + nextPort++));
            return socket(name, Objects.requireNonNull(held.get(name)));
        }

        private static Map<String, String> withPort(Map<String, String> words, String port) {
            Map<String, String> other = new LinkedHashMap<>(words);
            other.computeIfPresent("port", (key, given) -> given.equals("0") ? port : given);
            return other;
        }

        @Override
        public void removeSocket(String name) {
            held.remove(name);
        }
    }

    private final FakeHolder holder = new FakeHolder();

    private static SocketConfig inet(String name, int port) {
        return new SocketConfig(
                name, OptionValues.NONE.with(SocketOptions.HOST, "127.0.0.1").with(SocketOptions.PORT, port));
    }

    private Map<String, SocketPlace> open(SocketConfig... configs)
            throws ManagedSockets.CannotOpenException, PapaException {
        return new ManagedSockets(List.of(configs), holder).open();
    }

    @Test
    void opens_all_and_tells_their_numbers_and_addresses() throws Exception {
        SocketConfig unix =
                new SocketConfig("u", OptionValues.NONE.with(SocketOptions.PATH, Optional.of("/run/x.sock")));
        assertThat(open(inet("web", 9999), unix))
                .containsEntry("web", new SocketPlace(64, "127.0.0.1:9999"))
                .containsEntry("u", new SocketPlace(65, "/run/x.sock"));
        assertThat(holder.held.get("web"))
                .containsEntry("family", "inet")
                .containsEntry("backlog", "2048")
                .containsEntry("nonblocking", "1");
        assertThat(holder.held.get("u"))
                .containsEntry("family", "unix")
                .containsEntry("umask", "8")
                .doesNotContainKey("replace");
    }

    @Test
    void tells_all_that_cannot_be_opened_at_once_and_keeps_none_open() {
        holder.portsTaken.addAll(List.of("81", "82"));
        assertThatThrownBy(() -> open(inet("a", 80), inet("b", 81), inet("c", 82)))
                .isInstanceOf(ManagedSockets.CannotOpenException.class)
                .hasMessage("cannot open socket b at 127.0.0.1:81: Bind failed: [Errno 98] Address already in use\n"
                        + "cannot open socket c at 127.0.0.1:82: Bind failed: [Errno 98] Address already in use");
        assertThat(holder.held).isEmpty();
    }

    @Test
    void where_some_may_be_lacking_the_others_are_open_and_who_is_started_with_one_is_refused() throws Exception {
        holder.portsTaken.add("81");
        ManagedSockets sockets = new ManagedSockets(List.of(inet("a", 80), inet("b", 81), inet("c", 82)), holder, true);
        Map<String, SocketPlace> places = sockets.open();
        assertThat(holder.held).containsOnlyKeys("a", "c");
        assertThat(places).containsOnlyKeys("a", "b", "c");
        assertThat(Objects.requireNonNull(places.get("b")).descriptor()).isNegative();
        assertThat(sockets.close(true, List.of())).isTrue();
        assertThat(holder.held).isEmpty();
    }

    @Test
    void what_is_open_already_stays_open_even_when_others_fail() throws Exception {
        open(inet("a", 80));
        holder.portsTaken.add("81");
        assertThatThrownBy(() -> open(inet("a", 80), inet("b", 81)))
                .isInstanceOf(ManagedSockets.CannotOpenException.class);
        assertThat(holder.held).containsOnlyKeys("a");
    }

    @Test
    void a_socket_at_another_address_is_opened_anew_and_one_without_a_section_closed() throws Exception {
        open(inet("web", 80), inet("old", 90));
        assertThat(open(inet("web", 8080))).containsEntry("web", new SocketPlace(65, "127.0.0.1:8080"));
        assertThat(holder.held).containsOnlyKeys("web");
    }

    @Test
    void a_change_of_anything_else_waits_until_it_is_closed() throws Exception {
        open(inet("web", 80));
        SocketConfig changed = new SocketConfig("web", inet("web", 80).options().with(SocketOptions.BACKLOG, 7));
        assertThat(open(changed)).containsKey("web");
        assertThat(holder.held.get("web")).containsEntry("backlog", "2048");
    }

    @Test
    void closes_what_nobody_who_stays_needs() throws Exception {
        SocketConfig kept = new SocketConfig("kept", inet("kept", 80).options().with(SocketOptions.USE_PAPA, true));
        ManagedSockets sockets = new ManagedSockets(List.of(kept, inet("needed", 81), inet("other", 82)), holder);
        sockets.open();
        assertThat(sockets.close(false, List.of("needed"))).isFalse();
        assertThat(holder.held).containsOnlyKeys("kept", "needed");
        assertThat(sockets.close(true, List.of("needed"))).isTrue();
        assertThat(holder.held).isEmpty();
    }

    private static SocketConfig perWorker(int port) {
        return new SocketConfig("web", inet("web", port).options().with(SocketOptions.SO_REUSEPORT, true));
    }

    private static SocketConfig datagrams(int port) {
        return new SocketConfig("web", perWorker(port).options().with(SocketOptions.TYPE, SocketType.SOCK_DGRAM));
    }

    private static Map<String, String> slots(Map<String, SocketPlace> places) {
        return Objects.requireNonNull(places.get("web")).slots().orElseThrow();
    }

    @Test
    void a_port_for_slots_is_kept_and_chosen_once() throws Exception {
        Map<String, String> first = slots(open(perWorker(0)));
        assertThat(holder.held).containsOnlyKeys("web");
        assertThat(holder.held.get("web")).containsEntry("listen", "0").containsEntry("reuseport", "1");
        assertThat(first)
                .containsEntry("port", "4001")
                .containsEntry("reuseport", "1")
                .doesNotContainKey("listen");
        assertThat(slots(open(perWorker(0)))).isEqualTo(first);
    }

    @Test
    void sockets_of_slots_stay_as_long_as_they_are_what_is_wanted() throws Exception {
        Map<String, String> options = slots(open(perWorker(80)));
        holder.makeSocket("web.SLOT.app.1", options);
        holder.makeSocket("old.SLOT.app.1", options);
        open(perWorker(80));
        assertThat(holder.held).containsOnlyKeys("web", "web.SLOT.app.1");

        open(new SocketConfig("web", perWorker(80).options().with(SocketOptions.BACKLOG, 7)));
        assertThat(holder.held).containsOnlyKeys("web");
        holder.makeSocket("web.SLOT.app.1", options);
        assertThat(slots(open(perWorker(81)))).containsEntry("port", "81");
        assertThat(holder.held).containsOnlyKeys("web");
    }

    @Test
    void sockets_of_slots_that_no_watcher_needs_are_closed() throws Exception {
        ManagedSockets sockets = new ManagedSockets(List.of(perWorker(80)), holder);
        Map<String, String> options = slots(sockets.open());
        holder.makeSocket("web.SLOT.gone.1", options);
        sockets.open();
        sockets.handSlotsTo(new House().arbiter);
        assertThat(holder.held).containsOnlyKeys("web");
    }

    @Test
    void what_all_workers_share_is_shared_until_it_is_closed_and_the_other_way_round() throws Exception {
        open(inet("web", 80));
        assertThat(open(perWorker(80))).containsEntry("web", new SocketPlace(64, "127.0.0.1:80"));
        holder.held.clear();
        open(perWorker(80));
        assertThat(slots(open(inet("web", 80)))).containsEntry("reuseport", "1");
    }

    @Test
    void nobody_holds_a_socket_for_datagrams_that_nobody_reads() throws Exception {
        SocketPlace place = Objects.requireNonNull(open(datagrams(0)).get("web"));
        assertThat(place.descriptor()).isEqualTo(-1);
        assertThat(holder.held).isEmpty();
        Map<String, String> options = place.slots().orElseThrow();
        assertThat(options).containsEntry("port", "4001").containsEntry("type", "dgram");
        holder.makeSocket("web.SLOT.app.2", options);
        assertThat(slots(open(datagrams(0)))).isEqualTo(options);
        assertThat(holder.held).containsOnlyKeys("web.SLOT.app.2");
        holder.portsTaken.add("90");
        assertThatThrownBy(() -> open(datagrams(90))).hasMessageContaining("Address already in use");
    }

    @Test
    void slots_are_closed_with_those_who_do_not_stay() throws Exception {
        ManagedSockets sockets = new ManagedSockets(List.of(perWorker(80)), holder);
        holder.makeSocket("web.SLOT.app.1", slots(sockets.open()));
        assertThat(sockets.close(false, List.of("web"))).isFalse();
        assertThat(holder.held).containsOnlyKeys("web", "web.SLOT.app.1");
        assertThat(sockets.close(false, List.of())).isTrue();
        assertThat(holder.held).isEmpty();
    }
}
