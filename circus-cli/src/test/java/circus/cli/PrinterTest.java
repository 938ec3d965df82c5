package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import circus.client.Answer;
import circus.command.CommandSpec;
import circus.message.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replies as Circus prints them (contract/cli.md §1.3). */
class PrinterTest {
    private static String print(CommandSpec command, String reply) throws Exception {
        return Printer.text(command, new Answer(Json.readObject(reply)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "START        | {\"status\": \"ok\", \"info\": {\"started\": [1], \"kept\": []}} | ok",
                "STOP         | {\"status\": \"ok\", \"info\": null}                          | ok",
                "RESTART      | {\"status\": \"ok\"}                                        | ok",
                "QUIT         | {\"status\": \"ok\"}                                        | ok",
                "DETACH       | {\"status\": \"ok\"}                                        | ok",
                "LIST         | {\"status\": \"ok\", \"pids\": [18429, 18430]}               | 18429,18430",
                "LIST         | {\"status\": \"ok\", \"pids\": []}                          | ``",
                "LIST         | {\"status\": \"ok\", \"watchers\": [\"circusd-stats\", \"shelly two\"]} | circusd-stats,shelly two",
                "NUMWATCHERS  | {\"status\": \"ok\", \"numwatchers\": 10}                    | 10",
                "NUMPROCESSES | {\"status\": \"ok\", \"numprocesses\": 2, \"watcher_name\": \"a\"} | 2",
                "INCR         | {\"status\": \"ok\", \"numprocesses\": 3}                    | 3",
                "INCR         | {\"status\": \"ok\"}                                        | ok",
                "DECR         | {\"status\": \"ok\", \"numprocesses\": 1, \"singleton\": true} | This watcher is a Singleton - not changing the number of processes",
                "STATUS       | {\"status\": \"stopped\", \"id\": 8}                          | stopped",
                "STATUS       | {\"status\": \"ok\", \"statuses\": {}}                       | ``",
                "SET          | {\"status\": \"ok\"}                                        | ok",
                "ADD          | {\"status\": \"ok\", \"started\": [1], \"kept\": []}        | ok",
                "RM           | {\"status\": \"ok\"}                                        | ok",
                "RELOADCONFIG | {\"status\": \"ok\"}                                        | ok",
                "RELOADCONFIG | {\"status\": \"ok\", \"plan_id\": \"1\", \"plan\": {}, \"text\": \"Nothing to do\"} | Nothing to do",
                "KILL         | {\"status\": \"ok\"}                                        | ok",
                "SIGNAL       | {\"status\": \"ok\"}                                        | ok",
                "IPYTHON      | {\"status\": \"ok\", \"shell\": false, \"msg\": \"not supported\"} | error: not supported",
                "IPYTHON      | {\"status\": \"ok\", \"shell\": \"kernel-7.json\", \"msg\": null} | error: cannot show the shell here; jupyter console --existing kernel-7.json does",
                "LISTSOCKETS  | {\"status\": \"ok\", \"sockets\": []}                       | ``",
                "LISTSOCKETS  | {\"status\": \"ok\", \"sockets\": [{\"fd\": 9, \"name\": \"web\", \"backlog\": 2048, \"host\": \"127.0.0.1\", \"port\": 16080}]} | 9:socket 'web' at 127.0.0.1:16080",
                "OPTIONS      | {\"status\": \"ok\", \"changes\": {}}                      | Nothing differs from the configuration.",
                "OPTIONS      | {\"status\": \"ok\", \"changes\": {\"args\": {\"ini\": null, \"now\": \"-v\"}}} | args: -v (ini: )",
                "OPTIONS      | {\"status\": \"ok\", \"changes\": {\"env\": {\"ini\": {}, \"now\": {\"B\": \"1\", \"A\": \"2\"}}}} | env: A=2,B=1 (ini: )",
                "STATUS       | {\"status\": \"active\", \"changes\": {\"numprocesses\": {\"ini\": 2, \"now\": 5}}} | numprocesses: 5 (ini: 2)",
                "STATUS       | {\"status\": \"ok\", \"statuses\": {}, \"changes\": {}, \"added\": [], \"removed\": []} | Nothing differs from the configuration.",
            })
    void short_replies_are_one_line(CommandSpec command, String reply, String text) throws Exception {
        assertThat(print(command, reply)).isEqualTo(text);
    }

    @Test
    void versions_tell_what_would_be_lost_with_the_kernel() throws Exception {
        String kernel = "{\"status\": \"ok\", \"manager\": null, \"kernel\": {\"version\": \"0.2.0\"";
        assertThat(print(CommandSpec.VERSIONS, kernel + "}}")).hasLineCount(4).doesNotContain("lost");
        assertThat(print(CommandSpec.VERSIONS, kernel + ", \"uncopied\": 3, \"why\": \"no room (EAGAIN)\"}}"))
                .hasLineCount(5)
                .endsWith("\nif papa were killed now, workers would be lost: 3 of its descriptors could not be copied"
                        + " (no room (EAGAIN)); see docs/operations.md");
    }

    @Test
    void states_are_sorted_by_name_with_capitals_first() throws Exception {
        assertThat(
                        print(
                                CommandSpec.STATUS,
                                "{\"status\": \"ok\", \"statuses\": {\"circusd-stats\": \"active\", \"noauto\": \"stopped\", \"Shelly Two\": \"active\"}}"))
                .isEqualTo("Shelly Two: active\ncircusd-stats: active\nnoauto: stopped");
    }

    @Test
    void a_state_is_followed_by_what_is_wrong_with_the_output() throws Exception {
        String output =
                "{\"lost\": 7, \"waiting\": [{\"file\": \"/log\", \"reason\": \"No space left on device\", \"since\": 1.5}]}";
        assertThat(print(
                        CommandSpec.STATUS,
                        "{\"status\": \"ok\", \"statuses\": {\"api\": \"active\", \"web\": \"active\"}, \"outputs\": {\"web\": "
                                + output + "}}"))
                .isEqualTo("""
                        api: active
                        web: active
                        web: output waits for /log: No space left on device
                        web: 7 bytes of output lost""");
        assertThat(print(CommandSpec.STATUS, "{\"status\": \"active\", \"output\": " + output + "}"))
                .isEqualTo("active\noutput waits for /log: No space left on device\n7 bytes of output lost");
    }

    @Test
    void what_differs_from_the_configuration_is_one_line_for_each_watcher() throws Exception {
        assertThat(
                        print(
                                CommandSpec.STATUS,
                                "{\"status\": \"ok\", \"statuses\": {}, \"changes\": {\"web\": {\"numprocesses\": {}, \"cmd\": {}}}, \"added\": [\"new\"], \"removed\": [\"old\"]}"))
                .isEqualTo("new: added\nold: removed\nweb: cmd, numprocesses");
    }

    @Test
    void options_are_printed_as_python_prints_them() throws Exception {
        assertThat(
                        print(
                                CommandSpec.GET,
                                "{\"status\": \"ok\", \"options\": {\"cmd\": \"sleep 1000\", \"stop_signal\": 15, \"env\": {\"__name__\": \"env\", \"FOO\": \"bar\"}, \"uid\": \"nobody\"}}"))
                .isEqualTo("cmd: sleep 1000\nstop_signal: 15\nenv: FOO=bar,__name__=env\nuid: nobody");
        assertThat(
                        print(
                                CommandSpec.OPTIONS,
                                "{\"status\": \"ok\", \"options\": {\"args\": \"\", \"gid\": null, \"copy_env\": false, \"graceful_timeout\": 30.0, \"stdout_stream_conf\": {\"filename\": \"it's\", \"max_bytes\": 1}, \"env\": null, \"use_sockets\": true, \"list\": [\"a\", 1]}}"))
                .isEqualTo("""
                        args:\s
                        gid:\s
                        copy_env: False
                        graceful_timeout: 30.0
                        stdout_stream_conf: {'filename': "it's", 'max_bytes': 1}
                        env:\s
                        use_sockets: True
                        list: ['a', 1]""");
    }

    private static String info(int pid, String name, String mem1, String mem2, String mem, String children) {
        return "{\"mem_info1\": \"" + mem1 + "\", \"mem_info2\": \"" + mem2 + "\", \"cpu\": 0.0, \"mem\": " + mem
                + ", \"ctime\": \"0:00.0\", \"pid\": " + pid
                + ", \"username\": \"root\", \"nice\": 0, \"create_time\": 1.5,"
                + " \"age\": 2.5, \"cmdline\": \"" + name + "\", \"children\": [" + children + "]}";
    }

    @Test
    void infos_of_a_watcher_have_a_title_and_children_are_indented() throws Exception {
        String children = info(18414, "sleep", "1.77M", "2.85M", "0.007", "") + ", "
                + info(18415, "sleep", "1.84M", "2.85M", "0.008", "");
        String reply = "{\"status\": \"ok\", \"name\": \"Shelly Two\", \"info\": {\"18413\": "
                + info(18413, "sh", "1.65M", "2.53M", "0.007", children) + "}}";
        assertThat(print(CommandSpec.STATS, reply)).isEqualTo("""
                        Shelly Two:
                        18413: 18413  sh root 0 1.65M 2.53M 0.0 0.007 0:00.0
                           18414  sleep root 0 1.77M 2.85M 0.0 0.007 0:00.0
                           18415  sleep root 0 1.84M 2.85M 0.0 0.008 0:00.0""");
    }

    @Test
    void infos_of_all_watchers_come_in_the_order_of_the_reply() throws Exception {
        String reply =
                "{\"status\": \"ok\", \"infos\": {\"b\": {\"7\": \"No such process (stopped?)\"}, \"a\": {}, \"c\": {\"8\": "
                        + info(8, "sleep", "1M", "2M", "\"N/A\"", "") + "}}}";
        assertThat(print(CommandSpec.STATS, reply))
                .isEqualTo("b:\n7: No such process (stopped?)\na:\nc:\n8: 8  sleep root 0 1M 2M 0.0 N/A 0:00.0");
    }

    @Test
    void sockets_are_one_line_each() throws Exception {
        assertThat(
                        print(
                                CommandSpec.LISTSOCKETS,
                                "{\"status\": \"ok\", \"sockets\": [{\"fd\": 8, \"name\": \"ux\", \"backlog\": 2048, \"path\": \"/tmp/x/ux.sock\"}, {\"fd\": 9, \"name\": \"web\", \"backlog\": 5, \"host\": \"::1\", \"port\": 80, \"slots\": [66]}]}"))
                .isEqualTo("8:socket 'ux' at /tmp/x/ux.sock\n9:socket 'web' at ::1:80");
    }

    @Test
    void global_options_are_one_line_each_in_the_order_of_the_reply() throws Exception {
        assertThat(
                        print(
                                CommandSpec.GLOBALOPTIONS,
                                "{\"status\": \"ok\", \"options\": {\"endpoint\": \"tcp://127.0.0.1:5555\", \"check_delay\": 2.0}}"))
                .isEqualTo("endpoint: tcp://127.0.0.1:5555\ncheck_delay: 2.0");
    }

    @Test
    void the_daemon_stands_below_a_title() throws Exception {
        String reply =
                "{\"status\": \"ok\", \"info\": " + info(8406, "python3", "35.08M", "124.07M", "0.146", "") + "}";
        assertThat(print(CommandSpec.DSTATS, reply))
                .isEqualTo("Main Process:\n    8406  python3 root 0 35.08M 124.07M 0.0 0.146 0:00.0");
        String parent = "{\"status\": \"ok\", \"info\": "
                + info(1, "circusd", "1M", "2M", "0.1", info(2, "sh", "1M", "2M", "0.2", "")) + "}";
        assertThat(print(CommandSpec.DSTATS, parent)).endsWith("\nChildren:\n    2  sh root 0 1M 2M 0.0 0.2 0:00.0");
    }

    @Test
    void the_info_of_one_process_is_followed_by_an_empty_line() throws Exception {
        String reply =
                "{\"status\": \"ok\", \"process\": 8, \"info\": " + info(8, "sleep", "1M", "2M", "0.1", "") + "}";
        assertThat(print(CommandSpec.STATS, reply)).isEqualTo("8: 8  sleep root 0 1M 2M 0.0 0.1 0:00.0\n");
    }

    @Test
    void jobs_are_a_table() throws Exception {
        String reply = "{\"status\": \"ok\", \"time\": 100.5, \"jobs\": ["
                + "{\"job\": null, \"state\": \"running\", \"since\": 25, \"by\": \"circusd\", \"command\": \"first start\"}, "
                + "{\"job\": 12, \"state\": \"waiting\", \"since\": 98.25, \"by\": \"uid 0\", \"command\": \"stop web\"}]}";
        assertThat(print(CommandSpec.JOBS, reply)).isEqualTo("""
                        JOB  STATE    SINCE  BY       COMMAND
                        -    running  1m15s  circusd  first start
                        12   waiting  2.3s   uid 0    stop web""");
        assertThat(print(CommandSpec.JOBS, "{\"status\": \"ok\", \"time\": 1, \"jobs\": []}"))
                .isEqualTo("Nothing runs and nothing waits.");
    }
}
