package circus.command;

import static circus.command.CommandSpec.Group.CHANGE;
import static circus.command.CommandSpec.Group.DAEMON;
import static circus.command.CommandSpec.Group.KEYS;
import static circus.command.CommandSpec.Group.LOOK;
import static circus.command.CommandSpec.Group.RUN;
import static circus.command.CommandSpec.Timing.ASYNCHRONOUS;
import static circus.command.CommandSpec.Timing.CONSOLE;
import static circus.command.CommandSpec.Timing.IMMEDIATE;
import static circus.command.Definition.command;
import static circus.command.Parameter.Form.ARGUMENT;
import static circus.command.Parameter.Form.ARGUMENTS;
import static circus.command.Parameter.Form.OPTION;
import static circus.command.Parameter.Form.PAIRS;
import static circus.command.Parameter.Form.REQUEST;
import static circus.command.Parameter.Form.SWITCH;
import static circus.command.Parameter.Form.SWITCH_IF_GIVEN;
import static circus.command.Parameter.Form.SWITCH_TERMINATE;
import static circus.command.Parameter.Form.WORDS;
import static circus.command.PropertyType.ANY;
import static circus.command.PropertyType.BOOLEAN;
import static circus.command.PropertyType.INTEGER;
import static circus.command.PropertyType.MATCH;
import static circus.command.PropertyType.OBJECT;
import static circus.command.PropertyType.PROCESS_ID;
import static circus.command.PropertyType.SECONDS;
import static circus.command.PropertyType.TEXT;
import static circus.command.PropertyType.TEXTS;
import static circus.command.PropertyType.TRUTH;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every command: its word, its properties, its place on the command line, and its help. The one declaration from which circusctl's
 * parser, the manager's checks, {@code --help} and the reference page ({@link CommandReference}) are made. Any thread.
 *
 * <p>Words, properties and lock names are Circus's, and are never reused. Version history: as Circus 0.19.0, but {@code detach} and the
 * property {@code terminate} of {@code quit}, which came with 0.1.0, and {@code plan} and {@code plan_id} of {@code reloadconfig} and {@code
 * changes} of {@code status} and {@code options}, and {@code commands}, {@code events}, {@code tail}, {@code postmortem}, {@code reopen}, {@code upgrade} and {@code
 * versions}, which came with 0.2.0. {@code child_pid} of {@code signal} is a spelling of Circus's
 * manual that Circus itself does not read.
 */
public enum CommandSpec implements CommandDeclaration {
    STATUS(command("status", LOOK, IMMEDIATE, "Get the status of a watcher or all watchers")
            .optional("name", TEXT, ARGUMENT, "Only this watcher.")
            .optional("changes", TRUTH, SWITCH_IF_GIVEN, "false", "Show what differs from the configuration instead.")
            .optional("details", TRUTH, REQUEST, "false", "Tell what a table of watchers shows.")
            .optional("plain", TRUTH, SWITCH_IF_GIVEN, "false", "No table, also on a terminal; circusctl does that.")
            .wrongCount("message invalid")
            .help("""
                    Tells whether a watcher is `active`, `stopped`, `starting` or `stopping`; without a name, one line
                    for each watcher, sorted by name. A stopped watcher is no error. On a terminal circusctl shows a
                    table: also how many processes run of those that are wanted, since when the oldest runs, what they use
                    of processors and memory, how many ended unasked and were replaced, and how the last one ended;
                    --plain shows there what a pipe gets. With --changes: the watchers that commands have changed, added
                    or removed since the configuration was read, each with the options that differ.
                    """)
            .reply("""
                    Without a name `statuses`, an object from watcher to state. With a name the reply's own `status`
                    is the state. With `changes` also `changes`: with a name an object from option to an object of
                    `ini` and `now`, without one an object from watcher to such an object, and `added` and `removed`,
                    lists of names. Where output waits or was lost also `output`, as in the reply to `stats`; without a
                    name `outputs`, an object from watcher to that. With `details` also `details`, an object from watcher
                    to `state`, `processes` and `wanted` (how many there are, and are to be), `since` (when the oldest was
                    started, in seconds since the epoch), `restarts` (how many ended unasked and were replaced, since
                    this circusd began), `last_exit` (`pid`, `wid`, `code`, `time` and `reason` of the last process that
                    ended; null where none is known) and `asked` (`command`, `by` and `time` of what it was last told to do
                    as a whole: to start, stop, restart or reload; null where that was before this circusd began, unless
                    it was a stop).
                    """)
            .example("circusctl status")
            .example("circusctl status web")
            .example("circusctl status --changes")),

