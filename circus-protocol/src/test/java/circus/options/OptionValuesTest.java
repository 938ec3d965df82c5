package circus.options;

import static circus.options.WatcherOptions.NUMPROCESSES;
import static circus.options.WatcherOptions.USE_PAPA;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OptionValuesTest {
    @Test
    void what_nobody_gave_has_its_default() {
        assertThat(OptionValues.NONE.get(NUMPROCESSES)).isEqualTo(1);
        assertThat(OptionValues.NONE.isGiven(NUMPROCESSES)).isFalse();
    }

    @Test
    void a_change_makes_new_values_and_leaves_the_old_ones() {
        OptionValues changed = OptionValues.NONE.with(NUMPROCESSES, 4);
        assertThat(changed.get(NUMPROCESSES)).isEqualTo(4);
        assertThat(changed.isGiven(NUMPROCESSES)).isTrue();
        assertThat(OptionValues.NONE.get(NUMPROCESSES)).isEqualTo(1);
    }

    @Test
    void another_default_does_not_count_as_given() {
        OptionValues values = OptionValues.NONE.withDefault(USE_PAPA, true);
        assertThat(values.get(USE_PAPA)).isTrue();
        assertThat(values.isGiven(USE_PAPA)).isFalse();
    }

    @Test
    void another_default_does_not_replace_what_was_given() {
        OptionValues values = OptionValues.NONE.with(USE_PAPA, false).withDefault(USE_PAPA, true);
        assertThat(values.get(USE_PAPA)).isFalse();
        assertThat(values.isGiven(USE_PAPA)).isTrue();
    }

    @Test
    void the_same_values_given_in_another_order_are_equal() {
        OptionValues one = OptionValues.NONE.with(NUMPROCESSES, 4).with(USE_PAPA, true);
        OptionValues other = OptionValues.NONE.with(USE_PAPA, true).with(NUMPROCESSES, 4);
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString("{numprocesses=4, use_papa=true}");
        assertThat(one).isNotEqualTo(other.with(NUMPROCESSES, 5));
        assertThat(one).isNotEqualTo(OptionValues.NONE.with(NUMPROCESSES, 4).withDefault(USE_PAPA, true));
    }

    @Test
    void a_family_knows_its_keys() {
        assertThat(WatcherOptions.RLIMIT.covers("rlimit_nofile")).isTrue();
        assertThat(WatcherOptions.RLIMIT.covers("rlimits")).isFalse();
        assertThat(WatcherOptions.STDOUT_STREAM.member("stdout_stream.filename"))
                .isEqualTo("filename");
    }
}
