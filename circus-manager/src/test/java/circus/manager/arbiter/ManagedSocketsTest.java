package circus.manager.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.config.SocketConfig;
import circus.manager.kernel.HeldSocket;
import circus.manager.watcher.SocketPlace;
import circus.options.OptionValues;
import circus.options.SocketOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import papa.client.PapaException;

class ManagedSocketsTest {
    /** Holds sockets in memory; refuses the ports that are taken, and other options for a name that it has. */
    private static final class FakeHolder implements ManagedSockets.Holder {
        private final Map<String, Map<String, String>> held = new LinkedHashMap<>();
        private final Set<String> portsTaken = new HashSet<>();

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
                    name, number, Optional.ofNullable(words.get("host")), port, Optional.ofNullable(words.get("path")));
        }

        @Override
        public HeldSocket makeSocket(String name, Map<String, String> words) throws PapaException {
            Map<String, String> existing = held.get(name);
            if (existing != null && !existing.equals(words)) {
                throw new PapaException("Socket for " + name + " has already been created");
            }
            if (portsTaken.contains(words.getOrDefault("port", ""))) {
                throw new PapaException("Bind failed: [Errno 98] Address already in use");
            }
            held.put(name, words);
            return socket(name, words);
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
}