    LIST(command("list", LOOK, IMMEDIATE, "Get list of watchers or processes in a watcher")
            .optional("name", TEXT, ARGUMENT, "List this watcher's processes.")
            .help("""
                    Without a name: the names of all watchers in lower case, sorted, with commas between them.
                    With a name: the pids of the watcher's live processes; an empty line when there are none.
                    """)
            .reply(
                    "`watchers`, a sorted list of names; with a name `pids`, a list of integers in the order of spawning.")
            .example("circusctl list")
            .example("kill -HUP $(circusctl list web | tr , ' ')")),

    NUMPROCESSES(command("numprocesses", LOOK, IMMEDIATE, "Get the number of processes")
            .optional("name", TEXT, ARGUMENT, "Count only this watcher's processes.")
            .wrongCount("message invalid")
            .help("The number of processes that run now, of one watcher or of all together.")
            .reply("`numprocesses`, an integer; with a name also `watcher_name`, as it was sent.")
            .example("circusctl numprocesses web")),

    NUMWATCHERS(command("numwatchers", LOOK, IMMEDIATE, "Get the number of watchers")
            .help("The number of watchers, running or not.")
            .reply("`numwatchers`, an integer.")
            .example("circusctl numwatchers")),

    OPTIONS(command("options", LOOK, IMMEDIATE, "Get the value of all options for a watcher")
            .mandatory("name", TEXT, ARGUMENT, "The watcher.")
            .optional("changes", TRUTH, SWITCH_IF_GIVEN, "false", "Only those that differ from the configuration.")
            .ignoresExtraArguments()
            .wrongCount("number of arguments invalid")
            .help("""
                    Every option of the watcher with its value, one to a line, sorted. With --changes: the options
                    that commands have changed since the configuration was read, with both values.
                    """)
            .reply("""
                    `options`, an object from option to value, with sorted keys. With `changes` instead `changes`, an
                    object from option to an object of `ini` and `now`; null stands for an option that is not given.
                    """)
            .example("circusctl options web")
            .example("circusctl options --changes web")),

    GET(command("get", LOOK, IMMEDIATE, "Get the value of specific watcher options")
            .mandatory("name", TEXT, ARGUMENT, "The watcher.")
            .mandatory("keys", TEXTS, ARGUMENTS, "The options to show.")
            .help("The named options of a watcher, one to a line, in the order in which they were asked for.")
            .reply("`options`, an object from option to value, in the order of `keys`. An unknown key is an error.")
            .example("circusctl get web numprocesses graceful_timeout")),

    STATS(command("stats", LOOK, IMMEDIATE, "Get process infos")
            .optional("name", TEXT, ARGUMENT, "Only this watcher.")
            .optional("process", PROCESS_ID, ARGUMENT, "Only the process with this pid.")
            .optional("extended", TRUTH, SWITCH, "false", "Add what the watcher's extended_stats hook has to say.")
            .wrongCount("message invalid")
            .help("""
                    For each process: pid, command, user, niceness, resident and virtual memory, CPU use in percent of
                    one CPU, memory use in percent, and CPU time so far. Children follow their parent, indented. The CPU
                    use is that of the last second while somebody asks, of up to a minute when nobody has asked before,
                    and of the whole life of a process that is looked at for the first time.
                    """)
            .reply("""
                    Without a name `infos`, an object from watcher to an object from pid to process info. With a name
                    `name` and `info`, an object from pid to process info. With a process `process` and `info`. Where
                    output of a watcher waits for a log file that cannot be written, or was lost, also `output`: an
                    object of `lost`, the bytes that were dropped since circusd was started, and `waiting`, a list of
                    objects of `file`, `reason` and `since`; without a name `outputs`, an object from watcher to that.
                    """)
            .example("circusctl stats")
            .example("circusctl stats web 4242")),

    DSTATS(command("dstats", LOOK, IMMEDIATE, "Get circusd stats")
            .wrongCount("Invalid message")
            .help("The figures of circusd itself, in the form in which `stats` has those of a process.")
            .reply("`info`, a process info as in the reply to `stats`, without `started` and `wid`.")
            .example("circusctl dstats")),

    GLOBALOPTIONS(command("globaloptions", LOOK, IMMEDIATE, "Get the arbiter options")
            .optional("option", ANY, ARGUMENT, "Only this one.")
            .ignoresExtraArguments()
            .help("""
                    Where circusd can be reached, and its pace: `endpoint`, `stats_endpoint`, `pubsub_endpoint`,
                    `check_delay` and `multicast_endpoint`. Endpoints are those that are in use, whatever the
                    configuration says by now.
                    """)
            .reply("`options`, an object from option to value, in the order above.")
            .example("circusctl globaloptions")
            .example("circusctl globaloptions pubsub_endpoint")),

