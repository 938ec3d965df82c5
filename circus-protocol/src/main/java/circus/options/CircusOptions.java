package circus.options;

import static circus.options.OnSet.NOTHING;
import static circus.options.Support.EFFECTIVE;
import static circus.options.Support.WITHOUT_EFFECT;

import circus.message.Endpoints;
import java.util.List;
import java.util.Optional;

/** The options of the {@code [circus]} section. None of them can be set while circusd runs. */
public final class CircusOptions {
    public static final Option<Optional<String>> NAME = new Option<>(
            "name",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "What this circusd is called in the kernel; made from the file's path when not given.");

    public static final Option<Double> CHECK_DELAY = new Option<>(
            "check_delay",
            OptionTypes.ROUND,
            5.0,
            NOTHING,
            EFFECTIVE,
            "What clients are told that a round of Circus's takes, in seconds. Nothing waits for a round here: ends of processes, their ages and"
                    + " connections are acted on at once.");

    public static final Option<String> ENDPOINT = new Option<>(
            "endpoint", OptionTypes.ENDPOINT, Endpoints.CONTROL, NOTHING, EFFECTIVE, "Where commands arrive.");

    public static final Option<String> PUBSUB_ENDPOINT = new Option<>(
            "pubsub_endpoint",
            OptionTypes.ENDPOINT,
            Endpoints.PUBSUB,
            NOTHING,
            EFFECTIVE,
            "Where events are published.");

    public static final Option<Boolean> ENDPOINT_OPEN = new Option<>(
            "endpoint_open",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Let everybody use the endpoints who can reach them: other users of this machine, and, where there are no keys, other machines"
                    + " too. Otherwise root, circusd's own user and endpoint_owner may.");

    public static final Option<Optional<String>> PAPA_ENDPOINT = new Option<>(
            "papa_endpoint",
            OptionTypes.OPTIONAL_ENDPOINT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "Where the kernel listens; when not given, where PAPA_SOCKET in the environment says, else a Unix socket named after this"
                    + " circusd.");

    public static final Option<KernelLoss> ON_KERNEL_LOSS = new Option<>(
            "on_kernel_loss",
            OptionTypes.KERNEL_LOSS,
            KernelLoss.ADOPT,
            NOTHING,
            EFFECTIVE,
            "What becomes of workers when the kernel is killed, which starts again at once. adopt: they go on, no connection is refused,"
                    + " and no output is lost; only how they end is not known later. replace: they and all that descends from them"
                    + " are ended, then others are started.");

    public static final Option<Boolean> USE_PAPA = new Option<>(
            "use_papa",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "The use_papa of all watchers and sockets that do not say otherwise.");

