package papa.kernel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import papa.request.Refusal;
import papa.wire.Limit;

/** The limit of what all tails together read, and all watches. */
class ReadersTest {
    @Test
    void so_many_streams_may_be_tailed_and_not_one_more() {
        Readers readers = new Readers();
        assertThatCode(() -> readers.demandRoomFor(Readers.MOST_TAILED)).doesNotThrowAnyException();
        assertThatThrownBy(() -> readers.demandRoomFor(Readers.MOST_TAILED + 1))
                .isInstanceOf(Refusal.class)
                .hasMessage("cannot tail 32769 streams: all tails together read 0 already, and 32768 are the most; "
                        + "name fewer processes, or end another tail");
    }

    @Test
    void so_many_processes_may_be_watched_and_not_one_more() {
        Readers readers = new Readers();
        assertThatCode(() -> readers.demandRoomToWatch(Limit.WATCHED.most())).doesNotThrowAnyException();
        assertThatThrownBy(() -> readers.demandRoomToWatch(Limit.WATCHED.most() + 1))
                .isInstanceOf(Refusal.class)
                .hasMessage(
                        "cannot watch 65537 processes: all watches together watch 0 already, and 65536 are the most; "
                                + "name fewer, or end another watch");
    }
}
