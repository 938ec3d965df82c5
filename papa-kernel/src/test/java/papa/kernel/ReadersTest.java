package papa.kernel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The limit of what all tails together read. */
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
}
