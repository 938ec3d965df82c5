package circus.tests.upgrade;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Background;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import circus.tests.harness.Load;
import circus.tests.harness.PapaSession;
import circus.tests.harness.PapaUpgrade;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Upgrades of papas as people have them: one that circusd started and uses, one in the background, one of an ordinary user. */
@ExtendWith(HomeExtension.class)
class UpgradeInUseTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int UPGRADES = 2;
    private static final int USER = 64_321;
    private static final Pattern PID = Pattern.compile(" pid=(\\d+) ");

    private final Home home;

    UpgradeInUseTest(Home home) {
        this.home = home;
    }

    @Test
    void the_kernel_of_the_example_while_it_is_asked_all_the_time() throws IOException {
        int port = Home.freePort();
        String text = Files.readString(Installation.checkout().resolve("examples/web.ini"));
        String sections = text.substring(text.indexOf("[socket:web]")).replace("port = 9999", "port = " + port);
        Circus circus = home.circus("web", "use_papa = true", sections);
        circus.start();
        List<Integer> pids = circus.awaitWorkers("web", 3);
        int kernel = pid(circus.askKernel("hello"));
        AtomicInteger asked = new AtomicInteger();
        try (Load load = Load.start(port, 50);
                Background status = Background.start("status", () -> {
                    assertThat(circus.tell("status", "web")).isEqualTo("active");
                    asked.incrementAndGet();
                })) {
            for (int i = 0; i < UPGRADES; i++) {
                int before = asked.get();
                PapaUpgrade.run(home, circus.kernelSocket()).mustSucceed();
                await("circusctl goes on").atMost(LIMIT).until(() -> {
                    status.check();
                    return asked.get() > before + 1;
                });
            }
            status.stop();
            Load.Tally tally = load.stop();
            assertThat(tally.failures()).isEmpty();
            assertThat(circus.pids("web")).isEqualTo(pids);
            assertThat(pid(circus.askKernel("hello"))).isEqualTo(kernel);
            await("a line for each request")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(
                                    Home.read(home.path("web.log")).lines().filter(line -> line.contains(" request ")))
                            .hasSize(tally.answered()));
        }
        assertThat(circus.manager().errors()).doesNotContain("[ERROR]").doesNotContain("[WARNING]");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_kernel_in_the_background() throws IOException {
        Path socket = home.path("background.sock");
        assertThat(home.papa("--unix-socket", socket.toString(), "--daemonize").awaitExit(LIMIT))
                .isZero();
        int kernel;
        try (PapaSession session = PapaSession.connect(socket)) {
            kernel = pid(session.ask("hello"));
            session.ask("make process sleeper -- /bin/sleep 100");
            String listed = session.ask("list processes");

            for (int i = 0; i < UPGRADES; i++) {
                PapaUpgrade.run(home, socket).mustSucceed();
                assertThat(pid(session.ask("hello"))).isEqualTo(kernel);
                assertThat(session.ask("list processes")).isEqualTo(listed);
            }
        }
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + kernel + "/fd/2")))
                .isEqualTo(home.path("background.sock.log"));
        assertThat(home.papa("--unix-socket", socket.toString()).awaitExit(LIMIT))
                .as("a second kernel at the same path")
                .isEqualTo(1);
        Commands.run(LIMIT, "kill", Integer.toString(kernel)).mustSucceed();
        home.mustBeEmpty();
    }

    @Test
    void a_kernel_with_a_port_and_one_who_reads_there() throws IOException {
        int port = Home.freePort();
        Path socket = home.path("both.sock");
        home.papa("--unix-socket", socket.toString(), "--port", Integer.toString(port), "--allow-uid", "65534");
        try (PapaSession session = PapaSession.connect(socket);
                Socket reader = new Socket(InetAddress.getLoopbackAddress(), port)) {
            reader.setSoTimeout((int) LIMIT.toMillis());
            assertThat(heard(reader)).startsWith("Papa is home.");
            for (int i = 0; i < UPGRADES; i++) {
                session.ask("set round " + i);
                PapaUpgrade.run(home, socket).mustSucceed();
                reader.getOutputStream().write("get round\n".getBytes(US_ASCII));
                assertThat(heard(reader)).isEqualTo(i + "\n> ");
                reader.getOutputStream().write("set round 7\n".getBytes(US_ASCII));
                assertThat(heard(reader)).startsWith("Error: ");
            }
            try (Socket later = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(heard(later)).startsWith("Papa is home.");
            }
        }
    }

    private static String heard(Socket socket) throws IOException {
        StringBuilder heard = new StringBuilder();
        while (!heard.toString().endsWith("\n> ")) {
            int read = socket.getInputStream().read();
            if (read < 0) {
                throw new AssertionError("the connection ends after: " + heard);
            }
            heard.append((char) read);
        }
        return heard.toString();
    }

    @Test
    void a_kernel_of_an_ordinary_user() {
        Kernel kernel = home.kernelAs(USER);
        Path papa = home.path(Installation.RELEASE).resolve("bin/papa");
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            session.ask("make process writer -- /bin/sh -c \"id -u; exec sleep 100\"");
            String listed = session.ask("list processes").replaceAll(" out=\\S+", "");
            for (int i = 0; i < UPGRADES; i++) {
                PapaUpgrade.as(USER, home, papa, kernel.socket()).mustSucceed();
                assertThat(session.ask("list processes").replaceAll(" out=\\S+", ""))
                        .isEqualTo(listed);
            }
            await("what it says")
                    .atMost(LIMIT)
                    .until(() -> session.ask("tail writer").equals(Integer.toString(USER)));
            assertThat(session.ask("make process later -- /bin/true")).contains("incarnation=");
        }
        kernel.daemon().signal("TERM");
        assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
        home.mustBeEmpty();
    }

    private static int pid(String hello) {
        Matcher matcher = PID.matcher(hello);
        if (!matcher.find()) {
            throw new AssertionError("no pid in: " + hello);
        }
        return Integer.parseInt(matcher.group(1));
    }
}
