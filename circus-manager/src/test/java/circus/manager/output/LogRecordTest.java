package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.disk.FileIdentity;
import circus.manager.line.Layout;
import circus.manager.line.Speaker;
import java.util.List;
import org.junit.jupiter.api.Test;
import papa.wire.Frame.Channel;

final class LogRecordTest {
    private static final StreamId OUT = new StreamId(17, Channel.OUT);
    private static final StreamId ERR = new StreamId(18, Channel.ERR);

    @Test
    void a_record_is_read_as_it_was_written() {
        for (StreamId open : List.of(OUT, ERR, StreamId.NOBODY, StreamId.STRANGER)) {
            LogRecord record =
                    new LogRecord("/var/log/ä b%-.log", new FileIdentity(-5, 1L << 60), 123, -77, open, 0, null, null);
            assertThat(LogRecord.parse(record.encode())).isEqualTo(record);
        }
    }

    @Test
    void a_plan_is_read_as_it_was_written() {
        Plan plan = new Plan(
                600,
                -1,
                List.of(
                        new Plan.Writer(OUT, new Speaker("", 0, 42), 1000, Layout.timed("%Y-%m-%d ä")),
                        new Plan.Writer(ERR, new Speaker("", 0, 43), 0, Layout.PLAIN)),
                List.of(
                        new Plan.Piece(0, 1300, 400, null),
                        new Plan.Piece(1, 10, 411, null),
                        new Plan.Piece(0, 1400, 600, "\n[circus] 100 bytes lost\n\u00ff\u0000-")));
        LogRecord record = new LogRecord("/log", new FileIdentity(1, 2), 0, 0, OUT, 1_700_000_000_000_000L, plan, null);
        assertThat(record.encode()).matches("[ -~]*");
        assertThat(LogRecord.parse(record.encode())).isEqualTo(record);
    }

    @Test
    void what_is_no_record_is_refused() {
        String good = new LogRecord("/log", new FileIdentity(1, 2), 3, 4, OUT, 0, null, null).encode();
        for (String bad :
                List.of("", "3" + good.substring(1), good.substring(0, 10), good + " 5", good.replace(".", "!"))) {
            assertThatThrownBy(() -> LogRecord.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