    LISTSOCKETS(command("listsockets", LOOK, IMMEDIATE, "Get the list of sockets")
            .ignoresExtraArguments()
            .help("""
                    The sockets that are open for workers, with the number that each has in a worker and where it really
                    listens, also for `port = 0`. One with `so_reuseport` is listed once, although each worker has its
                    own: under the number of that which keeps the port, or, for datagrams, of the first worker's.
                    """)
            .reply("""
                    `sockets`, a list sorted by `fd` of objects with `fd`, `name`, `backlog`, and `host` and `port`, or
                    `path`. With `so_reuseport` also `slots`, a sorted list of the numbers of the workers' own.
                    """)
            .example("circusctl listsockets")),

    IPYTHON(command("ipython", LOOK, IMMEDIATE, "Create shell into circusd process")
            .wrongCount("Invalid message")
            .help("""
                    Circus opens a Python shell within its daemon. This circusd is no Python program and answers so.
                    """)
            .reply("`shell`, false, and `msg`, why there is none.")
            .example("circusctl ipython")),

    LISTEN(command("listen", LOOK, CONSOLE, "Subscribe to a watcher event")
            .optional("topics", TEXTS, ARGUMENTS, "Only events whose topic begins so; else all.")
            .help("""
                    Prints each event as `TOPIC: JSON` when it happens, until interrupted. A topic is
                    `watcher.NAME.EVENT`. Listens at the PUB endpoint: `tcp://127.0.0.1:5556` unless --endpoint says
                    otherwise. Goes on by itself when circusd has been restarted.
                    """)
            .reply("None: on the control endpoint this is an error.")
            .example("circusctl listen")
            .example("circusctl listen watcher.web.")),

    EVENTS(command("events", LOOK, IMMEDIATE, "Get the events that a subscriber has missed")
            .optional("names", TEXTS, ARGUMENTS, "Only those of these watchers; else of all.")
            .optional("since", INTEGER, OPTION, "Only those with a greater number than this.")
            .optional("kind", TEXT, OPTION, "Only those of this kind, as `spawn`.")
            .optional("limit", INTEGER, OPTION, "At most so many; never more than 1,000, or 512 KiB.")
            .optional("follow", TRUTH, SWITCH_IF_GIVEN, "false", "Then print each as it happens; circusctl does that.")
            .help("""
                    The latest events, each with its number, in order: about 900 KiB of them are kept, over restarts and
                    the death of circusd too. With --follow it goes on until interrupted, and none is missed or printed
                    twice, also where circusd is restarted meanwhile. Warns when some are not kept any more.
                    """)
            .reply("""
                    `events`, a list of objects of `seq` (the number), `topic`, and the keys of the event's body; `first`
                    and `last`, the numbers of the oldest event that is kept and of the latest; `lost`, how many after
                    `since` are not kept any more, or -1 when nobody can tell; `next`, the `since` of the next request;
                    `pubsub_endpoint`, where events are published.
                    """)
            .example("circusctl events")
            .example("circusctl events --since 1795209527101116 web")
            .example("circusctl events --kind exit --follow")),

    TAIL(command("tail", LOOK, IMMEDIATE, "Show what workers print")
            .optional("names", TEXTS, ARGUMENTS, "Watchers, workers as `web.1`, patterns, or pids; else all.")
            .optional("follow", TRUTH, SWITCH_IF_GIVEN, "false", "Go on with what comes, until interrupted.")
            .letter("-f")
            .optional("lines", INTEGER, OPTION, "At most so many lines; 10, unless `since` is given.")
            .letter("-n")
            .optional(
                    "since", ANY, OPTION, "Only what came since: `-60` (seconds), `10m`, an ISO time or `HH:MM[:SS]`.")
            .optional("stderr", TRUTH, SWITCH_IF_GIVEN, "false", "Only standard error.")
            .optional("cursor", OBJECT, REQUEST, "Go on there: the `cursor` of the answer before.")
            .optional("wait", SECONDS, REQUEST, "When nothing is there, answer only when something comes; 2 at most.")
            .help("""
                    The last lines of workers, those of several in the order in which they were printed, each with whose
                    it is. They come from the latest output that circusd keeps in memory, over its own death too, from
                    the kernel, and, where that does not reach back far enough, from the log files. With --follow it goes
                    on, also where circusd is restarted or killed meanwhile: nothing comes twice, and what could not be
                    had any more is told. Nobody is held back by it.
                    """)
            .reply("""
                    `lines`, a list of objects of `time`, `watcher`, `wid`, `pid`, `stream` (`stdout` or `stderr`) and
                    `message`; also `open` where the end of the line is still to come, `continued` where its beginning
                    came before, `base64` where it is no UTF-8, and in place of `message` `lost`, the number of bytes that
                    are missing there. What a log file does not tell is null. `cursor`, for the next request; `more`,
                    whether there is more by now. An answer has 1,000 lines or 256 KiB at most.
                    """)
            .example("circusctl tail web")
            .example("circusctl tail -f -n 100 'web*' db.1")
            .example("circusctl tail --since 10m --stderr | grep -i error")),