    public static final Option<Optional<String>> LOGLEVEL = new Option<>(
            "loglevel",
            OptionTypes.LOG_LEVEL,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The least severe message that is logged: critical, error, warning, info (the default) or debug.");

    public static final Option<Optional<String>> LOGOUTPUT = new Option<>(
            "logoutput",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The file that circusd logs to; stderr when not given.");

    public static final Option<Optional<String>> PIDFILE = new Option<>(
            "pidfile",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The file that holds circusd's process id while it runs.");

    public static final Option<Optional<String>> STATE_FILE = new Option<>(
            "state_file",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The file that keeps what was done at run time, for the day when the kernel is lost; when not given, NAME.json in"
                    + " /var/lib/circus (root) or ~/.local/state/circus, or in the folder that CIRCUS_STATE in the environment names.");

    public static final Option<List<String>> INCLUDE = new Option<>(
            "include",
            OptionTypes.NAMES,
            List.of(),
            NOTHING,
            EFFECTIVE,
            "More ini files, as paths or patterns, relative to this one.");

    public static final Option<List<String>> INCLUDE_DIR = new Option<>(
            "include_dir",
            OptionTypes.NAMES,
            List.of(),
            NOTHING,
            EFFECTIVE,
            "Directories of which all *.ini files are read.");

    public static final Option<Optional<String>> EXTENSION_PATH = new Option<>(
            "extension_path",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "Jars, and directories of jars or classes, in which hooks, streams and commands in Java are looked for; separated by colons, relative to the file.");

    public static final Option<Optional<String>> COMMANDS = new Option<>(
            "commands",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "Classes in Java that add a command each, separated by blanks; service providers of circus.command.spi.Command need not be"
                    + " named. They are looked for on the class path and in extension_path.");

    public static final Option<Double> WARMUP_DELAY = new Option<>(
            "warmup_delay",
            OptionTypes.DELAY,
            0.0,
            NOTHING,
            EFFECTIVE,
            "Seconds between the starts of two watchers, where several are started.");

    public static final Option<Optional<Integer>> UMASK = new Option<>(
            "umask",
            OptionTypes.OPTIONAL_MASK,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The file mode mask of the processes; when not given, that with which the kernel was started.");

    public static final Option<Optional<String>> ENDPOINT_OWNER = new Option<>(
            "endpoint_owner",
            OptionTypes.OPTIONAL_ID,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "A user, by name or number, who may use the endpoints beside root and circusd's own user, and who owns the socket file of an ipc"
                    + " endpoint. What others than root and circusd's own user add or change must run as this user ([security.md](security.md)).");

    public static final Option<Optional<String>> CURVE_SERVER_KEY = new Option<>(
            "curve_server_key",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The file of circusd's own CURVE key pair, of mode 0600, relative to the file: all endpoints then demand keys, which Circus's own"
                    + " tools have not ([security.md](security.md)).");

    public static final Option<Optional<String>> CURVE_CLIENTS = new Option<>(
            "curve_clients",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The public keys of those who may connect: a file of one key or of many, or a directory of *.key files; relative to the file.");

    public static final Option<Optional<String>> AUDIT_LOG = new Option<>(
            "audit_log",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The file that gets a line for each command that changes something: who, what, and how it went; relative to the file. Circusd's own"
                    + " log when not given, or -.");

    public static final Option<AuditFormat> AUDIT_FORMAT = new Option<>(
            "audit_format",
            OptionTypes.AUDIT_FORMAT,
            AuditFormat.TEXT,
            NOTHING,
            EFFECTIVE,
            "How such a line is written: text or json.");

    public static final Option<String> MULTICAST_ENDPOINT = new Option<>(
            "multicast_endpoint",
            OptionTypes.DISCOVERY,
            "udp://237.219.251.97:12027",
            NOTHING,
            EFFECTIVE,
            "Where circusd tells its endpoint to who asks: a multicast group (224 to 239) and port. Nothing, or none: nowhere.");

    public static final Option<String> STATS_ENDPOINT = new Option<>(
            "stats_endpoint",
            OptionTypes.TEXT,
            Endpoints.STATS,
            NOTHING,
            EFFECTIVE,
            "Where statistics are published; giving it turns statsd on.");

    public static final Option<Boolean> STATSD = new Option<>(
            "statsd",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Publish figures of all processes every second, at stats_endpoint; the watcher circusd-stats does it.");

    public static final Option<Boolean> STATSD_CLOSE_OUTPUTS = new Option<>(
            "statsd_close_outputs",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            WITHOUT_EFFECT,
            "Throw away what Circus's own process for statistics would print; here there is none.");

    public static final Option<Boolean> HTTPD =
            new Option<>("httpd", OptionTypes.BOOLEAN, false, NOTHING, WITHOUT_EFFECT, "Run the web console.");

    public static final Option<String> HTTPD_HOST = new Option<>(
            "httpd_host", OptionTypes.TEXT, "localhost", NOTHING, WITHOUT_EFFECT, "The host of the web console.");

    public static final Option<Integer> HTTPD_PORT =
            new Option<>("httpd_port", OptionTypes.PORT, 8080, NOTHING, WITHOUT_EFFECT, "The port of the web console.");

    public static final Option<Boolean> HTTPD_CLOSE_OUTPUTS = new Option<>(
            "httpd_close_outputs",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            WITHOUT_EFFECT,
            "Throw away what the web console prints.");

    public static final Option<Boolean> DEBUG = new Option<>(
            "debug", OptionTypes.BOOLEAN, false, NOTHING, WITHOUT_EFFECT, "Show the output of helper processes.");

    public static final Option<Boolean> DEBUG_GC = new Option<>(
            "debug_gc",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            WITHOUT_EFFECT,
            "Debug the garbage collector of a circusd written in Python.");

    public static final Option<Optional<String>> LOGGERCONFIG = new Option<>(
            "loggerconfig",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            WITHOUT_EFFECT,
            "A logging configuration of Python.");

    public static final Option<Optional<String>> FQDN_PREFIX = new Option<>(
            "fqdn_prefix",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            WITHOUT_EFFECT,
            "What stands before the host's name in the node's name.");

    public static final Option<Optional<String>> STREAM_BACKEND = new Option<>(
            "stream_backend",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            WITHOUT_EFFECT,
            "How a circusd written in Python reads output.");

    public static final Option<Optional<String>> PROC_NAME = new Option<>(
            "proc_name",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The name under which circusd shows in the process list (its first 15 bytes); circusd when not given.");

    public static final Option<Optional<String>> SSH_SERVER = new Option<>(
            "ssh_server",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            WITHOUT_EFFECT,
            "The host through which endpoints are reached.");

    public static final List<Option<?>> ALL = List.of(
            NAME,
            CHECK_DELAY,
            ENDPOINT,
            PUBSUB_ENDPOINT,
            ENDPOINT_OPEN,
            PAPA_ENDPOINT,
            ON_KERNEL_LOSS,
            USE_PAPA,
            LOGLEVEL,
            LOGOUTPUT,
            PIDFILE,
            STATE_FILE,
            INCLUDE,
            INCLUDE_DIR,
            EXTENSION_PATH,
            COMMANDS,
            WARMUP_DELAY,
            UMASK,
            ENDPOINT_OWNER,
            CURVE_SERVER_KEY,
            CURVE_CLIENTS,
            AUDIT_LOG,
            AUDIT_FORMAT,
            MULTICAST_ENDPOINT,
            STATS_ENDPOINT,
            STATSD,
            STATSD_CLOSE_OUTPUTS,
            HTTPD,
            HTTPD_HOST,
            HTTPD_PORT,
            HTTPD_CLOSE_OUTPUTS,
            DEBUG,
            DEBUG_GC,
            LOGGERCONFIG,
            FQDN_PREFIX,
            STREAM_BACKEND,
            PROC_NAME,
            SSH_SERVER);

    /** Those that a running circusd takes over from a changed file; the others need another start of it. */
    public static final List<Option<?>> LIVE = List.of(
            CHECK_DELAY,
            WARMUP_DELAY,
            LOGLEVEL,
            UMASK,
            USE_PAPA,
            INCLUDE,
            INCLUDE_DIR,
            STATSD,
            STATS_ENDPOINT,
            STATSD_CLOSE_OUTPUTS);

    private CircusOptions() {}
}
