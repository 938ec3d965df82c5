package circus.tests.manager;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import circus.client.CircusClient;
import circus.curve.KeyFile;
import circus.message.Json;
import circus.message.Request;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real daemons and callers who really are somebody else (docs/security.md). The owner is games, uid 5; nobody has uid 65534. */
@ExtendWith(HomeExtension.class)
class IdentityTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int GAMES = 5;
    private static final int NOBODY = 65_534;
    private static final String MISMATCH = "error: uid does not match endpoint_owner";
    private static final String WATCHERS = """
            [watcher:roots]
            cmd = sleep 1000
            [watcher:theirs]
            cmd = sleep 1000
            uid = games
            """;

    private final Home home;

    IdentityTest(Home home) {
        this.home = home;
    }

    private static void assumeRoot() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root can be several users");
    }

    /** circusctl from a release that all users can read, as one of them. */
    private Commands.Result ctlAs(int user, String endpoint, String... words) throws Exception {
        if (!Files.exists(home.path(Installation.RELEASE))) {
            home.release();
            Files.setPosixFilePermissions(home.directory(), PosixFilePermissions.fromString("rwx--x--x"));
        }
        List<String> command = new ArrayList<>(List.of(
                "--reuid=" + user,
                "--regid=" + (user == GAMES ? 60 : user),
                "--clear-groups",
                "--inh-caps=-all",
                home.path(Installation.RELEASE).resolve("bin/circusctl").toString(),
                "--endpoint",
                endpoint,
                "--timeout",
                "3"));
        command.addAll(List.of(words));
        return home.run(LIMIT, Path.of("setpriv"), command.toArray(String[]::new));
    }

    private static int owner(int pid) throws Exception {
        return (Integer) Files.getAttribute(Path.of("/proc/" + pid), "unix:uid");
    }

    @Test
    void at_a_unix_socket_the_owner_runs_what_is_his_and_gains_nothing_and_others_are_kept_out() throws Exception {
        assumeRoot();
        Path socket = home.path("control.sock");
        Circus circus = home.circus("owned", "endpoint_owner = games\naudit_log = audit.log\n", WATCHERS);
        String endpoint = "ipc://" + socket;
        circus.edit("endpoint = " + circus.endpoint() + "\n", "endpoint = " + endpoint + "\n");
        circus.start();
        assertThat(Files.getAttribute(socket, "unix:uid")).isEqualTo(GAMES);

        assertThat(ctlAs(GAMES, endpoint, "status").mustSucceed().text()).isEqualTo("roots: active\ntheirs: active");
        assertThat(ctlAs(GAMES, endpoint, "incr", "--waiting", "roots")
                        .mustSucceed()
                        .text())
                .isEqualTo("2");
        assertThat(ctlAs(GAMES, endpoint, "set", "--waiting", "theirs", "cmd", "sleep 999")
                        .exit())
                .isZero();
        Commands.Result escape = ctlAs(GAMES, endpoint, "set", "roots", "cmd", "sleep 998");
        assertThat(escape.exit()).isEqualTo(3);
        assertThat(escape.errors())
                .isEqualTo(MISMATCH + ": cmd of roots, which runs as circusd does, is not for you to set\n");
        assertThat(ctlAs(GAMES, endpoint, "set", "theirs", "uid", "root").errors())
                .startsWith(MISMATCH);
        assertThat(ctlAs(GAMES, endpoint, "set", "theirs", "hooks.before_start", "exec:/bin/true")
                        .errors())
                .startsWith(MISMATCH);
        assertThat(ctlAs(GAMES, endpoint, "add", "mine", "sleep 1000").errors()).isEqualTo(MISMATCH + "\n");
        assertThat(ctlAs(NOBODY, endpoint, "status").exit()).isEqualTo(1);
        // As in Circus, root too.
        assertThat(ctlAs(0, endpoint, "add", "roots-own", "sleep 1000").errors())
                .isEqualTo(MISMATCH + "\n");
        assertThat(ctlAs(0, endpoint, "set", "--waiting", "roots", "cmd", "sleep 997")
                        .exit())
                .isZero();

        try (CircusClient client = new CircusClient(endpoint)) {
            Map<String, Object> options = Map.of("uid", GAMES, "env", Map.of("TOKEN", "hidden"));
            assertThat(client.call(
                                    new Request(
                                            "1",
                                            "add",
                                            Map.of(
                                                    "name",
                                                    "hers",
                                                    "cmd",
                                                    "sleep 1000",
                                                    "options",
                                                    options,
                                                    "start",
                                                    true,
                                                    "waiting",
                                                    true),
                                            false),
                                    LIMIT)
                            .isError())
                    .isFalse();
            Object pids = client.call(new Request("2", "list", Map.of("name", "hers"), false), LIMIT)
                    .fields()
                    .get("pids");
            if (!(pids instanceof List<?> list) || list.size() != 1 || !(list.get(0) instanceof Number pid)) {
                throw new AssertionError("not one process of hers: " + pids);
            }
            assertThat(owner(pid.intValue())).isEqualTo(GAMES);
        }
        ctlAs(0, endpoint, "quit", "--terminate").mustSucceed();
        assertThat(circus.manager().awaitExit(Duration.ofSeconds(20))).isZero();
        List<String> audit = Home.read(home.path("audit.log")).lines().toList();
        assertThat(audit)
                .hasSize(10)
                .allMatch(line -> line.matches("time=[^ ]+ job=\\d+ uid=(0|5) pid=\\d+ from=" + socket + " command=.*"))
                .noneMatch(line -> line.contains("hidden") || line.contains("command=status"));
        assertThat(audit.get(2))
                .contains(
                        " uid=5 ",
                        " command=set ",
                        " result=refused errno=3 reason=\"uid does not match endpoint_owner: ");
        assertThat(audit.get(8))
                .contains(" uid=0 ", " command=add ", "\"TOKEN\": \"***\"")
                .endsWith(" result=ok");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.path("audit.log"))))
                .isEqualTo("rw-------");
        home.mustBeEmpty();
    }

    @Test
    void at_a_local_port_the_owner_is_known_by_his_uid_too() throws Exception {
        assumeRoot();
        Circus circus = home.circus("port", "endpoint_owner = games\naudit_format = json\n", WATCHERS);
        circus.start();

        assertThat(ctlAs(GAMES, circus.endpoint(), "incr", "roots").exit()).isZero();
        assertThat(ctlAs(GAMES, circus.endpoint(), "set", "roots", "env", "A=b").errors())
                .startsWith(MISMATCH);
        assertThat(ctlAs(NOBODY, circus.endpoint(), "status").exit()).isEqualTo(1);
        circus.tell("set", "roots", "max_retry", "7");
        circus.terminate();

        List<Map<String, @Nullable Object>> audit = new ArrayList<>();
        for (String line : circus.manager().errors().lines().toList()) {
            int at = line.indexOf(" audit: ");
            if (at > 0) {
                audit.add(Json.readObject(line.substring(at + " audit: ".length())));
            }
        }
        assertThat(audit).extracting(line -> line.get("command")).containsExactly("incr", "set", "set", "quit");
        assertThat(audit).extracting(line -> line.get("uid")).containsExactly(5L, 5L, 0L, 0L);
        assertThat(audit).extracting(line -> line.get("result")).containsExactly("ok", "refused", "ok", "ok");
        assertThat(audit.get(0).get("pid")).isNull();
        home.mustBeEmpty();
    }

    @Test
    void root_with_an_open_endpoint_is_warned_once() throws Exception {
        assumeRoot();
        Circus circus = home.circus("open", "endpoint_open = true\n", WATCHERS);
        circus.start();
        assertThat(ctlAs(NOBODY, circus.endpoint(), "status").exit()).isZero();
        circus.terminate();
        assertThat(circus.manager().errors().split("circusd runs as root, and everybody who can reach", -1))
                .hasSize(2);
        home.mustBeEmpty();
    }

    @Test
    void with_keys_only_who_has_one_commands_and_listens() throws Exception {
        Circus circus = home.circus(
                "keys",
                "curve_server_key = server.key_secret\ncurve_clients = alice.key\n",
                WATCHERS.replace("games", "root"));
        keygen("server");
        keygen("alice", "--server", "server.key");
        keygen("mallory", "--server", "server.key");
        circus.start();

        assertThat(circus.ctl("status").errors())
                .contains("it wants the security mechanism CURVE; give keys with --curve FILE");
        assertThat(circus.ctl("--curve", home.path("mallory.key_secret").toString(), "status")
                        .errors())
                .contains("cannot use " + circus.endpoint() + ": it ");
        String alice = home.path("alice.key_secret").toString();
        assertThat(circus.tell("--curve", alice, "incr", "--waiting", "roots")).isEqualTo("2");

        List<String> topics = new ArrayList<>();
        try (CircusClient events =
                new CircusClient(circus.eventEndpoint(), KeyFile.readClient(home.path("alice.key_secret")))) {
            Thread asker = new Thread(
                    () -> await("events").pollInterval(Duration.ofMillis(200)).until(() -> {
                        circus.tell("--curve", alice, "incr", "roots");
                        return !topics.isEmpty();
                    }));
            asker.start();
            events.subscribe(List.of("watcher.roots.spawn"), (topic, body) -> {
                topics.add(topic);
                return false;
            });
            asker.join();
        }
        assertThat(topics).containsExactly("watcher.roots.spawn");
        circus.ctl("--curve", alice, "quit", "--terminate").mustSucceed();
        assertThat(circus.manager().awaitExit(Duration.ofSeconds(20))).isZero();
        assertThat(circus.manager().errors()).contains("audit: job=").contains("is not one of curve_clients");
        home.mustBeEmpty();
    }

    private void keygen(String... words) {
        List<String> command = new ArrayList<>(List.of("keygen"));
        command.addAll(List.of(words));
        home.run(LIMIT, Installation.launcher("circusctl"), command.toArray(String[]::new))
                .mustSucceed();
    }

    @Test
    void discovery_is_answered() throws Exception {
        int port = Home.freePort();
        Circus circus = home.circus(
                "found", "multicast_endpoint = udp://237.219.251.97:" + port + "\n", WATCHERS.replace("games", "root"));
        circus.start();
        try (DatagramSocket asker = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            byte[] question = "\"\"".getBytes(UTF_8);
            asker.setSoTimeout(10_000);
            asker.send(new DatagramPacket(
                    question, question.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
            DatagramPacket answer = new DatagramPacket(new byte[1024], 1024);
            asker.receive(answer);
            assertThat(new String(answer.getData(), 0, answer.getLength(), UTF_8))
                    .isEqualTo("{\"endpoint\": \"" + circus.endpoint() + "\"}");
        }
        circus.terminate();
        home.mustBeEmpty();
    }
}
