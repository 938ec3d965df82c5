package circus.tests.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hooks in Python with real daemons: what they are told, what they may do, and what becomes of those that fail, hang or crash. */
@ExtendWith(HomeExtension.class)
class PythonHooksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> POINTS = List.of(
            "before_start",
            "after_start",
            "before_stop",
            "after_stop",
            "before_spawn",
            "after_spawn",
            "before_signal",
            "after_signal",
            "before_reap",
            "after_reap");

    private final Home home;

    PythonHooksTest(Home home) {
        this.home = home;
    }

    @BeforeEach
    void python() {
        DebianPython.require("json", "python3");
    }

    private void start(Circus circus) {
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + DebianPython.PATH));
    }

    private List<String> diary() {
        return Home.read(home.path("diary")).lines().toList();
    }

    private List<String> helpers() {
        return home.processes().stream()
                .filter(line -> line.contains("circus_helper"))
                .toList();
    }

    private void awaitStatus(Circus circus, String watcher, String status) {
        await(watcher + " is " + status)
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", watcher).equals(status));
    }

    @Test
    void all_eleven_points_get_what_the_manual_says_by_keyword() {
        home.write("mine/__init__.py", "");
        home.write("mine/hooks.py", """
                from circus import logger

                def note(*args, watcher, arbiter, hook_name, **kwargs):
                    pid = kwargs.get('pid', kwargs.get('process_pid'))
                    wid = watcher.processes[pid].wid if 'pid' in kwargs else None
                    with open('diary', 'a') as diary:
                        print(hook_name, watcher.name, len(args), sorted(kwargs), wid, kwargs.get('signum'),
                              kwargs.get('exit_code'), kwargs.get('process_status'), file=diary)
                    logger.warning('noted %s', hook_name)
                    return True

                def figures(watcher, arbiter, hook_name, pid, stats, **kwargs):
                    stats['wid is'] = watcher.processes[pid].wid
                    stats['old'] = sorted(stats)[:1]
                    stats['nested'] = {'a': [1, None, 2.5, 'x']}
                    stats['hook'] = hook_name
                """);
        StringBuilder hooks = new StringBuilder("hooks.extended_stats = mine.hooks:figures\n");
        POINTS.forEach(point -> hooks.append("hooks.").append(point).append(" = mine.hooks.note\n"));
        Circus circus = home.circus("points", "", "[watcher:web]\ncmd = sleep 1000\n" + hooks);
        start(circus);
        awaitStatus(circus, "web", "active");

        Answer stats = circus.call("stats", Map.of("name", "web", "extended", true));
        assertThat(circus.tell("stop", "--waiting", "web")).isEqualTo("ok");

        assertThat(stats.fields().get("info"))
                .asString()
                .contains("wid is=1, old=[age], nested={a=[1, null, 2.5, x]}, hook=extended_stats");
        assertThat(diary())
                .containsExactly(
                        "before_start web 0 [] None None None None",
                        "before_spawn web 0 [] None None None None",
                        "after_spawn web 0 ['pid'] 1 None None None",
                        "after_start web 0 [] None None None None",
                        "before_stop web 0 [] None None None None",
                        "before_signal web 0 ['pid', 'signum'] 1 15 None None",
                        "after_signal web 0 ['pid', 'signum'] 1 15 None None",
                        "before_reap web 0 ['process_pid', 'time'] None None None None",
                        "after_reap web 0 ['exit_code', 'process_pid', 'process_status', 'time'] None None -15 2",
                        "after_stop web 0 [] None None None None");
        assertThat(circus.manager().errors()).contains("[WARNING] noted before_start");
        assertThat(helpers()).as("one for all").hasSize(1);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void watcher_and_arbiter_tell_and_do_what_circus_documents() {
        home.write("mine.py", """
                import signal

                from circus.client import CircusClient
                from circus.util import to_bool

                def look(watcher, arbiter, hook_name, pid, **kwargs):
                    other = arbiter.get_watcher('Other')
                    facts = [watcher.name, watcher.numprocesses, watcher._options.get('stats_base_port'), watcher.cmd,
                             watcher.graceful_timeout, to_bool('yes'), watcher.env['COLOUR'], watcher.status(), list(watcher.processes) == [pid],
                             len(watcher.get_active_processes()), watcher.processes[pid].is_alive(), watcher.pids == [pid],
                             watcher.processes[pid].started < watcher.processes[pid].started + watcher.processes[pid].age(),
                             sorted(each.name for each in arbiter.watchers), other.status(), other.cmd, other.numprocesses,
                             arbiter.numwatchers(), arbiter.endpoint.startswith('tcp://'),
                             CircusClient().send_message('numprocesses', name='other')['numprocesses']]
                    try:
                        arbiter.get_watcher('none')
                    except KeyError as error:
                        facts.append(str(error))
                    with open('diary', 'w') as diary:
                        for fact in facts:
                            print(fact, file=diary)
                    other.incr()
                    watcher.send_signal(pid, signal.SIGUSR1)
                    return True
                """);
        Circus circus = home.circus("proxies", "", """
                [watcher:other]
                cmd = sleep 1000
                priority = 10

                [env:web]
                COLOUR = red

                [watcher:web]
                cmd = ./usr1
                stats_base_port = 77
                graceful_timeout = 2.5
                hooks.after_spawn = mine.look
                """);
        home.script("usr1", "trap 'echo heard > heard' USR1\nwhile :; do sleep 0.1; done\n");
        start(circus);
        awaitStatus(circus, "web", "active");

        assertThat(diary())
                .containsExactly(
                        "web",
                        "1",
                        "77",
                        "./usr1",
                        "2.5",
                        "True",
                        "red",
                        "starting",
                        "True",
                        "1",
                        "True",
                        "True",
                        "True",
                        "['other', 'web']",
                        "active",
                        "sleep 1000",
                        "1",
                        "2",
                        "True",
                        "1",
                        "'none'");
        circus.awaitWorkers("other", 2);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void what_a_hook_returns_decides_and_what_it_raises_is_told_with_its_traceback() {
        home.write("lib/deciding.py", """
                def nothing(**kwargs):
                    pass

                def yes(**kwargs):
                    return 'anything that is true'

                def broken(watcher, arbiter, hook_name):
                    raise ValueError('no database of ' + watcher.name)

                def leaves(**kwargs):
                    raise SystemExit(3)
                """);
        Circus circus = home.circus("decides", "", """
                [env]
                PYTHONPATH = %s

                [watcher:nothing]
                cmd = sleep 1000
                hooks.before_start = deciding.nothing

                [watcher:yes]
                cmd = sleep 1000
                hooks.before_start = deciding.yes

                [watcher:broken]
                cmd = sleep 1000
                hooks.before_start = deciding.broken

                [watcher:forgiven]
                cmd = sleep 1000
                hooks.before_start = deciding.broken,true

                [watcher:leaves]
                cmd = sleep 1000
                hooks.before_start = deciding.leaves
                """.formatted(home.path("lib")));
        start(circus);

        awaitStatus(circus, "yes", "active");
        awaitStatus(circus, "forgiven", "active");
        for (String refused : List.of("nothing", "broken", "leaves")) {
            awaitStatus(circus, refused, "stopped");
        }
        assertThat(circus.manager().errors())
                .contains(
                        "Hook 'before_start' failed: hook before_start of broken (deciding.broken): no database of broken")
                .contains("    Traceback (most recent call last):")
                .contains("deciding.py\", line 8, in broken")
                .contains("ValueError: no database of broken")
                .doesNotContain("circus_helper/hooks.py");
        assertThat(circus.call("events", Map.of()).fields().toString())
                .contains("watcher.broken.hook_failure")
                .contains("no database of broken");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_crashes_fails_alone() {
        home.write("bad.py", """
                import os
                import time

                def crash(watcher, **kwargs):
                    while not os.path.exists('innocent'):
                        time.sleep(0.02)
                    os.kill(os.getpid(), 11)
                    time.sleep(5)

                def innocent(watcher, **kwargs):
                    with open('innocent', 'a') as file:
                        file.write('asked\\n')
                    time.sleep(1.5)
                    return True
                """);
        Circus circus = home.circus("bad", "", """
                [watcher:crash]
                cmd = sleep 1000
                hooks.before_start = bad.crash

                [watcher:innocent]
                cmd = sleep 1000
                hooks.before_start = bad.innocent
                """);
        start(circus);
        awaitStatus(circus, "innocent", "active");
        awaitStatus(circus, "crash", "stopped");

        assertThat(circus.manager().errors())
                .contains(
                        "hook before_start of crash (bad.crash) failed: Python has gone while it ran: it was ended by signal 11");
        assertThat(Home.read(home.path("innocent")).lines()).as("once more").hasSize(2);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_hangs_is_ended_at_its_limit_and_others_go_on() {
        home.write("bad.py", """
                import os
                import time

                def hang(watcher, **kwargs):
                    os.system('sleep 997 &')
                    while True:
                        pass

                def longer(watcher, **kwargs):
                    with open('diary', 'a') as diary:
                        diary.write('asked\\n')
                    time.sleep(7)
                    return True

                def quick(watcher, **kwargs):
                    return True
                """);
        Circus circus = home.circus("hangs", "", """
                [watcher:hang]
                cmd = sleep 1000
                hooks.before_start = bad.hang
                hook_timeout = 4

                [watcher:longer]
                cmd = sleep 1000
                hooks.before_start = bad.longer

                [watcher:quick]
                cmd = sleep 1000
                hooks.before_start = bad.quick
                """);
        start(circus);
        awaitStatus(circus, "quick", "active");
        awaitStatus(circus, "hang", "stopped");
        assertThat(circus.tell("restart", "--waiting", "quick")).isEqualTo("ok");
        awaitStatus(circus, "longer", "active");

        assertThat(diary()).as("what ran beside it has come to its end").containsExactly("asked");
        assertThat(circus.manager().errors())
                .contains("hook before_start of hang (bad.hang) failed: it did not come back within 4 s")
                .contains("bad.py\", line ");
        await("nothing of it is left")
                .atMost(PATIENCE)
                .until(() -> home.processes().stream().noneMatch(line -> line.contains("sleep 997")));
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void nothing_is_left_of_python_when_the_manager_is_killed_in_the_middle_of_a_hook() {
        home.write("mine.py", """
                import time

                def first_slow(watcher, **kwargs):
                    with open('diary', 'a') as diary:
                        diary.write('asked\\n')
                    with open('diary') as diary:
                        if len(diary.readlines()) == 1:
                            while True:
                                pass
                    return True
                """);
        Circus circus = home.circus("killed", "", """
                [watcher:web]
                cmd = sleep 1000
                hooks.before_start = mine.first_slow
                """);
        start(circus);
        await("it runs").atMost(PATIENCE).until(() -> diary().size() == 1);
        assertThat(helpers()).hasSize(1);

        circus.manager().kill9();

        await("Python has gone").atMost(PATIENCE).until(() -> helpers().isEmpty());
        start(circus);
        awaitStatus(circus, "web", "active");
        assertThat(diary()).containsExactly("asked", "asked");
        assertThat(circus.tell("detach")).isEqualTo("ok");
        assertThat(circus.manager().awaitExit(PATIENCE)).isZero();
        await("Python has gone").atMost(PATIENCE).until(() -> helpers().isEmpty());
        start(circus);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void python_is_not_started_where_nothing_needs_it() {
        home.script("bin/python3", "echo started >> diary\nexec " + DebianPython.PROGRAM + " \"$@\"\n");
        Circus circus = home.circus("none", "", """
                [watcher:web]
                cmd = sleep 1000
                hooks.before_start = exec:true
                """);
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + home.path("bin") + ":" + DebianPython.PATH));
        awaitStatus(circus, "web", "active");
        assertThat(helpers()).isEmpty();
        assertThat(home.path("diary")).doesNotExist();

        home.write("mine.py", "def fine(**kwargs):\n    return True\n");
        circus.tell("set", "web", "hooks.before_stop", "mine.fine");
        circus.tell("stop", "--waiting", "web");

        assertThat(diary()).as("to look at the name, and to run it").hasSize(2);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_name_that_neither_knows_is_a_mistake_of_the_file_that_tells_both() {
        home.write("mine.py", "import nonesuch\n");
        home.write("yours.py", "value = 5\n");
        Circus circus = home.circus("mistaken", "", """
                [watcher:web]
                cmd = sleep 1000
                hooks.before_start = no.such.hook
                hooks.after_start = mine.hook
                hooks.before_stop = yours.value
                hooks.after_stop = yours.hook
                hooks.after_spawn = Alone
                """);

        var daemon = circus.launchBelow("env", "PATH=" + DebianPython.PATH);
        assertThat(daemon.awaitExit(PATIENCE)).isEqualTo(1);
        String none = "there is no Java class ";
        String python = " on the class path or in extension_path, and /usr/bin/python3 ";
        assertThat(daemon.errors())
                .contains(
                        ":8: cannot use hooks.before_start = no.such.hook in [watcher:web]: " + none + "no.such.hook"
                                + python
                                + "cannot import it: ModuleNotFoundError: No module named 'no'; a program is written as exec:/path/to/program")
                .contains(":9: cannot use hooks.after_start = mine.hook in [watcher:web]: " + none + "mine.hook"
                        + python + "cannot import it: ModuleNotFoundError: No module named 'nonesuch'")
                .contains(none + "yours.value" + python + "found that it is no function and no class")
                .contains(none + "yours.hook" + python + "cannot import it: ImportError: yours has no hook")
                .contains(none + "Alone on the class path or in extension_path; a program");
        home.mustBeEmpty();
    }

    @Test
    void set_reads_a_module_again_and_refuses_what_cannot_be_imported() {
        home.write("mine.py", "def decide(**kwargs):\n    return False\n");
        Circus circus = home.circus("sets", "", "[watcher:web]\ncmd = sleep 1000\nhooks.before_start = mine.decide\n");
        start(circus);
        awaitStatus(circus, "web", "stopped");
        home.write("mine.py", "def decide(**kwargs):\n    return 'now it is true'\n");
        circus.tell("start", "--waiting", "web");
        assertThat(circus.tell("status", "web")).isEqualTo("stopped");

        Commands.Result refused = circus.ctl("set", "web", "hooks.before_start", "mine.nothing");
        assertThat(refused.errors() + refused.output()).contains("mine has no nothing");
        circus.tell("set", "web", "hooks.before_start", "mine.decide");
        circus.tell("start", "--waiting", "web");

        assertThat(circus.tell("status", "web")).isEqualTo("active");
        Answer added = circus.call(
                "add", Map.of("name", "x", "cmd", "sleep 1000", "options", Map.of("hooks.before_start", "mine.none")));
        assertThat(added.fields().get("reason")).asString().contains("mine has no none");
        circus.terminate();
        home.mustBeEmpty();
    }
}
