package circus.top;

import static org.assertj.core.api.Assertions.assertThat;

import circus.client.Answer;
import circus.message.Json;
import circus.message.JsonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Keys, and what comes of them, as text. */
class DeskTest {
    private final SampleFeed feed = new SampleFeed();
    private final List<Task> asked = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final Hands hands = new Hands() {
        @Override
        public void quit() {
            done.add("quit");
        }

        @Override
        public void suspend() {
            done.add("suspend");
        }

        @Override
        public void redraw() {
            done.add("redraw");
        }

        @Override
        public void ask(Task task) {
            asked.add(task);
        }
    };
    private Desk desk = new Desk(feed.model, hands, false);
    private boolean unicode = true;
    private Feed state = new Feed("tcp://127.0.0.1:5557", "tcp://127.0.0.1:5555", "", "");

    private List<Line> lines(int width, int height) {
        desk.settle(height - Renderer.FRAME);
        List<Line> lines =
                new Renderer(new Look(unicode, true), false).screen(desk, state, width, height, feed.now, 1_000);
        assertThat(lines).hasSize(height);
        assertThat(lines).allSatisfy(line -> assertThat(line.width()).isLessThanOrEqualTo(width));
        return lines;
    }

    private String screen(int width, int height) {
        StringBuilder text = new StringBuilder();
        lines(width, height)
                .forEach(line -> text.append(line.text().stripTrailing()).append('\n'));
        return text.toString();
    }

    @Test
    void the_help_fits_a_terminal_of_80_columns_and_24_lines() {
        type("h");
        assertThat(screen(80, 24).lines().toList().subList(2, 23))
                .isEqualTo(screen(200, 24).lines().toList().subList(2, 23));
    }

    private void type(String keys) {
        keys.codePoints().forEach(letter -> press(Key.letter(letter)));
    }

    private void press(Key key) {
        desk.press(key);
        desk.settle(20);
    }

    private void press(Key.Kind kind) {
        press(Key.of(kind));
    }

    private void report() {
        try {
            feed.model.reports(WatcherReport.read(Json.readObject("""
                    {"statuses": {"Web": "active", "db": "active", "off": "stopped"},
                     "details": {"Web": {"state": "active", "processes": 2, "wanted": 3, "restarts": 7,
                       "last_exit": {"pid": 5, "wid": 1, "code": 3, "time": 940.0, "reason": "died"}},
                      "db": {"state": "active", "processes": 1, "wanted": 1, "restarts": 0, "last_exit": null}}}
                    """)));
        } catch (JsonException impossible) {
            throw new AssertionError(impossible);
        }
        desk.settle(20);
    }

    @Test
    void at_first_it_waits_for_data_and_says_why() {
        assertThat(screen(80, 24)).contains("\n*** Waiting for data ***\n");
        state = new Feed("tcp://127.0.0.1:5557", "tcp://127.0.0.1:5555", "Connection refused", "");
        assertThat(screen(80, 24))
                .contains(
                        "nothing publishes at tcp://127.0.0.1:5557: Connection refused\n",
                        "circusd answers at tcp://127.0.0.1:5555: has it statsd = True?\n");
    }

    @Test
    void the_screen_of_80_by_16() {
        feed.usual();
        report();
        assertThat(screen(80, 16)).isEqualTo("""
                circus-top                       3 watchers  3 processes  cpu 14.4 %  mem 4.13 %
                sort cpu ▼
                NAME                        PID STATE     CPU %  MEM %     AGE RESTARTS  HISTORY
                ▾ Web                       2/3 active     12.5   0.50   1h01m        7        █
                  sleep                    4242            12.5   0.25   1h01m                 █
                  sleep                    4243             0.0   0.25   1m05s                 ▁
                ▾ db                          1 active      1.5   3.13   1d03h        0        ▂
                  sleep                    4250             1.5   3.13   1d03h                 ▂
                ▾ off                         0 stopped     0.0   0.00
                ▾ circus                      1             0.4   0.50   7m30s                 ▁
                  circusd                  4200             0.4   0.50   7m30s                 ▁
                ▾ sockets                     1 17 hits
                  127.0.0.1:9999           fd 9 17 hits                                        █


                q quit  h help  / filter  Space fold  c m a i n sort  p pause  r restart  s stop
                """);
    }

