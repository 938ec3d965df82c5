package circus.tests.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may connect may still mean harm, or be broken. */
@ExtendWith(HomeExtension.class)
class HostilePeersTest {
    private static final int CROWD = 600;

    /** What is left of a crowd: who has not finished the handshake is there in this number at the most. */
    private static final int MOST_SHAKING = 128;

    private static final int MOST_CONNECTIONS = 256;

    private final Home home;

    HostilePeersTest(Home home) {
        this.home = home;
    }

    @ParameterizedTest
    @CsvSource({"tcp,crowd", "tcp,drip", "ipc,crowd", "ipc,drip"})
    void hundreds_who_never_finish_a_handshake_are_in_nobodys_way(String transport, String kind) {
        Circus plain = home.circus("crowded", "", "[watcher:web]\ncmd = sleep 1000\n");
        Circus circus = transport.equals("tcp") ? plain : plain.atUnixSockets();
        circus.start();
        try (Peer crowd = Peer.start(home, circus.endpoint(), kind, Integer.toString(CROWD));
                Peer others = Peer.start(home, circus.eventEndpoint(), kind, Integer.toString(CROWD))) {
            for (int i = 0; i < 10; i++) {
                assertThat(circus.tell("status", "web")).isEqualTo("active");
            }
            crowd.nudge();
            assertThat(Integer.parseInt(crowd.line())).isGreaterThanOrEqualTo(CROWD - MOST_SHAKING);
            assertThat(circus.manager().errors()).doesNotContain("ERROR");
        }
        circus.terminate();
    }

    @Test
    void who_is_connected_and_asks_nothing_makes_room_for_who_asks() {
        Circus circus = home.circus("idle", "", "[watcher:web]\ncmd = sleep 1000\n");
        circus.start();
        try (Peer idle = Peer.start(home, circus.endpoint(), "idle", Integer.toString(MOST_CONNECTIONS))) {
            // Until one of them has been silent for five seconds all places are taken; our client tries until it gets
            // one.
            assertThat(circus.tell("status", "web")).isEqualTo("active");
            idle.nudge();
            assertThat(Integer.parseInt(idle.line())).isBetween(1, MOST_CONNECTIONS / 2);
        }
    }
}
