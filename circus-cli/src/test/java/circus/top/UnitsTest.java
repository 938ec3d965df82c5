package circus.top;

import static org.assertj.core.api.Assertions.assertThat;

import circus.terminal.Cells;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnitsTest {
    @Test
    void ages_have_six_letters_at_most_until_a_thousand_days() {
        assertThat(Units.age(0.9)).isEqualTo("0s");
        assertThat(Units.age(59.99)).isEqualTo("59s");
        assertThat(Units.age(60)).isEqualTo("1m00s");
        assertThat(Units.age(3_599)).isEqualTo("59m59s");
        assertThat(Units.age(3_600)).isEqualTo("1h00m");
        assertThat(Units.age(86_399)).isEqualTo("23h59m");
        assertThat(Units.age(86_400)).isEqualTo("1d00h");
        assertThat(Units.age(999 * 86_400.0)).isEqualTo("999d00h");
        assertThat(Units.age(1e8)).isEqualTo("1157d");
        assertThat(Units.age(-5)).isEqualTo("0s");
        assertThat(Units.age(Double.NaN)).isEqualTo("N/A");
    }

    @Test
    void sizes_go_there_and_back() {
        for (String size : new String[] {"0B", "512B", "3.00K", "22.15M", "1.20G", "1.50T"}) {
            assertThat(Units.human(Units.bytes(size))).isEqualTo(size);
        }
        for (String none : new String[] {"", "N/A", "B", "x.yM", "12"}) {
            assertThat(Units.bytes(none)).as(none).isNaN();
        }
    }

    @Test
    void a_sparkline_has_the_latest_at_the_right_and_small_values_look_small() {
        History history = new History();
        assertThat(Sparkline.of(history, 8, true)).isEmpty();
        for (double value : new double[] {0, 5, 10, Double.NaN, 100}) {
            history.add(value);
        }
        assertThat(Sparkline.of(history, 8, true)).isEqualTo("▁▁▂▁█");
        assertThat(Sparkline.of(history, 2, false)).isEqualTo("_#");
        History calm = new History();
        for (int i = 0; i < 2 * History.MOST; i++) {
            calm.add(i % 2 == 0 ? 0 : 1.5);
        }
        assertThat(calm.size()).isEqualTo(History.MOST);
        assertThat(Sparkline.of(calm, 4, true)).isEqualTo("▁▂▁▂");
    }

    @Test
    void columns_fill_every_width_and_never_more() {
        for (int width = 1; width < 400; width++) {
            Map<Column, Integer> columns = Column.fit(width);
            int used = columns.values().stream().mapToInt(each -> each + 1).sum() - 1;
            if (width >= 16) {
                assertThat(used).as("%d: %s", width, columns).isLessThanOrEqualTo(width);
            }
        }
        assertThat(Column.fit(80)).containsKeys(Column.STATE, Column.RESTARTS, Column.HISTORY);
        assertThat(Column.fit(200)).containsOnlyKeys(Column.values());
    }

    @Test
    void text_is_as_wide_as_it_is_on_a_terminal_and_does_nothing_there() {
        assertThat(Cells.width("日本")).isEqualTo(4);
        assertThat(Cells.left("日本", 3)).isEqualTo("日 ");
        assertThat(Cells.right("é", 3)).isEqualTo("  é");
        assertThat(Cells.safe("a\u001b[2Jb\nc\u202e", true)).isEqualTo("a?[2Jb?c?");
        assertThat(Cells.safe("日é", false)).isEqualTo("??");
    }

    @Test
    void the_look_follows_the_locale_and_no_color() {
        assertThat(Look.of(Map.of("LANG", "de_DE.UTF-8"), false, false)).isEqualTo(new Look(true, true));
        assertThat(Look.of(Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "C"), false, false))
                .isEqualTo(new Look(false, true));
        assertThat(Look.of(Map.of("LC_CTYPE", "C.utf8", "NO_COLOR", "1"), false, false))
                .isEqualTo(new Look(true, false));
        assertThat(Look.of(Map.of("LANG", "C.UTF-8", "NO_COLOR", ""), true, true))
                .isEqualTo(new Look(false, false));
        assertThat(Look.of(Map.of(), false, false)).isEqualTo(new Look(false, true));
    }
}