    @Test
    void a_wide_screen_has_all_columns() {
        feed.usual();
        report();
        assertThat(screen(160, 14)).isEqualTo("""
                circus-top 0.2.0  tcp://127.0.0.1:5557                                                                           3 watchers  3 processes  cpu 14.4 %  mem 4.13 %
                sort cpu ▼
                NAME                                          PID STATE     CPU %  MEM %      RSS     AGE RESTARTS USER       LAST EXIT                                  HISTORY
                ▾ Web                                         2/3 active     12.5   0.50    4.00M   1h01m        7            exit 3, 1m00s ago                                █
                  sleep                                      4242            12.5   0.25    2.00M   1h01m          www                                                         █
                  sleep                                      4243             0.0   0.25    2.00M   1m05s          www                                                         ▁
                ▾ db                                            1 active      1.5   3.13    2.00M   1d03h        0                                                             ▂
                  sleep                                      4250             1.5   3.13    2.00M   1d03h          www                                                         ▂
                ▾ off                                           0 stopped     0.0   0.00       0B
                ▾ circus                                        1             0.4   0.50   40.00M   7m30s                                                                      ▁
                  circusd                                    4200             0.4   0.50   40.00M   7m30s          root                                                        ▁
                ▾ sockets                                       1 17 hits
                  127.0.0.1:9999                             fd 9 17 hits                                                                                                      █
                q quit  h help  / filter  Space fold  c m a i n sort  p pause  r restart  s stop  k signal  t tail
                """);
    }

    @Test
    void without_a_command_endpoint_there_are_no_states_and_no_changes() {
        feed.usual();
        state = new Feed("tcp://127.0.0.1:5557", "tcp://127.0.0.1:5555", "", "no answer");
        assertThat(screen(80, 16)).contains("no states: no answer").doesNotContain("active");
        type("r");
        assertThat(desk.message())
                .isEqualTo("cannot restart web: the command endpoint does not answer, or does not know it");
        assertThat(desk.mode()).isEqualTo(Desk.Mode.TABLE);
    }

    @Test
    void a_silent_feed_is_told_and_why() {
        feed.usual().after(2);
        assertThat(screen(80, 16)).doesNotContain("No data");
        feed.after(10);
        assertThat(screen(80, 16)).contains("*** No data for 12 s ***  sort cpu");
        state = new Feed("tcp://127.0.0.1:5557", "tcp://127.0.0.1:5555", "Connection refused", "");
        assertThat(screen(80, 16)).contains("*** No data for 12 s *** (Connection refused)");
        feed.usual();
        assertThat(screen(80, 16)).doesNotContain("No data");
    }

    @Test
    void it_is_sorted_by_any_key_in_both_directions() {
        feed.usual();
        assertThat(names()).containsExactly("web", "4242", "4243", "db", "4250", "circus", "4200", "sockets", "9");
        type("c");
        assertThat(names()).startsWith("db", "4250", "web", "4243", "4242");
        type("m");
        assertThat(names()).startsWith("db", "4250", "web", "4242", "4243");
        type("a");
        assertThat(names()).startsWith("db", "4250", "web", "4242", "4243");
        type("i");
        assertThat(names()).startsWith("db", "4250", "web", "4242", "4243");
        type("o");
        assertThat(names()).startsWith("web", "4243", "4242", "db", "4250");
        type("n");
        assertThat(names()).startsWith("db", "4250", "web", "4242", "4243");
        type("n");
        assertThat(names()).startsWith("web", "4242", "4243", "db", "4250");
        type(">");
        assertThat(desk.sort()).isEqualTo(SortKey.CPU);
        type("<");
        assertThat(desk.sort()).isEqualTo(SortKey.NAME);
    }

    private List<String> names() {
        desk.settle(20);
        return desk.rows().stream()
                .map(row -> row.kind().isGroup() ? row.name() : Long.toString(row.number()))
                .toList();
    }

    @Test
    void what_is_selected_stays_selected_wherever_it_goes() {
        feed.usual();
        desk.settle(20);
        press(Key.Kind.DOWN);
        press(Key.Kind.DOWN);
        assertThat(selected()).isEqualTo("PROCESS web 4243");
        type("c");
        assertThat(selected()).isEqualTo("PROCESS web 4243");
        press(Key.Kind.END);
        assertThat(selected()).isEqualTo("SOCKET sockets 9");
        press(Key.Kind.DOWN);
        press(Key.Kind.HOME);
        press(Key.Kind.UP);
        assertThat(desk.selectedIndex()).isZero();
    }

    private String selected() {
        return desk.rows().get(desk.selectedIndex()).id();
    }