    POSTMORTEM(command("postmortem", LOOK, IMMEDIATE, "Show how workers have ended, and their last words")
            .mandatory("name", TEXT, ARGUMENT, "The watcher, or one of its workers as `web.1`.")
            .optional("lines", INTEGER, OPTION, "So many lines of each channel; 20 unless given, 1,000 at most.")
            .letter("-n")
            .help("""
                    Of the workers of a watcher that have ended, the latest first: exit status or signal, how long it lived,
                    why it ended (the command and who gave it, or `died`), what it used of processor and memory, and what it
                    said last. The latest five of each watcher are remembered, 200 in all, over restarts and the death of
                    circusd too, as long as the kernel lives; also of workers that `rm --nostop` has left alone.
                    """)
            .reply("""
                    `deaths`, a list of objects of `watcher`, `wid`, `pid`, `started`, `ended`, `exit_code` (or minus the
                    signal; null where nobody knows), `reason` (as in the event `exit`), `command` and `by` (null where nobody has asked for it),
                    `resources`, an object of `user` and `system`, seconds of processor time, and `max_rss`, bytes, or
                    `max_rss_below`, if it was that or less (null where the kernel is too old to tell), and `stdout` and `stderr`, lists of objects of `time` and
                    `message` as in `tail`.
                    """)
            .example("circusctl postmortem web")
            .example("circusctl postmortem web.2 -n 100")),

    START(command("start", RUN, ASYNCHRONOUS, "Start the arbiter or a watcher")
            .optional("name", TEXT, ARGUMENT, "The watcher, or a pattern.")
            .waiting("Answer only when the processes run.")
            .optional("match", MATCH, OPTION, "glob", Texts.MATCH)
            .locks("arbiter_start_watchers", "watcher_start")
            .help("""
                    Starts a watcher, or all that match; without a name all watchers. With several, those with
                    `autostart = False` are left out. An active watcher is topped up to its number of processes.
                    """)
            .reply("With `waiting` and exactly one watcher: `info` with `started` and `kept`, lists of pids.")
            .example("circusctl start web")
            .example("circusctl start --waiting 'web*'")),

    STOP(command("stop", RUN, ASYNCHRONOUS, "Stop watchers")
            .optional("name", TEXT, ARGUMENT, "The watcher, or a pattern.")
            .waiting("Answer only when all processes are gone.")
            .optional("match", MATCH, OPTION, "glob", Texts.MATCH)
            .ignoresExtraArguments()
            .locks("arbiter_stop_watchers", "watcher_stop")
            .help("""
                    Stops a watcher, or all that match; without a name all watchers. circusd itself goes on. Each
                    process gets the watcher's `stop_signal`, and SIGKILL after `graceful_timeout` seconds.
                    """)
            .reply("With `waiting` and exactly one watcher: `info`, null.")
            .example("circusctl stop web")
            .example("circusctl stop --waiting --match regex 'web[0-9]'")),

    RESTART(command("restart", RUN, ASYNCHRONOUS, "Restart the arbiter or a watcher")
            .optional("name", TEXT, ARGUMENT, "The watcher, or a pattern.")
            .waiting("Answer only when the new processes run.")
            .optional("match", MATCH, OPTION, "glob", Texts.MATCH)
            .locks("arbiter_restart", "watcher_restart")
            .help("Stops and then starts a watcher, or all that match; without a name everything.")
            .reply(
                    "With `waiting` and exactly one watcher: `info` with `stopped`, `started` and `kept`, lists of pids.")
            .example("circusctl restart --waiting web")),

    RELOAD(command("reload", RUN, ASYNCHRONOUS, "Reload the arbiter or a watcher")
            .optional("name", TEXT, ARGUMENT, "The watcher.")
            .optional("graceful", TRUTH, SWITCH_TERMINATE, "true", "Restart: the old processes end first, all at once.")
            .waiting("Answer only when the old processes are gone.")
            .optional("sequential", TRUTH, SWITCH, "false", "One process after the other: the old one ends first.")
            .wrongCount("invalid number of arguments")
            .locks("arbiter_reload", "watcher_reload")
            .help("""
                    Starts new processes and then ends the old ones, so that some run all the time; if the new ones
                    cannot be started, the old ones stay. A watcher with `send_hup` gets SIGHUP instead. A stopped
                    watcher is started. Without a name all watchers, one after the other, but for those that
                    somebody has stopped and those that are stopped and have `autostart = False`; SIGHUP to circusd
                    does the same.
                    """)
            .reply("With `waiting` and a name: `info` with `stopped`, `started` and `kept`, lists of pids.")
            .example("circusctl reload web")
            .example("circusctl reload --waiting --sequential web")),

