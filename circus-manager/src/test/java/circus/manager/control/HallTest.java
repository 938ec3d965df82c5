package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.command.Caller;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HallTest {
    private static final int CROWD = 200;

    private final Hall hall = new Hall(Service.COMMANDS);
    private final List<SocketChannel> channels = new ArrayList<>();
    private final long now = System.nanoTime();

    @AfterEach
    void close() throws IOException {
        for (SocketChannel each : channels) {
            each.close();
        }
    }

    private Connection connection() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channels.add(channel);
        Caller caller = new Caller(OptionalInt.empty(), OptionalInt.empty(), "a test");
        return new Connection(
                Service.COMMANDS, Optional.empty(), caller, channel, new Refusals(), moved -> {}, ended -> {});
    }

    /** JeroMQ says that one is ready when it gets to it, which on a busy machine may take longer than an honest handshake. */
    @Test
    void who_has_shaken_hands_with_another_circusd_is_not_cut_in_a_crowd() throws IOException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            all.add(connection());
            hall.enterAgain(all.get(i));
        }
        long later = now + Duration.ofSeconds(20).toNanos();
        assertThat(hall.places(later)).isEqualTo(Hall.MOST_SHAKING);
        assertThat(hall.nanosToNext(later)).isEqualTo(Long.MAX_VALUE);
        assertThat(all).allMatch(each -> each.silentNanos(later) > 0);
        assertThat(hall.size()).isEqualTo(CROWD);
        hall.leave(all.get(0));
        assertThat(hall.size()).isEqualTo(CROWD - 1);
    }
}