    @Test
    void of_a_thousand_rows_those_around_the_selected_are_seen() {
        for (int pid = 1_000; pid < 2_000; pid++) {
            feed.process("many", pid, "0.0", "0.1", 5);
        }
        feed.group("many");
        assertThat(screen(80, 24)).contains(" 1018 ").doesNotContain(" 1019 ");
        desk.press(Key.of(Key.Kind.PAGE_DOWN));
        assertThat(screen(80, 24)).contains(" 1000 ", " 1019 ").doesNotContain(" 1020 ");
        desk.press(Key.of(Key.Kind.END));
        assertThat(screen(80, 24)).contains(" 1999 ", " 1980 ").doesNotContain(" 1979 ");
        desk.press(Key.of(Key.Kind.HOME));
        desk.press(Key.of(Key.Kind.ENTER));
        assertThat(screen(80, 24)).contains("▸ many").doesNotContain("sleep");
    }

    @Test
    void watchers_fold_one_by_one_and_all_at_once() {
        feed.usual();
        desk.settle(20);
        press(Key.Kind.DOWN);
        press(Key.Kind.LEFT);
        assertThat(names()).startsWith("web", "db", "4250");
        assertThat(selected()).isEqualTo("WATCHER web");
        press(Key.Kind.RIGHT);
        assertThat(names()).startsWith("web", "4242");
        type(" f");
        assertThat(names()).containsExactly("web", "db", "circus", "sockets");
        type("f");
        assertThat(names()).hasSize(9);
    }

    @Test
    void a_filter_takes_effect_while_it_is_typed() {
        feed.usual();
        desk.settle(20);
        type("/WE");
        assertThat(names()).containsExactly("web", "4242", "4243");
        assertThat(screen(80, 16)).endsWith("\nfilter: WE_\n");
        press(Key.Kind.BACKSPACE);
        type("xq");
        assertThat(names()).isEmpty();
        assertThat(screen(80, 16)).contains("(no name has that)");
        press(Key.Kind.ESCAPE);
        assertThat(names()).hasSize(9);
        type("/sleep");
        press(Key.Kind.ENTER);
        assertThat(names()).containsExactly("web", "4242", "4243", "db", "4250");
        assertThat(screen(80, 16)).contains("filter sleep");
        press(Key.Kind.ESCAPE);
        assertThat(names()).hasSize(9);
    }

    @Test
    void a_restart_is_asked_for_only_after_yes() {
        feed.usual();
        report();
        type("r");
        assertThat(screen(80, 16)).endsWith("\nRestart watcher Web? (y/n)\n");
        type("n");
        assertThat(asked).isEmpty();
        assertThat(screen(80, 16)).endsWith("\nnothing done\n");
        type("r");
        press(Key.Kind.ENTER);
        assertThat(asked).as("Enter is no yes").isEmpty();
        type("ry");
        assertThat(asked).singleElement().satisfies(task -> {
            assertThat(task.command()).isEqualTo("restart");
            assertThat(task.properties()).isEqualTo(Map.of("name", "Web", "waiting", false, "match", "simple"));
        });
        desk.outcome(asked.get(0), new Answer(Map.of("status", "ok")), "");
        assertThat(screen(80, 16)).endsWith("\nrestart watcher Web: ok\n");
        desk.outcome(asked.get(0), new Answer(Map.of("status", "error", "reason", "arbiter is busy")), "");
        assertThat(screen(80, 16)).endsWith("\ncannot restart watcher Web: arbiter is busy\n");
        desk.outcome(asked.get(0), null, "no answer");
        assertThat(screen(80, 16)).endsWith("\ncannot restart watcher Web: no answer\n");
    }

    @Test
    void other_keys_ask_for_what_they_say() {
        feed.usual();
        report();
        press(Key.Kind.DOWN);
        type("ry");
        assertThat(asked.get(0).command()).isEqualTo("kill");
        assertThat(asked.get(0).properties()).isEqualTo(Map.of("name", "Web", "pid", 4242L));
        type("s");
        assertThat(screen(80, 16)).endsWith("\nStop watcher Web? (y/n)\n");
        type("yk");
        for (int i = 0; i < 4; i++) {
            press(Key.Kind.BACKSPACE);
        }
        type("HUP");
        press(Key.Kind.ENTER);
        assertThat(screen(80, 16)).endsWith("\nSend HUP to process 4242 of Web? (y/n)\n");
        type("y");
        assertThat(asked.get(2).properties()).isEqualTo(Map.of("name", "Web", "pid", 4242L, "signum", "HUP"));
        press(Key.Kind.UP);
        type("k");
        press(Key.Kind.ENTER);
        type("yS");
        assertThat(asked.get(3).label()).isEqualTo("send TERM to all processes of watcher Web");
        type("y");
        assertThat(asked.get(4).command()).isEqualTo("start");
        press(Key.Kind.END);
        type("r");
        assertThat(desk.message())
                .isEqualTo("cannot restart 127.0.0.1:9999: it is neither a watcher nor one of its processes");
    }