    INCR(command("incr", RUN, ASYNCHRONOUS, "Increment the number of processes in a watcher")
            .mandatory("name", TEXT, ARGUMENT, "The watcher.")
            .optional("nb", INTEGER, ARGUMENT, "1", "How many more.")
            .waiting("Answer only when the new processes run.")
            .ignoresExtraArguments()
            .locks(null, "watcher_incr")
            .help("Raises the number of processes of a watcher. On a stopped watcher it counts from the next start.")
            .reply(
                    "With `waiting`: `numprocesses`, the new number. Of a singleton: `numprocesses` and `singleton`, true.")
            .example("circusctl incr web")
            .example("circusctl incr web 3 --waiting")),

    DECR(command("decr", RUN, ASYNCHRONOUS, "Decrement the number of processes in a watcher")
            .mandatory("name", TEXT, ARGUMENT, "The watcher.")
            .optional("nb", INTEGER, ARGUMENT, "1", "How many fewer.")
            .waiting("Answer only when the surplus processes are gone.")
            .ignoresExtraArguments()
            .locks(null, "watcher_decr")
            .help("Lowers the number of processes of a watcher, not below 0. The oldest ones go.")
            .reply(
                    "With `waiting`: `numprocesses`, the new number. Of a singleton: `numprocesses` and `singleton`, true.")
            .example("circusctl decr web 2")),

    KILL(command("kill", RUN, ASYNCHRONOUS, "Kill a specific process")
            .mandatory("name", TEXT, ARGUMENT, "The watcher.")
            .optional("pid", PROCESS_ID, ARGUMENT, "Only the process with this pid.")
            .optional("signum", PropertyType.SIGNAL, OPTION, "The signal; the watcher's `stop_signal` when not given.")
            .optional(
                    "graceful_timeout",
                    SECONDS,
                    OPTION,
                    "How long it may take; the watcher's `graceful_timeout` when not given.")
            .optional("waiting", TRUTH, SWITCH_IF_GIVEN, "false", "Answer only when nothing of them is left.")
            .help("""
                    Ends the processes of a watcher, or one of them, gracefully: by a signal, and with SIGKILL when the
                    time is over, in both cases with what they leave behind. Others take their places. It waits for
                    no other command, and none waits for it. A process that ends already is not signalled again,
                    but has no longer than this says, and none at all with `--signum KILL`. A pid that is none of the
                    watcher's is no error.
                    """)
            .reply("Nothing more; with `waiting` it comes when all are gone.")
            .example("circusctl kill web")
            .example("circusctl kill --waiting web 4242 --signum INT --graceful_timeout 2.5")),

    SIGNAL(command("signal", RUN, IMMEDIATE, "Send a signal")
            .mandatory("name", TEXT, ARGUMENT, "The watcher.")
            .optional("pid", PROCESS_ID, ARGUMENT, "Only the process with this pid.")
            .mandatory("signum", PropertyType.SIGNAL, ARGUMENT, "The signal, by name or number.")
            .optional("childpid", PROCESS_ID, REQUEST, "Only this child of the process, not the process itself.")
            .optional(
                    "child_pid",
                    PROCESS_ID,
                    REQUEST,
                    "The same. It may come without `pid`: then it is a child of any of the processes.")
            .optional("children", TRUTH, SWITCH, "false", "All children of the process, not the process itself.")
            .optional("recursive", TRUTH, SWITCH, "false", "The process and all its descendants.")
            .help("""
                    Sends a signal to all processes of a watcher, to one of them, to their children, or to whole trees,
                    and expects nothing of it; to end a process, use `kill`. The descendants are listed before the first
                    is signalled, and nobody is hit who only took the pid of one that has ended.
                    """)
            .reply("Nothing more; it comes when the signal is sent.")
            .example("circusctl signal web HUP")
            .example("circusctl signal web 4242 SIGUSR1 --recursive")),

