package papa.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every word that begins a request, declared once: parsing, abbreviation and {@code help} read it here.
 *
 * <p>Version history of the wire. Words are never reused.
 *
 * <ul>
 *   <li>0: papa 1.0.6 (contract/papa-kernel.md): list, make, remove, watch, set, get, quit, exit-if-idle, help.
 *   <li>1: hello, with quoted words and framed sessions; signal, follow, commit, lease, annotate; the options {@code
 *       path}, {@code umask}, {@code socket.NAME}, {@code annotate.KEY} and {@code --} of {@code make process};
 *       {@code nonblocking} and {@code replace} of {@code make socket}.
 * </ul>
 *
 * <p>The words of version 1 are never abbreviated and never match an abbreviation, so that what a papa client means by
 * {@code l} or {@code s} stays what it was.
 */
public enum Verb {
    LIST(
            "list",
            0,
            "processes|sockets|values [NAME…]",
            "Show what the kernel holds, one line each.",
            """
            NAME may end in * to match all names that begin so. Without NAME, everything is listed.
            Before hello, lines are papa's own. After hello, processes are listed by incarnation (a process that has
            ended stays until its output is committed and its exit taken), values are quoted.""",
            "processes",
            "sockets",
            "values"),
    MAKE(
            "make",
            0,
            "socket|process NAME [OPTION=VALUE…] [PROGRAM ARGS…]",
            "Open a listening socket, or start a process.",
            """
            socket: family=inet|inet6|unix type=stream host= port= path= backlog= umask= replace=1 nonblocking=1
            process: working_dir= env.X= path= umask= stdout=0|1 stderr=0|1|stdout bufsize= shell=1 watch=1
                     socket.NAME= (hand that socket over, at its own number) annotate.KEY=
            A name that exists with the same options is shown as it is; with others it is an error. After hello, a
            process that has ended never stands in the way of a new one, and -- ends the options.
            In the words of a process, $(socket.NAME.port) and $(socket.NAME.fileno) stand for a socket's numbers.""",
            "process",
            "socket"),
    REMOVE(
            "remove",
            0,
            "processes|sockets|values [NAME…]",
            "Forget processes (they are not touched), close sockets, delete values.",
            """
            NAME may end in *. What the holder of a lease has not committed is not removed.""",
            "processes",
            "sockets",
            "values"),
    WATCH("watch", 0, "processes NAME…", "Receive the output of processes as it comes.", """
            A batch of records (out:, err:, closed:) ends with "] ". Answer with a line to acknowledge and get the next
            batch, or with q to stop. What is acknowledged is freed, unless a lease covers the process.""", "processes"),
    SET("set", 0, "NAME [VALUE]", "Store a value; without VALUE, delete it.", "Values live as long as the kernel."),
    GET("get", 0, "NAME", "Show a value.", "A name that is not set shows an empty line."),
    QUIT("quit", 0, "", "End this connection.", "Nothing else ends with it, but for a lease that it holds."),
    EXIT_IF_IDLE(
            "exit-if-idle",
            0,
            "",
            "End the kernel, if it holds nothing.",
            "It ends once no connection is open and still nothing is held. This word cannot be abbreviated."),
    HELP("help", 0, "[COMMAND]", "Show the commands, or one of them.", "Words may be abbreviated: h m p."),
    HELLO("hello", 1, "[framed]", "Speak the extended language on this connection.", """
            After hello, words may be quoted: "a b", "", "line\\nline", "\\x00"; so may values: env.X="a b".
            framed: for programs. Each request begins with a tag, each answer is "ok TAG LENGTH" or "error TAG LENGTH"
            and a body, and frames of follow come between."""),
    SIGNAL(
            "signal",
            1,
            "INCARNATION|NAME SIGNAL [process|group|children|tree|leftovers|cgroup]",
            "Send a signal to a process, or to a set of those that descend from it.",
            """
            SIGNAL is TERM, SIGTERM or 15. process: itself (as when nothing is said). group: its process group. children:
            those that it has now. tree: itself and all that descends from it. leftovers: what it left behind. cgroup:
            all in the cgroup that it was started in. Nobody is hit who only took the pid of one that ended.
            Answers: sent, with a count for a set; gone when nobody was there; an error when not all could be reached."""),
    FOLLOW(
            "follow",
            1,
            "output|events NAME… | pause INC.out… | resume INC.out=OFFSET…",
            "Receive output or events as frames, without acknowledging.",
            """
            Only on framed connections. NAME may end in * and covers processes made later. Frames: process, out, err,
            gap, exit, end, gone (docs/kernel.md).""",
            "events",
            "output",
            "pause",
            "resume"),
    COMMIT(
            "commit",
            1,
            "[out INC OFFSET | err INC OFFSET | exit INC | set NAME VALUE | unset NAME]…",
            "Free output that has been dealt with, and set values, all at once or not at all.",
            "Where a lease covers the process or the value, only its holder may commit."),
    LEASE(
            "lease",
            1,
            "take NAME | force NAME | join NAME EPOCH | drop NAME | show",
            "Be the one manager of everything whose name begins with NAME and a dot.",
            """
            The lease ends with the connection that took it. force ends the process that holds it, and waits.
            join lets another connection of the same process act for the lease.""",
            "drop",
            "force",
            "join",
            "show",
            "take"),
    ANNOTATE(
            "annotate",
            1,
            "INCARNATION KEY=VALUE…",
            "Note something on a process; it is forgotten with it.",
            "An empty value removes the key.");

    private final String word;
    private final int version;
    private final String arguments;
    private final String summary;
    private final String details;
    private final List<String> seconds;

    Verb(String word, int version, String arguments, String summary, String details, String... seconds) {
        this.word = word;
        this.version = version;
        this.arguments = arguments;
        this.summary = summary;
        this.details = details;
        this.seconds = List.of(seconds);
    }

    /** The word as it is written out. */
    public String word() {
        return word;
    }

    /** The words that may follow, in alphabetical order; empty where anything may. */
    public List<String> seconds() {
        return seconds;
    }

    /** What follows the word, for help. */
    public String arguments() {
        return arguments;
    }

    /** One line of help. */
    public String summary() {
        return summary;
    }

    /** The rest of the help. */
    public String details() {
        return details;
    }

    /** Whether this word is papa's own, and so may be abbreviated. */
    public boolean isPapas() {
        return version == 0;
    }

    /** The verb that a word names: in full, or, for papa's own words, the first in the alphabet that begins so. */
    public static Optional<Verb> find(String given) {
        String lower = given.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(verb -> verb.word.equals(lower))
                .findFirst()
                .or(() -> Arrays.stream(values())
                        .filter(verb -> verb.isPapas() && verb.word.startsWith(lower))
                        .min((a, b) -> a.word.compareTo(b.word)));
    }

    /** The second word that {@code given} names, abbreviated or not; empty if there is none such. */
    public Optional<String> findSecond(String given) {
        String lower = given.toLowerCase(Locale.ROOT);
        if (!isPapas()) {
            return seconds.stream().filter(lower::equals).findFirst();
        }
        return seconds.stream().filter(second -> second.startsWith(lower)).findFirst();
    }

    /** The list of all commands. */
    public static String help() {
        return Arrays.stream(values())
                .map(verb -> String.format("  %-13s %s", verb.word, verb.summary))
                .collect(Collectors.joining(
                        "\n", "Commands (help COMMAND tells more; words of papa may be abbreviated):\n", "\n"));
    }

    /** All there is to say about this command. */
    public String helpText() {
        return (word + " " + arguments).strip() + "\n\n" + summary + "\n" + details + "\n";
    }
}