    @Test
    void read_only_refuses_what_changes_something_and_nothing_else() {
        desk = new Desk(feed.model, hands, true);
        feed.usual();
        report();
        for (String key : List.of("r", "s", "S", "k")) {
            type(key + "y");
            type(key);
            assertThat(desk.message()).startsWith("cannot ").endsWith("Web: circus-top runs with --read-only");
        }
        assertThat(asked).isEmpty();
        type("t");
        assertThat(asked).singleElement().extracting(Task::command).isEqualTo("tail");
    }

    @Test
    void output_is_shown_page_by_page() throws Exception {
        feed.usual();
        report();
        type("t");
        assertThat(screen(80, 16)).contains("output of Web\n(asking)\n");
        desk.turnPage();
        assertThat(asked).as("one at a time").hasSize(1);
        desk.outcome(asked.get(0), new Answer(Json.readObject("""
                {"status": "ok", "cursor": {"x": 1}, "lines": [
                  {"watcher": "Web", "wid": 1, "pid": 4242, "stream": "stdout", "message": "one \\u001b[31m red"},
                  {"watcher": "Web", "wid": 2, "pid": 4243, "stream": "stdout", "message": "half", "open": true}]}
                """)), "");
        assertThat(screen(80, 16)).contains("\nWeb.1 | one ?[31m red\nWeb.2 | half\n");
        desk.turnPage();
        assertThat(asked.get(1).properties()).isEqualTo(Map.of("names", List.of("Web"), "cursor", Map.of("x", 1L)));
        desk.outcome(asked.get(1), new Answer(Json.readObject("""
                {"status": "ok", "cursor": {"x": 2}, "lines": [
                  {"watcher": "Web", "wid": 2, "pid": 4243, "stream": "stdout", "message": " a line", "continued": true},
                  {"watcher": "Web", "wid": 2, "pid": 4243, "stream": "stdout", "lost": 12}]}
                """)), "");
        assertThat(screen(80, 16)).contains("\nWeb.2 | half a line\nWeb.2 | (12 bytes are not in memory any more)\n");
        desk.turnPage();
        type("q");
        assertThat(desk.mode()).isEqualTo(Desk.Mode.TABLE);
        type("t");
        desk.outcome(asked.get(2), new Answer(Map.of("status", "ok", "lines", List.of())), "");
        assertThat(Objects.requireNonNull(desk.tailPane()).isAsking())
                .as("the answer was for the pane before")
                .isTrue();
        desk.outcome(asked.get(3), null, "no answer");
        assertThat(screen(80, 16)).contains("cannot show the output of Web: no answer");
    }

    @Test
    void the_help_tells_every_key() {
        feed.usual();
        type("h");
        String help = screen(80, 24);
        for (String key : List.of("c m a i n", "/", "p ", "t ", "r ", "s S", "k ", "f ", "q Ctrl-C")) {
            assertThat(help).contains("\n" + key);
        }
        type("x");
        assertThat(desk.mode()).isEqualTo(Desk.Mode.TABLE);
    }

    @Test
    void any_size_does() {
        feed.usual();
        report();
        for (String keys : List.of("", "h", "xt", "qr", "nk")) {
            type(keys);
            for (int width = 1; width < 130; width += 3) {
                for (int height = 1; height < 30; height++) {
                    lines(width, height);
                }
            }
        }
    }

    @Test
    void without_utf_8_everything_is_ascii() {
        unicode = false;
        feed.usual().process("münchen", 5, "1.0", "1.0", 1);
        report();
        assertThat(screen(120, 24)).matches("[ -~\n]*").contains("- m?nchen", "sort cpu v");
    }

    @Test
    void some_keys_are_for_the_program() {
        press(Key.Kind.INTERRUPT);
        press(Key.Kind.SUSPEND);
        press(Key.Kind.REDRAW);
        type("q");
        assertThat(done).containsExactly("quit", "suspend", "redraw", "quit");
    }

    @Test
    void a_pause_is_told() {
        feed.usual();
        type("p");
        assertThat(screen(80, 16)).contains("\nPAUSED  sort cpu");
        type("p");
        assertThat(screen(80, 16)).doesNotContain("PAUSED");
    }
}