    SET(command("set", CHANGE, ASYNCHRONOUS, "Set a watcher option")
            .mandatory("name", TEXT, ARGUMENT, "The watcher.")
            .mandatory("options", OBJECT, PAIRS, "Options as an ini file has them, each with its new value.")
            .optional("waiting", TRUTH, SWITCH_IF_GIVEN, "false", "Answer only when processes are as they should be.")
            .locks(null, "watcher_do_action")
            .help("""
                    Changes options of a watcher, all of them or none. What running processes depend on replaces them
                    gracefully, as `reload` does; `numprocesses` starts or ends some; the rest counts from then on. It
                    holds until the configuration says something else about the same option, also after circusd was
                    started anew. Which options there are is told in docs/options.md. A value that begins with `-`
                    stands after `--`.
                    """)
            .reply("Nothing more; with `waiting` it comes when all is done. The event `updated` comes for each option.")
            .example("circusctl set web numprocesses 4 graceful_timeout 10")
            .example("circusctl set --waiting web cmd 'bin/web --new'")
            .example("circusctl set web env 'MODE=fast,LEVEL=3'")
            .example("circusctl set web rlimit_nofile 4096 stdout_stream.filename web.log")),

    ADD(command("add", CHANGE, ASYNCHRONOUS, "Add a watcher")
            .mandatory("name", TEXT, ARGUMENT, "What to call it; no other may have that name, whatever its case.")
            .mandatory("cmd", TEXT, WORDS, "The program and its arguments.")
            .optional("args", ANY, REQUEST, "More arguments: a list of words, or a text to be split.")
            .optional("options", OBJECT, REQUEST, "Options as `set` takes them.")
            .optional("start", TRUTH, SWITCH, "false", "Start it at once.")
            .optional("waiting", TRUTH, SWITCH_IF_GIVEN, "false", "With --start: answer only when it runs.")
            .locks("arbiter_add_watcher", "watcher_start")
            .help("""
                    Adds a watcher that no configuration has. It is stopped unless --start is given, and stays until
                    `rm`, also after circusd was started anew, or until the configuration has one of that name. Words
                    that begin with `-` stand after `--`.
                    """)
            .reply("With `start` and `waiting`: `started` and `kept`, lists of pids.")
            .example("circusctl add --start sleeper sleep 1000")
            .example("circusctl add --start lister -- ls -l /")),

    RM(command("rm", CHANGE, ASYNCHRONOUS, "Remove a watcher")
            .mandatory("name", TEXT, ARGUMENT, "The watcher.")
            .optional(
                    "nostop", TRUTH, SWITCH_IF_GIVEN, "false", "Let its processes run on; nobody minds them any more.")
            .optional("waiting", TRUTH, SWITCH_IF_GIVEN, "false", "Answer only when its processes are gone.")
            .locks("arbiter_rm_watcher", null)
            .help("""
                    Takes a watcher away and stops its processes. It stays away, also after circusd was started anew,
                    until its section in the configuration changes.
                    """)
            .reply("Nothing more; with `waiting` it comes when the processes are gone.")
            .example("circusctl rm --waiting sleeper")),

    RELOADCONFIG(command("reloadconfig", CHANGE, ASYNCHRONOUS, "Reload the configuration file")
            .waiting("Answer only when all of it is done.")
            .optional("plan", BOOLEAN, SWITCH_IF_GIVEN, "false", "Only tell what would be done.")
            .optional("plan_id", TEXT, OPTION, "Do exactly this plan, or nothing when something has changed since.")
            .onlyLooksWith("plan")
            .ignoresExtraArguments()
            .locks("arbiter_reload_config", null)
            .help("""
                    Reads the configuration again and does what the differences ask for: watchers that are new are
                    started, those that are gone stopped, those that have changed restarted, and that only where
                    processes depend on what has changed. Nothing else is touched. What commands have
                    changed stays, unless the file has changed the same option since. With --plan it tells all this,
                    with the reasons, and does nothing. A file with a mistake changes nothing.
                    """)
            .reply("""
                    Nothing more; with `plan` instead `plan_id`, `plan` (an object) and `text` (for people). With
                    `plan_id` an error when that is not the plan any more.
                    """)
            .example("circusctl reloadconfig --plan")
            .example("circusctl reloadconfig --waiting --plan_id 3f2a90c1d4e7")
            .example("circusctl reloadconfig --waiting")),

    JOBS(command("jobs", LOOK, IMMEDIATE, "Show what runs and what waits for its turn")
            .help("""
                    Commands on one watcher run one after the other, those on different watchers side by side; of those on
                    several watchers one runs at a time. A command with --waiting, or one that nobody waits for, stands in
                    the queue meanwhile; the others are refused. This shows both what runs and the queue.
                    """)
            .reply("""
                    `jobs`, a list of objects: `job`, the number, null for what circusd does by itself; `state`, running
                    or waiting; `since`, in seconds since 1970; `by`, who asked; `command`.
                    """)
            .example("circusctl jobs")),

