package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import circus.tests.harness.PapaUpgrade;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What may come at any moment of an upgrade, and what is there after one. {@code -Dcircus.seed=N} for the moments of an earlier run. */
@ExtendWith(HomeExtension.class)
class UpgradeMomentsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int ROUNDS = Integer.getInteger("circus.rounds", 3);

    /** An upgrade takes about so long. */
    private static final Duration MOMENTS = Duration.ofMillis(1500);

    private static final Pattern PID = Pattern.compile(" pid=(\\d+) ");

    private final Home home;
    private final Random random;

    UpgradeMomentsTest(Home home) {
        this.home = home;
        long seed = Long.getLong("circus.seed", System.nanoTime());
        System.out.println("circus.seed=" + seed + ", circus.rounds=" + ROUNDS);
        random = new Random(seed);
    }

    private CompletableFuture<Commands.Result> upgrade(Kernel kernel) {
        return CompletableFuture.supplyAsync(() -> PapaUpgrade.run(home, kernel.socket()));
    }

    @Test
    void a_term_ends_all_in_order_whenever_it_comes() {
        for (int i = 0; i < ROUNDS; i++) {
            Kernel kernel = home.kernel();
            try (PapaSession session = kernel.session()) {
                session.ask("make process one /bin/sleep 100");
                session.ask("make process other /bin/sh -c trap\\ 'exit\\ 0'\\ TERM;\\ sleep\\ 100&wait");
            }
            CompletableFuture<Commands.Result> upgrade = upgrade(kernel);
            LockSupport.parkNanos((long) (random.nextDouble() * MOMENTS.toNanos()));

            kernel.daemon().signal("TERM");

            assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
            upgrade.join();
            home.mustBeEmpty();
            assertThat(home.path("papa.sock.lock")).doesNotExist();
        }
    }

    @Test
    void two_who_ask_for_it_at_once_do_no_harm() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            session.ask("make process one -- /bin/sleep 100");
            String listed = session.ask("list processes");
            for (int i = 0; i < ROUNDS; i++) {
                CompletableFuture<Commands.Result> first = upgrade(kernel);
                LockSupport.parkNanos((long) (random.nextDouble() * MOMENTS.toNanos() / 2));
                CompletableFuture<Commands.Result> second = upgrade(kernel);
                List<Commands.Result> results = List.of(first.join(), second.join());

                assertThat(results).anyMatch(result -> result.exit() == 0);
                assertThat(results)
                        .allMatch(
                                result -> result.exit() == 0 || result.errors().contains("cannot upgrade"));
                assertThat(session.ask("list processes")).isEqualTo(listed);
            }
        }
    }

    @Test
    void one_who_asks_for_it_and_goes_does_no_harm() throws Exception {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            session.ask("make process one -- /bin/sleep 100");
            String listed = session.ask("list processes");
            for (int i = 0; i < ROUNDS; i++) {
                try (PapaSession other = kernel.session()) {
                    other.send("upgrade\n");
                    LockSupport.parkNanos((long) (random.nextDouble() * MOMENTS.toNanos()));
                }
                assertThat(session.ask("list processes")).isEqualTo(listed);
            }
            await("one more is possible")
                    .atMost(LIMIT)
                    .until(() -> PapaUpgrade.run(home, kernel.socket()).exit() == 0);
            assertThat(session.ask("list processes")).isEqualTo(listed);
        }
    }

    @Test
    void what_is_started_after_an_upgrade_is_as_what_was_started_before() throws IOException {
        Kernel kernel = home.kernelWithControlGroups();
        try (PapaSession session = kernel.session()) {
            String hello = session.ask("hello");
            session.ask("make socket web port=0");
            session.ask("make socket more path=" + home.path("more.sock"));
            List<String> ways = List.of(
                    "",
                    "umask=027 nice=3 working_dir=/tmp env.A=b",
                    "rlimit.nofile=100:200 rlimit.core=0",
                    "uid=65534 gid=65534 groups=1,2",
                    "socket.web=\"\" socket.more=\"\" listen_fds=1",
                    "stdin=web stderr=stdout bufsize=10k",
                    hello.contains("cgroup") ? "cgroup=1" : "stdout=0");
            List<Map<String, String>> before = new ArrayList<>();
            for (String way : ways) {
                before.add(traits(session, "before-" + before.size(), way));
            }
            PapaUpgrade.run(home, kernel.socket()).mustSucceed();
            for (int i = 0; i < ways.size(); i++) {
                assertThat(traits(session, "after-" + i, ways.get(i)))
                        .as(ways.get(i))
                        .isEqualTo(before.get(i));
            }
        }
    }

    /**
     * All that a process has from the kernel. It stops itself, so that it is known to be past its loader, which has files of its own open
     * and the like, and goes on and ends when it was looked at.
     */
    private static Map<String, String> traits(PapaSession session, String name, String options) throws IOException {
        String made = session.ask("make process " + name + " " + options + " -- /bin/sh -c \"kill -STOP $$\"");
        Matcher matcher = PID.matcher(made + " ");
        if (!matcher.find()) {
            throw new AssertionError("make process " + name + " " + options + ": " + made);
        }
        String pid = matcher.group(1);
        Path process = Path.of("/proc", pid);
        await(name + " has stopped itself")
                .atMost(LIMIT)
                .until(() -> Home.read(process.resolve("status")).contains("\nState:\tT"));
        Map<String, String> traits = new TreeMap<>();
        Files.readAllLines(process.resolve("status")).stream()
                .map(line -> line.split(":", 2))
                .filter(line ->
                        line[0].matches("Umask|PPid|Uid|Gid|Groups|Sig.*|Shd.*|Cap.*|NoNewPrivs|Seccomp|Cpus.*"))
                .filter(line -> !line[0].equals("SigQ"))
                .forEach(line -> traits.put(line[0], line[1].strip()));
        for (String file : List.of("limits", "oom_score_adj", "environ", "mountinfo")) {
            traits.put(file, Files.readString(process.resolve(file)).replaceAll("LISTEN_PID=\\d+", ""));
        }
        String stat = Files.readString(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        traits.put("group", fields[2].equals(pid) ? "own" : fields[2]);
        traits.put("session", fields[3].equals(pid) ? "own" : fields[3]);
        traits.put("nice", fields[16]);
        traits.put("cwd", Files.readSymbolicLink(process.resolve("cwd")).toString());
        String group = Files.readString(process.resolve("cgroup"));
        traits.put("cgroup", group.replaceAll("\\.\\d+", ".N"));
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            for (Path each : (Iterable<Path>) descriptors::iterator) {
                String kind = Files.readSymbolicLink(each).toString();
                traits.put("fd " + each.getFileName(), kind.replaceAll("pipe:.*", "pipe"));
            }
        }
        session.ask("signal " + name + " CONT");
        return traits;
    }
}
