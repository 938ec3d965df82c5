package circus.options;

import static circus.options.OnSet.NOTHING;
import static circus.options.OnSet.RELOAD;
import static circus.options.OnSet.RESIZE;
import static circus.options.Option.settable;
import static circus.options.Support.EFFECTIVE;
import static circus.options.Support.WITHOUT_EFFECT;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of a {@code [watcher:NAME]} section. Keys that are not declared here are kept as text, for plugins. */
public final class WatcherOptions {
    public static final Option<String> CMD = settable(
                    "cmd",
                    OptionTypes.TEXT,
                    "",
                    RELOAD,
                    EFFECTIVE,
                    "The program and its arguments, split as a shell would.")
            .reaching(Reach.PROCESS);

    public static final Option<Arguments> ARGS = settable(
                    "args",
                    OptionTypes.ARGUMENTS,
                    new Arguments.Text(""),
                    RELOAD,
                    EFFECTIVE,
                    "More arguments, appended to those of cmd.")
            .reaching(Reach.PROCESS);

    /** More processes than this cannot be wanted of a watcher. */
    public static final int MOST_PROCESSES = OptionTypes.MOST_PROCESSES;

    public static final Option<Integer> NUMPROCESSES = settable(
            "numprocesses", OptionTypes.PROCESSES, 1, RESIZE, EFFECTIVE, "How many processes are kept running.");

    public static final Option<Double> WARMUP_DELAY = settable(
            "warmup_delay", OptionTypes.DELAY, 0.0, NOTHING, EFFECTIVE, "Seconds between the starts of two processes.");

    public static final Option<Optional<String>> EXECUTABLE = new Option<>(
                    "executable",
                    OptionTypes.OPTIONAL_TEXT,
                    Optional.empty(),
                    RELOAD,
                    EFFECTIVE,
                    "The file to run, while the first word of cmd stays its name; with shell, the shell to run.")
            .reaching(Reach.PROCESS);

    public static final Option<Optional<String>> WORKING_DIR = settable(
                    "working_dir",
                    OptionTypes.OPTIONAL_TEXT,
                    Optional.empty(),
                    RELOAD,
                    EFFECTIVE,
                    "The directory in which processes start; circusd's own when not given.")
            .reaching(Reach.PROCESS);

    public static final Option<Boolean> SHELL = settable(
                    "shell", OptionTypes.BOOLEAN, false, RELOAD, EFFECTIVE, "Run cmd by /bin/sh -c, as it stands.")
            .reaching(Reach.PROCESS);

    public static final Option<Arguments> SHELL_ARGS = new Option<>(
                    "shell_args",
                    OptionTypes.ARGUMENTS,
                    new Arguments.None(),
                    RELOAD,
                    EFFECTIVE,
                    "What cmd finds in $0, $1 and so on; used with shell only.")
            .reaching(Reach.PROCESS);

    public static final Option<Optional<String>> UID = settable(
                    "uid",
                    OptionTypes.OPTIONAL_ID,
                    Optional.empty(),
                    RELOAD,
                    EFFECTIVE,
                    "The user to run as, by name or number, with all groups of that user.")
            .reaching(Reach.PROCESS);

    public static final Option<Optional<String>> GID = settable(
                    "gid",
                    OptionTypes.OPTIONAL_ID,
                    Optional.empty(),
                    RELOAD,
                    EFFECTIVE,
                    "The group to run as, by name or number; that of the user when not given.")
            .reaching(Reach.PROCESS);

    public static final Option<Map<String, String>> ENV = settable(
                    "env",
                    OptionTypes.ENVIRONMENT,
                    Map.of(),
                    RELOAD,
                    WITHOUT_EFFECT,
                    "The environment of the processes. An ini file gives it in [env] and [env:NAME] sections instead.")
            .reaching(Reach.PROCESS);