    CANCEL(command("cancel", RUN, IMMEDIATE, "Take a command out of the queue")
            .mandatory("job", PROCESS_ID, ARGUMENT, "Its number, as `jobs` shows it.")
            .help("""
                    Gives up a command that waits for its turn; whoever waits for it gets an error that says so. What has
                    begun runs to its end.
                    """)
            .reply("Nothing more.")
            .example("circusctl cancel 4711")),

    KEYGEN(command("keygen", KEYS, CONSOLE, "Make a key pair for endpoints that demand keys")
            .mandatory("name", TEXT, ARGUMENT, "Where: NAME.key and NAME.key_secret are written.")
            .optional("server", TEXT, OPTION, "circusd's public key (its .key file), for a client's pair.")
            .help("""
                    Makes a key pair for CURVE, in two files as ZeroMQ has them: `NAME.key`, the public key, for
                    `curve_clients` of circusd; and `NAME.key_secret`, which nobody else may read, for `curve_server_key`
                    of circusd, or with --server for --curve of circusctl. Files that are there already stay.
                    """)
            .reply("None: on the control endpoint this is an error.")
            .example("circusctl keygen /etc/circus/server")
            .example("circusctl keygen --server /etc/circus/server.key alice")),

    REOPEN(command("reopen", DAEMON, IMMEDIATE, "Open all log files anew by their names")
            .help("""
                    Closes each log file as soon as nothing of it is under way, and opens the one that has its name by then:
                    for programs that rename log files, as logrotate. Not a line is lost, torn or written twice. The
                    signal USR1 to circusd does the same. The audit and circusd's own log notice by themselves that they were
                    renamed.
                    """)
            .reply("Nothing more; what comes in the moments around it may still go to the old file.")
            .example("mv web.log web.log.1 && circusctl reopen")),

    VERSIONS(command("versions", LOOK, IMMEDIATE, "Show which version runs where, and what is installed")
            .help("""
                    circusd, papa and circusctl: version, pid, since when, what they speak (the number of their protocol), and
                    the folder they were started from; and the versions that are in those folders now, which is what
                    `upgrade` takes.
                    """)
            .reply("""
                    `manager` and `kernel`, objects of `version`, `home`, `pid`, `started` (seconds since 1970), `protocol`
                    and `installed`, the version that is in `home` now (null where none is); `kernel` is null where it
                    cannot be asked. Where workers would be lost if papa were killed now, `kernel` also has `uncopied`, of how
                    many of its descriptors there are no copies, and `why`.
                    """)
            .example("circusctl versions")),

    UPGRADE(command("upgrade", DAEMON, IMMEDIATE, "Put another circusd, or papa, in the place of the running one")
            .optional("to", TEXT, OPTION, "The home of another version; else that of the running one, as it is now.")
            .optional("timeout", SECONDS, OPTION, "It must stand ready within so many seconds; 60.")
            .optional("probation", SECONDS, OPTION, "So many seconds the former one can take everything back; 10.")
            .optional("apply", TRUTH, SWITCH_IF_GIVEN, "false", "Also if that changes what runs.")
            .optional("kernel", TRUTH, SWITCH_IF_GIVEN, "false", "Replace papa, under the same pid; circusd stays.")
            .optional("look", TRUTH, REQUEST, "Only tell how the latest upgrade goes.")
            .optional("since", INTEGER, REQUEST, "With `look`: so many steps are known already.")
            .onlyLooksWith("look")
            .help("""
                    The new circusd starts beside the running one with the same configuration and shows that it would change
                    nothing; if it would, that is printed, and nothing happens without --apply. Then the running one writes
                    what it has, and hands over workers, sockets and its endpoints. It stays until the probation is over,
                    passes on what its connections still bring, and takes everything back if the new one ends, or does not
                    answer. No worker notices, no request is lost. Each step is printed as it happens; exit code 1 says
                    that the former one goes on. With --kernel the same for papa, which proves itself before it becomes
                    the new version.
                    """)
            .reply("""
                    At once, or with `look`: `upgrade`, its number; `state`, `running`, `done` or `failed`; `reason`, why
                    it failed, or null; `steps`, those after `since`, objects of `time`, `step` and `text`; `next`, the
                    `since` of the next request.
                    """)
            .example("circusctl upgrade")
            .example("circusctl upgrade --to /opt/circus-0.3.0")
            .example("circusctl upgrade --kernel")),

    DETACH(command("detach", DAEMON, IMMEDIATE, "End the manager and leave every worker, socket and log as it is")
            .locks("arbiter_detach", null)
            .help("""
                    Ends circusd alone: workers run on, sockets stay open, and what workers print is kept. The next
                    circusd with the same configuration takes over where this one stopped. To have one follow at once, use `upgrade`.
                    """)
            .reply("Nothing more; it is sent just before circusd ends.")
            .example("circusctl detach && circusd web.ini --daemon")),

