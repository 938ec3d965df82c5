package papa.wire;

/** The options of {@code make process}. */
public enum ProcessOption implements MakeOption {
    WORKING_DIR("working_dir", 0, "PATH", "the kernel's", "The working directory."),
    UID(
            "uid",
            0,
            "N|NAME",
            "the kernel's",
            "The user it runs as, by whom the program is also found and executed; the directory is entered before."),
    GID("gid", 0, "N|NAME", "the user's, else the kernel's", "The group it runs as."),
    ENV("env.", 0, "VALUE", "none at all", "A variable of the environment. The kernel's own is not inherited."),
    RLIMIT(
            "rlimit.",
            0,
            "N|infinity|SOFT:HARD",
            "the kernel's",
            "A resource limit, soft and hard, by its name: nofile. -1 is infinity, too; only what has CAP_SYS_RESOURCE may raise one."),
    SHELL("shell", 0, "1", "", "Run the first word by /bin/sh -c; the others are $0, $1 and so on."),
    STDOUT("stdout", 0, "0|1", "1", "0: /dev/null; 1: the kernel keeps what is written."),
    STDERR(
            "stderr",
            0,
            "0|1|stdout",
            "1",
            "The same for standard error; stdout: together with standard output, also to /dev/null."),
    BUFSIZE(
            "bufsize",
            0,
            "BYTES|Nk|Nm|Ng",
            "2m; before hello 1m, as in papa",
            "How much output is kept; 0 keeps nothing: both streams go to /dev/null."),
    WATCH("watch", 0, "1", "", "Go on as watch does, once it runs. Not on framed connections."),
    GROUPS("groups", 1, "A,B…", "those of the user", "Supplementary groups, numbers or names."),
    NICE("nice", 1, "N", "the kernel's", "The niceness, -20 to 19."),
    STDIN("stdin", 1, "SOCKETNAME", "/dev/null", "A held socket as standard input."),
    INHERIT_STDIN("inherit_stdin", 1, "1", "", "The kernel's own standard input, in place of /dev/null."),
    LISTEN_FDS(
            "listen_fds",
            1,
            "1",
            "",
            "The sockets that are handed over stand at 3, 4, … in their order, with LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID."),
    CGROUP("cgroup", 1, "1", "", "A control group of its own, where the machine lets the kernel make one."),
    PATH(
            "path",
            1,
            "PATH:PATH…",
            "PATH of env., else /bin:/usr/bin",
            "Where to look for a program whose name has no slash."),
    PROGRAM(
            "program",
            1,
            "PATH",
            "the first word",
            "The program to run, looked for as the first word is, which only names the process then."),
    UMASK("umask", 1, "N", "the kernel's", "The file mode mask: octal with a 0 before it (022), else decimal (18)."),
    SOCKET(
            "socket.",
            1,
            "FDNAME",
            "",
            "Hand the socket X over, at its own number; FDNAME is its name in LISTEN_FDNAMES (\"\": X)."),
    ANNOTATE("annotate.", 1, "VALUE", "", "A note on the process, as annotate makes it.");

    private final Declaration declaration;

    ProcessOption(String word, int version, String form, String byDefault, String help) {
        this.declaration = new Declaration(word, version, form, byDefault, help);
    }

    @Override
    public Declaration declaration() {
        return declaration;
    }
}