    public static final Option<Boolean> SEND_HUP = settable(
            "send_hup",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Reload by sending SIGHUP instead of replacing the processes.");

    public static final Option<Integer> STOP_SIGNAL = settable(
            "stop_signal", OptionTypes.SIGNAL, 15, NOTHING, EFFECTIVE, "The signal that asks a process to end.");

    public static final Option<Boolean> STOP_CHILDREN = settable(
            "stop_children",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Send the stop signal to the children of a process too, and to theirs.");

    public static final Option<Integer> MAX_RETRY = settable(
            "max_retry",
            OptionTypes.INTEGER,
            5,
            NOTHING,
            EFFECTIVE,
            "How often a failed start is tried again before the watcher stops; -1 means for ever.");

    public static final Option<Double> GRACEFUL_TIMEOUT = settable(
            "graceful_timeout",
            OptionTypes.SECONDS,
            30.0,
            NOTHING,
            EFFECTIVE,
            "Seconds between the stop signal and SIGKILL.");

    public static final Option<Integer> PRIORITY = new Option<>(
            "priority",
            OptionTypes.INTEGER,
            0,
            NOTHING,
            EFFECTIVE,
            "Watchers of a higher priority start earlier and stop later.");

    public static final Option<Boolean> USE_SOCKETS = new Option<>(
            "use_sockets",
            OptionTypes.BOOLEAN,
            false,
            RELOAD,
            EFFECTIVE,
            "Hand the sockets that the command names to the processes.");

    public static final Option<Boolean> ON_DEMAND = new Option<>(
            "on_demand",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Start only when somebody connects to one of the sockets that cmd, args or stdin_socket name; and again, when all processes have"
                    + " ended.");

    public static final Option<Boolean> SINGLETON =
            settable("singleton", OptionTypes.BOOLEAN, false, NOTHING, EFFECTIVE, "Never more than one process.");

    public static final Option<Boolean> COPY_ENV = settable(
                    "copy_env",
                    OptionTypes.BOOLEAN,
                    false,
                    RELOAD,
                    EFFECTIVE,
                    "Start from circusd's own environment instead of an empty one.")
            .reaching(Reach.PROCESS);

    public static final Option<Boolean> COPY_PATH = new Option<>(
            "copy_path",
            OptionTypes.BOOLEAN,
            false,
            RELOAD,
            EFFECTIVE,
            "Hand on circusd's own PYTHONPATH; needs copy_env, which does so anyway, since our circusd has no module path beyond that.");

    public static final Option<Boolean> RESPAWN = settable(
            "respawn", OptionTypes.BOOLEAN, true, NOTHING, EFFECTIVE, "Replace a process that ends by itself.");

    public static final Option<Boolean> AUTOSTART =
            new Option<>("autostart", OptionTypes.BOOLEAN, true, NOTHING, EFFECTIVE, "Start together with circusd.");

    public static final Option<Boolean> CLOSE_CHILD_STDIN = settable(
            "close_child_stdin",
            OptionTypes.BOOLEAN,
            true,
            RELOAD,
            EFFECTIVE,
            "Give the processes /dev/null to read from; if not, they get the standard input of papa, the kernel, which is another only where papa was started by somebody else than circusd.");

    public static final Option<Boolean> CLOSE_CHILD_STDOUT = settable(
            "close_child_stdout",
            OptionTypes.BOOLEAN,
            false,
            RELOAD,
            EFFECTIVE,
            "Throw away what processes write to stdout.");

    public static final Option<Boolean> CLOSE_CHILD_STDERR = settable(
            "close_child_stderr",
            OptionTypes.BOOLEAN,
            false,
            RELOAD,
            EFFECTIVE,
            "Throw away what processes write to stderr.");

    public static final Option<Integer> MAX_AGE = settable(
            "max_age",
            OptionTypes.INTEGER,
            0,
            RELOAD,
            EFFECTIVE,
            "Seconds after which a process is replaced; 0 means never.");

    public static final Option<Integer> MAX_AGE_VARIANCE = settable(
            "max_age_variance",
            OptionTypes.INTEGER,
            30,
            RELOAD,
            EFFECTIVE,
            "Up to so many seconds more are added to max_age, at random for each process.");

    public static final Option<Optional<String>> VIRTUALENV = new Option<>(
            "virtualenv",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            RELOAD,
            EFFECTIVE,
            "A Python virtual environment to run in: its bin comes first in PATH, its packages are in PYTHONPATH. Needs copy_env.");

    public static final Option<Optional<String>> VIRTUALENV_PY_VER = new Option<>(
            "virtualenv_py_ver",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            RELOAD,
            EFFECTIVE,
            "The Python version of the virtual environment, such as 3.11, where it has several.");

    public static final Option<Optional<String>> STDIN_SOCKET = new Option<>(
            "stdin_socket",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            RELOAD,
            EFFECTIVE,
            "The socket that processes get as their stdin, whatever use_sockets says.");

    public static final Option<Boolean> USE_PAPA = new Option<>(
            "use_papa",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Leave the processes running when circusd is asked to quit.");

    public static final Option<Double> BACKOFF = settable(
            "backoff",
            OptionTypes.SECONDS,
            0.0,
            NOTHING,
            EFFECTIVE,
            "Seconds before a process that ended quickly by itself is replaced; twice as long each time, until one lives longer than that.");

    public static final Option<Double> BACKOFF_MAX = settable(
            "backoff_max",
            OptionTypes.SECONDS,
            60.0,
            NOTHING,
            EFFECTIVE,
            "Seconds beyond which backoff does not grow.");

    public static final Option<Double> HOOK_TIMEOUT = settable(
            "hook_timeout",
            OptionTypes.PERIOD,
            30.0,
            NOTHING,
            EFFECTIVE,
            "Seconds that a hook has; then it is stopped, and has failed.");

    public static final OptionFamily STDOUT_STREAM = new OptionFamily(
            "stdout_stream.",
            NOTHING,
            EFFECTIVE,
            "Where the output of the processes goes; the keys are below.",
            Reach.NOTHING);

    public static final OptionFamily STDERR_STREAM = new OptionFamily(
            "stderr_stream.",
            NOTHING,
            EFFECTIVE,
            "Where the error output of the processes goes; the keys are below.",
            Reach.NOTHING);

    public static final OptionFamily HOOKS = new OptionFamily(
            "hooks.",
            NOTHING,
            EFFECTIVE,
            "Code that runs before or after something happens to the watcher.",
            Reach.CIRCUSD);

    /** The flag behind a hook: whether an error counts as success. */
    public static final OptionType<Boolean> HOOK_FLAG = OptionTypes.BOOLEAN;

    public static final OptionFamily RLIMIT = new OptionFamily(
            "rlimit_",
            RELOAD,
            EFFECTIVE,
            "A limit of the processes (setrlimit(2)), soft and hard, by its name: rlimit_nofile. A number; nothing, or -1, means no limit.",
            Reach.CIRCUSD);

    public static final List<Option<?>> ALL = List.of(
            CMD,
            ARGS,
            NUMPROCESSES,
            WARMUP_DELAY,
            EXECUTABLE,
            WORKING_DIR,
            SHELL,
            SHELL_ARGS,
            UID,
            GID,
            ENV,
            SEND_HUP,
            STOP_SIGNAL,
            STOP_CHILDREN,
            MAX_RETRY,
            GRACEFUL_TIMEOUT,
            PRIORITY,
            USE_SOCKETS,
            ON_DEMAND,
            SINGLETON,
            COPY_ENV,
            COPY_PATH,
            RESPAWN,
            AUTOSTART,
            CLOSE_CHILD_STDIN,
            CLOSE_CHILD_STDOUT,
            CLOSE_CHILD_STDERR,
            MAX_AGE,
            MAX_AGE_VARIANCE,
            VIRTUALENV,
            VIRTUALENV_PY_VER,
            STDIN_SOCKET,
            USE_PAPA,
            BACKOFF,
            BACKOFF_MAX,
            HOOK_TIMEOUT);

    public static final List<OptionFamily> FAMILIES = List.of(STDOUT_STREAM, STDERR_STREAM, HOOKS, RLIMIT);

    /** Options that Circus's clients do not know: the {@code options} command shows them where they are given. */
    public static final List<Option<?>> SHOWN_IF_GIVEN = List.of(USE_PAPA, BACKOFF, BACKOFF_MAX, HOOK_TIMEOUT);

    /** Declared options that the {@code options} command does not show, because Circus's does not. */
    public static final List<Option<?>> HIDDEN = List.of(
            AUTOSTART,
            COPY_PATH,
            VIRTUALENV,
            VIRTUALENV_PY_VER,
            STDIN_SOCKET,
            USE_PAPA,
            BACKOFF,
            BACKOFF_MAX,
            HOOK_TIMEOUT);

    private WatcherOptions() {}
}
