package papa.kernel;

import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.wire.Frame;

/**
 * The things that a kernel is there for, each done by a client from its beginning to its end, and each looked at whether
 * it was done. In {@link #prepare} nothing fails, in {@link #act} it may.
 */
enum FaultScenario {
    /** {@link Papa} itself, up to its first answers, and to its end when it is idle. See {@link FaultStart}. */
    START {
        @Override
        void act(FaultStage stage) {
            throw new UnsupportedOperationException("a kernel that is started has no stage yet");
        }
    },
    /** The same is asked to let another program take its place, which proves that it can, and then cannot be executed. */
    UPGRADE {
        @Override
        void act(FaultStage stage) throws Exception {
            START.act(stage);
        }
    },
    /** Another program takes its place, or gives it back. */
    TAKE_OVER {
        @Override
        void act(FaultStage stage) throws Exception {
            START.act(stage);
        }
    },
    /** A kernel with a process, one that was left behind, and a socket ends. */
    END {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("follow", "output", "t*");
            long inc = stage.start("t", "(setsid sleep 100 &); echo here; sleep 100");
            stage.awaitOutput(inc, "here\n");
            stage.call("make", "socket", "s", "path=" + stage.folder.resolve("sock"));
        }

        @Override
        void act(FaultStage stage) throws Exception {
            stage.kernel.close();
            FaultStage.demand(stage.kernel.hasEnded(), "it goes on");
        }
    },
    CONNECT {
        @Override
        void act(FaultStage stage) throws Exception {
            stage.newClient();
            FaultStage.demand(stage.call("get", "nothing").isEmpty(), "a value out of nowhere");
        }
    },
    CONNECT_OVER_TCP {
        @Override
        void act(FaultStage stage) throws Exception {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stage.kernel.port)) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write("stats\nquit\n".getBytes(StandardCharsets.US_ASCII));
                String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                if (!said.endsWith("ok\n")) {
                    throw new PapaException("has gone: " + said);
                }
            }
        }
    },
    PROCESS {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("follow", "output", "t*");
        }

        @Override
        void act(FaultStage stage) throws Exception {
            live(stage, "echo out; exit 3", "out\n");
        }
    },
    PROCESS_WITH_LIMITS {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("make", "socket", "s");
            stage.call("follow", "output", "t*");
        }

        @Override
        void act(FaultStage stage) throws Exception {
            live(
                    stage,
                    "test $LISTEN_PID = $$ && echo `ulimit -c` `nice` $LISTEN_FDS; exit 3",
                    "0 3 1\n",
                    "rlimit.core=0",
                    "nice=3",
                    "listen_fds=1",
                    "socket.s=x");
        }
    },
    PROCESS_OF_A_USER {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("follow", "output", "t*");
        }

        @Override
        void act(FaultStage stage) throws Exception {
            live(stage, "id -u; id -G; exit 3", "65534\n65534 1\n", "uid=nobody", "groups=nogroup,daemon");
        }
    },
    PROCESS_OF_A_USER_WITH_LIMITS {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("follow", "output", "t*");
        }

        @Override
        void act(FaultStage stage) throws Exception {
            live(stage, "id -u; ulimit -c; exit 3", "65534\n0\n", "uid=65534", "gid=65534", "rlimit.core=0");
        }
    },
    PROCESS_IN_A_CGROUP {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("follow", "events", "t*");
        }

        @Override
        void act(FaultStage stage) throws Exception {
            long inc = stage.start("t", "(setsid sleep 100 >/dev/null 2>&1 &); exit 3", "cgroup=1");
            FaultStage.demand(stage.awaitFrame(Frame.Exit.class, inc).leftovers() > 0, "nothing is left");
            String told = stage.call("signal", "" + inc, "KILL", "cgroup");
            FaultStage.demand(told.startsWith("sent 1 "), told);
            stage.awaitFrame(Frame.Gone.class, inc);
            stage.call("commit", "exit", "" + inc);
        }
    },
    ORPHAN {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("follow", "events", "t*");
        }

        @Override
        void act(FaultStage stage) throws Exception {
            long inc = stage.start("t", "(setsid sleep 100 &); sleep 0.01; exit 3");
            int left = stage.awaitFrame(Frame.Exit.class, inc).leftovers();
            FaultStage.demand(left == 1, left + " are left");
            String told = stage.call("signal", "" + inc, "KILL", "leftovers");
            FaultStage.demand(told.equals("sent\n"), told);
            stage.awaitFrame(Frame.Gone.class, inc);
        }
    },
    SIGNAL_PROCESS {
        @Override
        void prepare(FaultStage stage) throws Exception {
            startFamily(stage);
        }

        @Override
        void act(FaultStage stage) throws Exception {
            FaultStage.demand(stage.call("signal", "t", "KILL").equals("sent\n"), "not sent");
        }
    },
    SIGNAL_GROUP {
        @Override
        void prepare(FaultStage stage) throws Exception {
            startFamily(stage);
        }

        @Override
        void act(FaultStage stage) throws Exception {
            signal(stage, "TERM", "group", 3);
        }
    },
    SIGNAL_CHILDREN {
        @Override
        void prepare(FaultStage stage) throws Exception {
            startFamily(stage);
        }

        @Override
        void act(FaultStage stage) throws Exception {
            signal(stage, "CONT", "children", 2);
        }
    },
    SIGNAL_TREE {
        @Override
        void prepare(FaultStage stage) throws Exception {
            startFamily(stage);
        }

        @Override
        void act(FaultStage stage) throws Exception {
            signal(stage, "KILL", "tree", 3);
        }
    },
    SOCKET {
        @Override
        void act(FaultStage stage) throws Exception {
            stage.call("make", "socket", "s", "interface=lo", "host=127.0.0.1", "nonblocking=1", "reuseport=1");
            stage.call("remove", "sockets", "s");
        }
    },
    SOCKET_INET6 {
        @Override
        void act(FaultStage stage) throws Exception {
            stage.call("make", "socket", "s", "family=inet6", "v6only=1");
            stage.call("remove", "sockets", "s");
        }
    },
    SOCKET_WITH_A_PATH {
        @Override
        void prepare(FaultStage stage) throws Exception {
            try (ServerSocketChannel former = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                former.bind(UnixDomainSocketAddress.of(
                        Files.createTempDirectory(stage.folder, "s").resolve("sock")));
                path = Path.of(((UnixDomainSocketAddress) former.getLocalAddress())
                        .getPath()
                        .toString());
            }
        }

        private Path path = Path.of("");

        @Override
        void act(FaultStage stage) throws Exception {
            stage.call("make", "socket", "s", "path=" + path, "owner=nobody", "group=daemon", "mode=660", "replace=1");
            FaultStage.demand(
                    Files.getAttribute(path, "unix:uid").equals(65_534)
                            && Files.getAttribute(path, "unix:gid").equals(1)
                            && ((Integer) Files.getAttribute(path, "unix:mode") & 07777) == 0660,
                    "owner, group or mode are not what they are to be");
            stage.call("remove", "sockets", "s");
        }
    },
    SOCKET_OF_A_SERVICE_MANAGER {
        @Override
        void act(FaultStage stage) throws Exception {
            Posix own = new NativePosix();
            int fd = own.socket(Posix.AF_INET6, Posix.SOCK_STREAM, 0);
            byte[] address = new byte[28];
            address[0] = Posix.AF_INET6; // all addresses, any port
            FaultStage.demand(own.bind(fd, address) >= 0 && own.listen(fd, 5) >= 0, "no socket");
            own.socketName(fd, address);
            int port = ((address[2] & 0xff) << 8) | (address[3] & 0xff);
            try {
                stage.kernel.tryToInherit(fd, "web");
                String told = stage.call("make", "socket", "s", "family=inet6", "host=::", "v6only=0", "port=" + port);
                FaultStage.demand(told.contains(" inherited=web "), told);
                stage.call("remove", "sockets", "s");
            } finally {
                stage.kernel.dropInherited();
            }
        }
    },
    SOCKET_FOR_EACH_PROCESS {
        @Override
        void act(FaultStage stage) throws Exception {
            try (Person papas = new Person(stage.kernel.socket)) {
                told(papas.ask("make socket s reuseport=1"));
                told(papas.ask("make process t /bin/sleep $(socket.s.fileno)"));
                told(papas.ask("remove sockets s"));
            }
        }
    },
    READERS {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("follow", "output", "t*");
            long inc = stage.start("t", "echo one; echo two >&2; sleep 100");
            stage.await("both", () -> stage.client().output(inc).length() == 8);
            stage.newClient();
        }

        @Override
        void act(FaultStage stage) throws Exception {
            stage.call("follow", "output", "t");
            stage.await("an announcement", () -> !stage.client().frames.isEmpty());
            long inc = stage.client().frames.get(0).incarnation();
            stage.await("both", () -> stage.client().output(inc).length() == 8);
            stage.call("follow", "pause", inc + ".out");
            stage.call("follow", "resume", inc + ".out=2");
            stage.await("again", () -> stage.client().output(inc).length() == 10);
            try (KernelChannel other = KernelChannel.open(stage.kernel.socket, frame -> {})) {
                other.call(List.of("tail", "t", "lines=1"), RunningKernel.LIMIT);
            }
            try (Person papas = new Person(stage.kernel.socket)) {
                papas.say("watch processes t");
                papas.readTo("] ");
                papas.say("q");
                papas.readTo("> ");
                told(papas.ask("stats"));
                told(papas.ask("stats t"));
            }
        }
    },
    MUCH_OUTPUT {
        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("lease", "take", "t");
            stage.call("follow", "events", "t*");
        }

        @Override
        void act(FaultStage stage) throws Exception {
            long inc = stage.start("t.1", "head -c 6000000 /dev/zero", "bufsize=8m");
            stage.awaitFrame(Frame.Exit.class, inc);
            String stats = stage.call("stats", "" + inc);
            FaultStage.demand(stats.contains("out=0:6000000:0"), stats);
            stage.call("commit", "out", "" + inc, "6000000");
        }
    },
    LEASE {
        @Override
        void act(FaultStage stage) throws Exception {
            String told = stage.call("lease", "take", "l");
            try (KernelChannel other = KernelChannel.open(stage.kernel.socket, frame -> {})) {
                String epoch = told.replaceAll("(?s).*epoch=(\\d+).*", "$1");
                other.call(List.of("lease", "join", "l", epoch), RunningKernel.LIMIT);
            }
            stage.call("lease", "drop", "l");
        }
    },
    /** Somebody has copies of everything, and if not at once then when something has changed. */
    COPIES {
        @Override
        void act(FaultStage stage) throws Exception {
            String told = stage.call("lease", "take", "l");
            KernelChannel other = KernelChannel.open(stage.kernel.socket, frame -> {});
            SocketChannel copies;
            try {
                String epoch = told.replaceAll("(?s).*epoch=(\\d+).*", "$1");
                other.call(List.of("lease", "join", "l", epoch), RunningKernel.LIMIT);
                other.request(List.of("copies"), HandOverTest.keep(new AtomicInteger(), new ArrayList<>()));
                copies = other.giveAway();
            } catch (PapaException failed) {
                other.close();
                throw failed;
            }
            try (copies) {
                String shown = "";
                for (int i = 0; i < 3 || (!shown.contains(" missing=0 ") && i < 1000); i++) {
                    stage.call("set", "l.v", Integer.toString(i));
                    shown = stage.call("copies", "show");
                }
                FaultStage.demand(shown.contains(" missing=0 "), "there are no copies: " + shown);
                stage.call("make", "socket", "l.s", "port=0");
                stage.call("remove", "sockets", "l.s");
                stage.call("set", "l.v");
            }
            stage.call("lease", "drop", "l");
        }
    },
    LEASE_BY_FORCE {
        private static final String HOLDER = "import socket,sys,time; s=socket.socket(socket.AF_UNIX);"
                + " s.connect(sys.argv[1]); s.sendall(b'hello\\nlease take l\\n'); t=b'';\n"
                + "while b'epoch' not in t: t+=s.recv(4096)\n"
                + "print('holds',flush=True); time.sleep(100)";

        @Override
        void prepare(FaultStage stage) throws Exception {
            stage.call("follow", "output", "t*");
            stage.call("make", "process", "t", "--", "/usr/bin/python3", "-c", HOLDER, stage.kernel.socket.toString());
            stage.await("an announcement", () -> !stage.client().frames.isEmpty());
            stage.awaitOutput(stage.client().frames.get(0).incarnation(), "holds\n");
        }

        @Override
        void act(FaultStage stage) throws Exception {
            stage.call("lease", "force", "l");
            stage.call("lease", "drop", "l");
        }
    };

    /** Whether it is of a whole papa, from its start to its end: {@link FaultStart}. */
    boolean isOfAWholePapa() {
        return this == START || this == UPGRADE || this == TAKE_OVER;
    }

    void prepare(FaultStage stage) throws Exception {}

    abstract void act(FaultStage stage) throws Exception;

    /** A life: its output, its exit, and nothing of it is there when both are committed. */
    private static void live(FaultStage stage, String script, String output, String... options) throws Exception {
        long inc = stage.start("t", script, options);
        Frame.Exit exit = stage.awaitFrame(Frame.Exit.class, inc);
        stage.awaitFrame(Frame.End.class, inc);
        FaultStage.demand(exit.code() == 3, "exit code " + exit.code());
        String got = stage.client().output(inc);
        FaultStage.demand(got.equals(output), "it wrote: " + got);
        stage.call("commit", "out", "" + inc, "" + output.length(), "exit", "" + inc);
        String rest = stage.call("list", "processes");
        FaultStage.demand(rest.isEmpty(), "left: " + rest);
    }

    private static void startFamily(FaultStage stage) throws Exception {
        stage.call("follow", "output", "t*");
        long inc = stage.start("t", "sleep 100 & sleep 100 & echo here; wait");
        stage.awaitOutput(inc, "here\n");
        stage.newClient();
    }

    private static void signal(FaultStage stage, String signal, String set, int count) throws Exception {
        String told = stage.call("signal", "t", signal, set);
        // Who could not be counted is not.
        boolean counted =
                told.startsWith("sent " + count + " ") || (stage.machine.hasFired() && told.startsWith("sent "));
        FaultStage.demand(counted, told);
    }

    /** An error in papa's words is told as one in ours. */
    private static void told(String answer) throws PapaException {
        if (answer.startsWith("Error")) {
            throw new PapaException(answer);
        }
    }
}