    COMMANDS(command("commands", LOOK, IMMEDIATE, "List the commands that were added to this circusd")
            .help("""
                    A class in Java adds a command (docs/extending.md); circusctl asks for those of its circusd where a
                    line names one that it does not know, and for its help. One line for each: its name, and what it does.
                    """)
            .reply("""
                    `commands`, a list of objects, sorted by `name`, with what was declared: `summary`, `help`, `changes`,
                    `limit` in seconds, `examples`, and `parameters`, a list of objects of `property`, `type`,
                    `mandatory`, `form`, `default`, `letter` and `doc`.
                    """)
            .example("circusctl commands")),

    QUIT(command("quit", DAEMON, ASYNCHRONOUS, "Quit the arbiter immediately")
            .waiting("Answer only when all watchers have stopped.")
            .optional("terminate", BOOLEAN, SWITCH_IF_GIVEN, "false", Texts.TERMINATE)
            .ignoresExtraArguments()
            .locks("arbiter_stop", null)
            .help("""
                    Stops all watchers and ends circusd with exit code 0. Watchers and sockets with `use_papa = True`
                    stay, unless --terminate is given. To leave everything as it is, use `detach`.
                    """)
            .reply("Nothing more; with `waiting` it comes when all watchers have stopped.")
            .example("circusctl quit --waiting")
            .example("circusctl quit --waiting --terminate"));

    /** Where a command stands in the help. */
    public enum Group {
        LOOK("See what runs"),
        RUN("Start and stop workers"),
        CHANGE("Change what runs"),
        KEYS("Make keys"),
        DAEMON("End circusd");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /** When a command's reply is sent. */
    public enum Timing {
        /** At once, with the result; {@code waiting} changes nothing. */
        IMMEDIATE,
        /** At once and without a result; or, with {@code waiting}, when the work is done. */
        ASYNCHRONOUS,
        /** circusctl does it by itself; on the control endpoint it is refused. */
        CONSOLE
    }

    /** Long texts that several commands share. */
    private static final class Texts {
        static final String MATCH =
                "How NAME is compared: glob, regex (from the beginning) or simple; case never counts.";
        static final String TERMINATE = "End everything, use_papa or not, and the kernel with it.";
    }

    private final String word;
    private final Group group;
    private final Timing timing;
    private final String summary;
    private final String help;
    private final String reply;
    private final List<Parameter> parameters;
    private final List<String> examples;
    private final String wrongCount;
    private final boolean ignoresExtraArguments;
    private final @Nullable String onlyLooksWith;
    private final @Nullable String arbiterLock;
    private final @Nullable String watcherLock;

    CommandSpec(Definition definition) {
        word = definition.word;
        group = definition.group;
        timing = definition.timing;
        summary = definition.summary;
        help = definition.help;
        reply = definition.reply;
        parameters = List.copyOf(definition.parameters);
        examples = List.copyOf(definition.examples);
        wrongCount = definition.wrongCount;
        ignoresExtraArguments = definition.ignoresExtraArguments;
        onlyLooksWith = definition.onlyLooksWith;
        arbiterLock = definition.arbiterLock;
        watcherLock = definition.watcherLock;
    }

    /** The command of that name, in any case. */
    public static Optional<CommandSpec> find(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        for (CommandSpec spec : values()) {
            if (spec.word.equals(lower)) {
                return Optional.of(spec);
            }
        }
        return Optional.empty();
    }

    @Override
    public String word() {
        return word;
    }

    public Group group() {
        return group;
    }

    public Timing timing() {
        return timing;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String help() {
        return help;
    }

    /** What the reply holds beside status, time and id. */
    public String reply() {
        return reply;
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public List<String> examples() {
        return examples;
    }

    @Override
    public String wrongCount() {
        return wrongCount;
    }

    @Override
    public boolean ignoresExtraArguments() {
        return ignoresExtraArguments;
    }

    /** Whether it changes anything when it is asked for so: then the audit is told. What looks stands in {@link Group#LOOK}. */
    @Override
    public boolean changes(Map<String, @Nullable Object> properties) {
        boolean looks = onlyLooksWith != null && PropertyType.isTrue(properties.get(onlyLooksWith));
        return group != Group.LOOK && timing != Timing.CONSOLE && !looks;
    }

    /** The name of the operation in a conflict text, when it is on several or all watchers. */
    public Optional<String> arbiterLock() {
        return Optional.ofNullable(arbiterLock);
    }

    /** The name of the operation in a conflict text, when it is on exactly one watcher. */
    public Optional<String> watcherLock() {
        return Optional.ofNullable(watcherLock);
    }
}
