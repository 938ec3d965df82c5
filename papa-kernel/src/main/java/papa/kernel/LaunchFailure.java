package papa.kernel;

import papa.posix.Errno;
import papa.wire.Words;

/** A process that could not be started: at which stage, and why. */
final class LaunchFailure extends Refusal {
    private static final long serialVersionUID = 1;

    /** The steps of a launch, in order, as a sentence about a failure names them. */
    enum Stage {
        PIPES("making the pipes for its output"),
        SOCKETS("handing over the sockets"),
        WORKING_DIRECTORY("changing directory to"),
        PROGRAM("finding the program"),
        EXECUTE("executing"),
        PROCESS("creating the process");

        private final String words;

        Stage(String words) {
            this.words = words;
        }
    }

    private final Stage stage;
    private final int errno;
    private final String subject;

    /**
     * @param errno negated, as {@link papa.posix.Posix} returns it
     * @param subject the path that the stage was about, or empty; a byte string
     */
    LaunchFailure(String name, Stage stage, int errno, String subject) {
        super("cannot start " + name + ": " + (stage.words + " " + subject).strip() + ": " + Errno.of(errno)
                + hint(stage, errno));
        this.stage = stage;
        this.errno = errno;
        this.subject = subject;
    }

    private static String hint(Stage stage, int errno) {
        if (stage == Stage.EXECUTE && Errno.ENOENT.is(errno)) {
            return "; the file is there, so the interpreter that it names is missing";
        }
        if (stage == Stage.EXECUTE && Errno.ENOEXEC.is(errno)) {
            return "; a script must begin with #! and its interpreter";
        }
        return "";
    }

    /** As papa tells it. */
    String inPapasWords() {
        String cause = Errno.python(errno) + (subject.isEmpty() ? "" : ": '" + Words.text(subject) + "'");
        if (stage == Stage.WORKING_DIRECTORY) {
            return "Bad working_dir - " + cause;
        }
        return stage == Stage.PROGRAM && Errno.ENOENT.is(errno) ? "Bad command - " + cause : cause;
    }
}
