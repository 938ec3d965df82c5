package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shell offers to complete a line with, and where it keeps its lines. */
class SuggestionsTest {
    private static final Suggestions.Names NAMES = new Suggestions.Names() {
        @Override
        public List<String> watchers() {
            return List.of("web", "db");
        }

        @Override
        public List<String> pids(String watcher) {
            return watcher.equals("web") ? List.of("11", "12") : List.of();
        }

        @Override
        public List<String> sockets() {
            return List.of("http");
        }
    };

    private static List<String> at(String line) {
        return new Suggestions(NAMES).at(Arrays.asList(line.split(" ", -1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "list |web db",
                "list w|web db",
                "list web |",
                "restart -|--waiting --match --help",
                "restart --waiting -|--match --help",
                "restart --match |glob regex simple",
                "restart --match glob |web db",
                "restart -- -|web db",
                "tail web |web db",
                "tail -n |",
                "tail -n 5 |web db",
                "kill web |11 12",
                "kill db |",
                "stats web |11 12",
                "set web stdin_socket |http",
                "set web cmd x stdin_socket |http",
                "listen |watcher.web. watcher.db.",
                "help |" + "ALL",
                "globaloptions |endpoint stats_endpoint pubsub_endpoint check_delay multicast_endpoint",
                "add |",
                "keygen |",
                "bogus |",
                "help list |",
            })
    void a_line_goes_on_with_these(String line, String words) {
        List<String> expected = words == null || words.isEmpty()
                ? List.of()
                : words.equals("ALL") ? at("help ") : Arrays.asList(words.split(" "));
        assertThat(at(line)).isEqualTo(expected);
    }

    @Test
    void commands_keys_and_signals_are_those_that_there_are() {
        assertThat(at("")).contains("status", "tail", "upgrade", "help", "?");
        assertThat(at("help ")).contains("status", "tail").doesNotContain("help");
        assertThat(at("get web ")).contains("cmd", "numprocesses", "use_sockets");
        assertThat(at("get web cmd ")).contains("numprocesses");
        assertThat(at("set web ")).contains("cmd", "numprocesses").doesNotContain("use_sockets");
        assertThat(at("get web ")).doesNotContain("autostart", "virtualenv"); // Which get does not know.
        assertThat(at("set web ")).doesNotContain("stdout_stream.class");
        assertThat(at("set web s"))
                .contains("stdout_stream.class", "stderr_stream.max_bytes", "hooks.before_start", "rlimit_nofile");
        assertThat(at("set web cmd x ")).contains("numprocesses");
        assertThat(at("set web stop_signal ")).contains("TERM", "HUP");
        assertThat(at("signal web ")).contains("11", "TERM", "HUP");
        assertThat(at("signal web 11 ")).contains("TERM").doesNotContain("11");
        assertThat(at("kill web --signum ")).contains("TERM", "KILL");
        assertThat(at("events --kind ")).contains("spawn", "exit");
    }

    @Test
    void lines_are_kept_for_their_owner_alone(@TempDir Path folder) throws Exception {
        Path file =
                HistoryFile.find(Map.of("XDG_STATE_HOME", folder.toString())).orElseThrow();
        assertThat(file).isEqualTo(folder.resolve("circus/history")).isEmptyFile();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        Path own = HistoryFile.find(Map.of("HOME", folder.toString(), "XDG_STATE_HOME", "relative"))
                .orElseThrow();
        assertThat(own).isEqualTo(folder.resolve(".local/state/circus/history"));
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(HistoryFile.find(Map.of("HOME", folder.toString()))).contains(own);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rw-------");

        Path taken = Files.writeString(folder.resolve("file"), "");
        assertThat(HistoryFile.find(Map.of("XDG_STATE_HOME", taken.toString()))).isEmpty();
    }
}
