package papa.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Every word that begins a request, declared once: parsing, abbreviation and {@code help} read it here.
 *
 * <p>Version history of the wire. Words are never reused.
 *
 * <ul>
 *   <li>0: papa 1.0.6 (contract/papa-kernel.md): list, make, remove, watch, set, get, quit, exit-if-idle, help.
 *   <li>1: hello, with quoted words and framed sessions; signal, follow, commit, lease, annotate; the options {@code
 *       path}, {@code umask}, {@code socket.NAME}, {@code annotate.KEY} and {@code --} of {@code make process};
 *       later {@code groups}, {@code nice}, {@code stdin}, {@code listen_fds} (the capability launch),
 *       then {@code program}, {@code inherit_stdin};
 *       {@code nonblocking} and {@code replace}, then {@code listen} and {@code proto}, of {@code make socket}; tail, stats; names,
 *       and the sets but {@code leftovers}, and {@code child=}, of signal; {@code cgroup} of {@code make process}; upgrade, manager; knock, {@code overflow} of follow,
 *       copies, the exit code -255 (nobody can tell), the pids in the answer of signal (0.2.0).
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
            ended stays until its output is committed and its exit taken), values are quoted.
            Examples:
              list processes
              l p web.*
              list values""",
            "processes",
            "sockets",
            "values"),
    MAKE(
            "make",
            0,
            "socket|process NAME [OPTION=VALUE…] [PROGRAM ARGS…]",
            "Open a listening socket, or start a process.",
            """
            A name that exists with the same options is shown as it is; with others it is an error. After hello, a
            process that has ended never stands in the way of a new one, and -- ends the options.
            In the words of a process, $(socket.NAME.port) and $(socket.NAME.fileno) stand for a socket's numbers; after
            hello they are ordinary words, and socket.NAME="" hands a socket over.
            help make process and help make socket tell the options.
            Examples:
              make socket web port=8080
              make process hello /bin/echo hello, world
              make process server env.PATH=/usr/bin:/bin python3 serve.py --fd $(socket.web.fileno)""",
            "process",
            "socket"),
    REMOVE(
            "remove",
            0,
            "processes|sockets|values [NAME…]",
            "Forget processes (they are not touched), close sockets, delete values.",
            """
            NAME may end in *. What the holder of a lease has not committed is not removed. Without NAME, all processes
            or sockets are meant; values have to be named.
            Examples:
              remove processes hello
              remove sockets web*""",
            "processes",
            "sockets",
            "values"),
    WATCH("watch", 0, "processes NAME…", "Receive the output of processes as it comes.", """
            A batch of records (out:, err:, closed:) ends with "] ". Answer with a line to acknowledge and get the next
            batch, or with q to stop. What is acknowledged is freed, unless a lease covers the process.
            A record is out:NAME:TIME:LENGTH, a newline, LENGTH bytes and a newline; closed:NAME:TIME:CODE tells the end.
            Examples:
              watch processes hello
              w p web.*""", "processes"),
    SET("set", 0, "NAME [VALUE]", "Store a value; without VALUE, delete it.", """
            Values live as long as the kernel. Before hello a backslash keeps a blank, after hello quotes do.
            Examples:
              set owner alice
              set owner"""),
    GET("get", 0, "NAME", "Show a value.", """
            A name that is not set shows an empty line.
            Examples:
              get owner"""),
    QUIT("quit", 0, "", "End this connection.", """
            Nothing else ends with it, but for a lease that it holds.
            Examples:
              quit"""),
    EXIT_IF_IDLE("exit-if-idle", 0, "", "End the kernel, if it holds nothing.", """
            It ends once no connection is open and still nothing is held. This word cannot be abbreviated.
            Examples:
              exit-if-idle"""),
    HELP("help", 0, "[COMMAND [WORD]] | limits", "Show the commands, one of them, or the kernel's limits.", """
            Words may be abbreviated: h m p is help make process.
            Examples:
              help watch
              help make socket
              help limits"""),
    HELLO("hello", 1, "[framed]", "Speak the extended language on this connection.", """
            After hello, words may be quoted: "a b", "", "line\\nline", "\\x00"; so may values: env.X="a b".
            framed: for programs. Each request begins with a tag, each answer is "ok TAG LENGTH" or "error TAG LENGTH"
            and a body, and frames of follow come between.
            Examples:
              hello
              hello framed"""),
    SIGNAL(
            "signal",
            1,
            "INCARNATION|NAME SIGNAL [process|group|children|child=PID|tree|leftovers|cgroup]",
            "Send a signal to a process, or to a set of those that descend from it.",
            """
            SIGNAL is TERM, SIGTERM or 15. process: itself (as when nothing is said). group: its process group. children:
            those that it has now. child: the one that has this pid, if it is a child. tree: itself and all that descends
            from it. leftovers: what it left behind. cgroup: all in the cgroup that it was started in. Nobody is hit who
            only took the pid of one that ended.
            Answers: sent, with a count and the pids for a set; gone when nobody was there; an error when not all could be
            reached.
            Examples:
              signal web TERM
              signal 17 KILL tree
              signal 17 HUP child=4242"""),
    FOLLOW(
            "follow",
            1,
            "output|events NAME… | pause INC.out… | resume INC.out=OFFSET… | overflow INC.out=SECONDS|block… | usage",
            "Receive output or events as frames, without acknowledging.",
            """
            Only on framed connections. NAME may end in * and covers processes made later. Frames: process, out, err,
            gap, exit, end, gone (docs/papa.md).
            overflow: how long a process waits, when there is no more room for its output and nothing of it is committed,
            until the oldest bytes go; 5 seconds unless this is said. block: as long as the lease is held. Where a lease
            covers the process, only its holder may say it, and what he said ends with the lease.
            usage: have the frame exit tell on this connection, from now on, what the process has used.
            Examples:
              1 follow output web.*
              2 follow pause 17.out
              3 follow overflow 17.out=block 17.err=0.5""",
            "events",
            "output",
            "overflow",
            "pause",
            "resume",
            "usage"),
    TAIL(
            "tail",
            1,
            "NAME|INCARNATION… [out|err] [lines=N|bytes=N|offset=N|since=TIME] [follow=1] [times=1]",
            "Show the last lines that processes wrote, and perhaps what they write from now on.",
            """
            NAME may end in *. Without a beginning, the last 10 lines. lines= and bytes= count both channels of a process
            together; offset= is a place in each stream; since=-60 is the last minute, since=SECONDS with a point or
            since=MICROSECONDS a time. Also of processes that have ended, as long as their output is held.
            Nothing is freed by it, and nobody held back. What is held no more is told in brackets.
            follow=1 goes on until you send a line, or all of the processes have ended. With several processes, or with
            times=1, each line says whose it is. On framed connections: frames as those of follow, then the answer.
            Examples:
              tail web.1
              tail web.* since=-60 times=1
              tail web.1 err lines=100 follow=1"""),
    STATS(
            "stats",
            1,
            "[NAME|INCARNATION…]",
            "Show figures about the kernel, or a line about each of some processes.",
            """
            NAME may end in *. Times are microseconds since 1970, uptime is in seconds, sizes are in bytes; longestgap= is how many
            milliseconds clients waited at the longest while papa was upgraded.
            out= and err= are COMMITTED:END:DROPPED, all of them bytes since the process was started; heldback=1 is a
            process that has to wait until its output is committed. copies= are the connections that have copies of what is
            held, uncopied= is what they have none of and a kill of papa would lose.
            Examples:
              stats
              stats web.*"""),
    COMMIT(
            "commit",
            1,
            "[out INC OFFSET | err INC OFFSET | exit INC | set NAME VALUE | unset NAME]…",
            "Free output that has been dealt with, and set values, all at once or not at all.",
            """
            Where a lease covers the process or the value, only its holder may commit.
            Examples:
              commit out 17 4096 set web.written 4096
              commit exit 17"""),
    LEASE(
            "lease",
            1,
            "take NAME | force NAME | join NAME EPOCH | drop NAME | show",
            "Be the one manager of everything whose name begins with NAME and a dot.",
            """
            The lease ends with the connection that took it. force ends the process that holds it, and waits.
            join lets another connection of the same process act for the lease.
            Examples:
              lease show
              lease take web""",
            "drop",
            "force",
            "join",
            "show",
            "take"),
    ANNOTATE("annotate", 1, "INCARNATION KEY=VALUE…", "Note something on a process; it is forgotten with it.", """
            An empty value removes the key.
            Examples:
              annotate 17 slot=3
              annotate 17 slot="""),
    UPGRADE(
            "upgrade",
            1,
            "[to=HOME] [java=JAVA_HOME]",
            "Put the program of another home in the place of the running one; all that is held stays.",
            """
            HOME is a folder with bin/papa, of this version or another; without to=, the kernel's own. java= is the JDK
            to run it with. The new program first proves that it can take over; if it cannot, nothing changes. Nothing
            that runs notices; connections wait for a moment. Answers when the new program serves.
            The command papa upgrade does the same.
            Examples:
              upgrade to=/opt/circus-0.2.0
              upgrade java=/usr/lib/jvm/temurin-25-jdk-amd64"""),
    MANAGER(
            "manager",
            1,
            "",
            "Be the process that papa --init passes signals on to, and starts anew when it ends.",
            """
            The process that opened this connection is it from now on; the former one may end without anything being
            started. When it ends in turn, the command that papa was given is started again. stats tells who it is.
            Refused by a papa that runs without --init.
            Examples:
              manager"""),
    COPIES(
            "copies",
            1,
            "[show|news]",
            "Have copies of all that is held put into this connection, where they wait unread.",
            """
            For managers (docs/architecture.md): descriptors come with single newlines from now on, those of sockets, pipes and
            memory, also of what is made later. Who holds the lease and reads none of it keeps all that open, even if papa is
            killed, and can hand it to a papa that is started with PAPA_TAKE_COPIES=1 and this connection as its standard
            input. That one leaves them where they are, for the case that it is killed, too. Only for who has taken or joined
            a lease, and runs as the same user or root; all leases of a papa get everything, since one of them has to bring
            all of it back. Connections of a lease that had copies before get no more when a new one has all; the end of the
            lease alone does not end that.
            show tells of each lease with copies: pid, missing (descriptors that could not be given; why tells the reason;
            they are tried again at each change), lingering (sockets that were closed since, which the copies keep open).
            news has the frame copies LEASE sent whenever that is something else for the lease that this connection holds.
            Examples:
              4 copies
              5 copies show"""),
    KNOCK("knock", 1, "NAME…", "Be told, once, when somebody connects to a socket.", """
            Only on framed connections. Who has connected already and waits to be served counts, too. The news is the frame
            knock NAME; to hear of the next one, ask again. It is over when this connection ends or the socket is removed.
            Where a lease covers the socket, only its holder may ask.
            Examples:
              3 knock web""");

    /** The verbs with which nothing can be changed or freed: all that a connection over TCP may say by itself. */
    private static final Set<String> READING = Set.of("list", "get", "help", "tail", "stats", "quit", "hello");

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

    /** Whether this only reads, and so may be said over TCP. */
    public boolean reads() {
        return READING.contains(word);
    }

    /** The version of the wire that brought it; 0 is papa's own. */
    public int version() {
        return version;
    }
}
