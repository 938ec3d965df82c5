package papa.launch;

import papa.posix.Errno;
import papa.request.Refusal;
import papa.wire.Words;

/** A process that could not be started: at which stage, and why. */
public final class LaunchFailure extends Refusal {
    private static final long serialVersionUID = 1;

    /** The steps of a launch, in order, as a sentence about a failure names them. */
    enum Stage {
        LOOK_UP("looking up its user and groups"),
        PIPES("making the pipes for its output"),
        WORKING_DIRECTORY("changing directory to"),
        GROUPS("setting its supplementary groups"),
        GROUP("setting its group to gid"),
        USER("setting its user to uid"),
        PROGRAM("finding the program"),
        PROCESS("creating the process"),
        SOCKETS("handing over the sockets"),
        GATE("holding it at the gate"),
        CONTROL_GROUP("moving it into the cgroup"),
        NICE("setting its niceness to"),
        LIMIT("setting its limit"),
        EXECUTE("executing");

        private final String words;

        Stage(String words) {
            this.words = words;
        }

        private boolean isAboutAPath() {
            return this == WORKING_DIRECTORY || this == PROGRAM || this == EXECUTE;
        }
    }

    private final String papasWords;

    private final boolean notFound;

    /** The child that was made all the same, killed and not reaped yet; 0 if there is none. */
    public final int killedPid;

    private LaunchFailure(String name, String what, String papasWords, boolean notFound, int killedPid) {
        super("cannot start " + name + ": " + what);
        this.papasWords = papasWords;
        this.notFound = notFound;
        this.killedPid = killedPid;
    }

    /**
     * One for which no call gave an error.
     *
     * @param papasWords as papa tells it
     */
    LaunchFailure(String name, String what, String papasWords) {
        this(name, what, papasWords, false, 0);
    }

    /**
     * @param errno negated, as {@link papa.posix.Posix} returns it
     * @param subject the path that the stage was about, or empty; a byte string
     */
    LaunchFailure(String name, Stage stage, int errno, String subject) {
        this(name, stage, errno, subject, "");
    }

    /** @param asWhom {@code " as uid N"}, or empty */
    LaunchFailure(String name, Stage stage, int errno, String subject, String asWhom) {
        this(
                name,
                sentence(stage, subject + asWhom, errno) + hint(stage, errno),
                papasWords(stage, errno, subject),
                stage == Stage.PROGRAM && Errno.ENOENT.is(errno),
                0);
    }

    /** @param ownUid who the kernel is */
    static LaunchFailure ofIdentity(String name, ThreadIdentity.Failure failure, Identity wanted, int ownUid) {
        String subject = switch (failure.stage()) {
            case USER -> Integer.toUnsignedString(wanted.uid());
            case GROUP -> Integer.toUnsignedString(wanted.gid());
            default -> "";
        };
        String hint = Errno.EPERM.is(failure.errno())
                ? "; papa runs as uid " + Integer.toUnsignedString(ownUid) + " and may not change that"
                : "";
        return new LaunchFailure(
                name,
                sentence(failure.stage(), subject, failure.errno()) + hint,
                papasWords(failure.stage(), failure.errno(), subject),
                false,
                0);
    }

    /** @param pid the child that had been made, or not above 0 */
    static LaunchFailure ofStep(String name, Gate.Failed failed, int pid) {
        Gate.Step step = failed.step();
        boolean forbidden = Errno.EPERM.is(failed.errno()) || Errno.EACCES.is(failed.errno());
        return new LaunchFailure(
                name,
                sentence(step.stage(), step.subject(), failed.errno()) + (forbidden ? step.hint() : ""),
                papasWords(step.stage(), failed.errno(), step.subject()),
                false,
                Math.max(0, pid));
    }

    private static String sentence(Stage stage, String subject, int errno) {
        return (stage.words + " " + subject).strip() + ": " + Errno.of(errno);
    }

    private static String hint(Stage stage, int errno) {
        if (stage == Stage.EXECUTE && Errno.ENOENT.is(errno)) {
            return "; the file is there, so the interpreter that it names is missing";
        }
        if (stage == Stage.EXECUTE && Errno.ENOEXEC.is(errno)) {
            return "; a script must begin with #! and its interpreter";
        }
        if (stage == Stage.EXECUTE && Errno.E2BIG.is(errno)) {
            return "; a word or a variable, or all of them together, are longer than this machine allows";
        }
        return "";
    }

    private static String papasWords(Stage stage, int errno, String subject) {
        boolean showsSubject = stage.isAboutAPath() && !subject.isEmpty();
        String cause = Errno.python(errno) + (showsSubject ? ": '" + Words.text(subject) + "'" : "");
        if (stage == Stage.WORKING_DIRECTORY) {
            return "Bad working_dir - " + cause;
        }
        return stage == Stage.PROGRAM && Errno.ENOENT.is(errno) ? "Bad command - " + cause : cause;
    }

    /** Whether there is no such program, as a shell tells it by the exit code 127. */
    public boolean isNotFound() {
        return notFound;
    }

    /** As papa tells it. */
    public String inPapasWords() {
        return papasWords;
    }
}
