package circus.manager.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import org.junit.jupiter.api.Test;

final class TimeFormatTest {
    /** 2020-01-02 03:04:05.000678 in Berlin. */
    private static final long TIME = 1_577_930_645_000_678L;

    private static String at(String format) {
        return new TimeFormat(format, ZoneId.of("Europe/Berlin")).at(TIME);
    }

    @Test
    void each_directive_is_translated_as_the_C_locale_has_it() {
        assertThat(at("%a %A %b %B")).isEqualTo("Thu Thursday Jan January");
        assertThat(at("%c")).isEqualTo("Thu Jan  2 03:04:05 2020");
        assertThat(at("%d %f %H %I %j %m %M")).isEqualTo("02 000678 03 03 002 01 04");
        assertThat(at("%p %S %y %Y %Z %z %%")).isEqualTo("AM 05 20 2020 CET +0100 %");
        assertThat(at("%D %e %F %h %R %T %x %X"))
                .isEqualTo("01/02/20  2 2020-01-02 Jan 03:04 03:04:05 01/02/20 03:04:05");
    }

    @Test
    void everything_else_stands_as_it_is() {
        assertThat(at("'quoted' [%Q] 100% é {x} #%")).isEqualTo("'quoted' [%Q] 100% é {x} #%");
    }

    @Test
    void microseconds_change_within_a_second_and_may_stand_anywhere() {
        TimeFormat format = new TimeFormat("%f|%S.%f", ZoneId.of("UTC"));
        assertThat(format.at(TIME)).isEqualTo("000678|05.000678");
        assertThat(format.at(TIME + 1)).isEqualTo("000679|05.000679");
        assertThat(format.at(TIME + 999_322)).isEqualTo("000000|06.000000");
    }
}
