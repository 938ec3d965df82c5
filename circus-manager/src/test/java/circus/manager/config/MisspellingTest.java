package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import circus.options.WatcherOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MisspellingTest {
    @ParameterizedTest
    @CsvSource({
        "numproceses,numprocesses",
        "num_processes,numprocesses",
        "CMD,cmd",
        "'  cmd',cmd",
        "cdm,cmd",
        "NumProcesses,numprocesses",
        "gracefull_timeout,graceful_timeout",
        "use_socket,use_sockets",
        "workingdir,working_dir",
        "hook.before_start,hooks.before_start",
        "stdout_strem.filename,stdout_stream.filename",
        "rlimits_nofile,rlimit_nofile"
    })
    void a_slip_of_the_pen_is_found(String key, String meant) {
        assertThat(Misspelling.of(key, WatcherOptions.ALL, WatcherOptions.FAMILIES))
                .contains(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo",
                "url",
                "bonly",
                "flapping.max_retry",
                "retry_in",
                "check_flapping",
                "my key",
                "x",
                "",
                "foo.bar",
                "remark"
            })
    void another_word_is_another_word(String key) {
        assertThat(Misspelling.of(key, WatcherOptions.ALL, WatcherOptions.FAMILIES))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "abc,abc,0",
        "abc,acb,1",
        "abc,ab,1",
        "abc,abxc,1",
        "abc,xbc,1",
        "abc,'',3",
        "ABC,abc,0",
        "kitten,sitting,3"
    })
    void a_distance_counts_single_changes(String one, String other, int distance) {
        assertThat(Misspelling.distance(one, other)).isEqualTo(distance);
        assertThat(Misspelling.distance(other, one)).isEqualTo(distance);
    }
}
