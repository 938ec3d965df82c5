package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The plugin RedisObserver in circusd, and real Redis servers. */
@ExtendWith(HomeExtension.class)
class RedisTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path PROGRAM = Path.of("/usr/bin/redis-server");
    private static final String WELL = "redis_stats.connected_clients:";

    private final Home home;

    RedisTest(Home home) {
        this.home = home;
    }

    @BeforeAll
    static void requireRedis() {
        if (!Files.isExecutable(PROGRAM) && System.getenv("CIRCUS_CI") != null) {
            fail("redis-server is not installed, and CIRCUS_CI is set");
        }
        if (!Files.isExecutable(PROGRAM)) {
            abort("needs redis-server: apt-get install redis-server");
        }
    }

    private static boolean isWell(Metrics statsd, String application) {
        return statsd.of(application).stream().anyMatch(line -> line.startsWith(WELL));
    }

    private static void awaitWell(Metrics statsd, String application) {
        await("figures of " + application).atMost(PATIENCE).until(() -> isWell(statsd, application));
    }

    @Test
    void one_that_hangs_and_one_that_is_killed_are_seen_and_restarted_and_circusd_goes_on() throws Exception {
        int port = Home.freePort();
        try (Metrics statsd = new Metrics()) {
            Circus circus = home.circus(
                    "redis", "check_delay = 1\n", """
                    [plugin:redis]
                    use = circus.plugins.redis_observer.RedisObserver
                    redis_url = redis://127.0.0.1:%d/0
                    timeout = 1
                    loop_rate = 0.5
                    restart_on_timeout = Redis
                    host = 127.0.0.1
                    port = %d

                    [watcher:Redis]
                    cmd = %s --port %d --bind 127.0.0.1 --save "" --dir %s
                    graceful_timeout = 1
                    """.formatted(port, statsd.port(), PROGRAM, port, home.directory()));
            circus.start();
            awaitWell(statsd, "redis_observer");
            List<String> told = statsd.of("redis_observer");
            assertThat(told)
                    .anyMatch(line -> line.matches("redis_stats\\.used_memory:\\d+\\|g"))
                    .anyMatch(line -> line.matches("redis_stats\\.used_cpu_sys:\\d+\\.\\d+(e-\\d+)?\\|g"))
                    .anyMatch(line -> line.matches("redis_stats\\.keyspace_hits:0\\|g"))
                    // No Redis of today knows it.
                    .noneMatch(line -> line.contains("client_longest_output_list"));

            int hanging = circus.awaitWorkers("redis", 1).get(0);
            statsd.forget();
            Commands.run(PATIENCE, "kill", "-STOP", "" + hanging).mustSucceed();
            await("the restart")
                    .atMost(PATIENCE)
                    .until(() -> statsd.of("redis_observer").contains("redis_stats.restart_on_error:1|c"));
            assertThat(statsd.of("redis_observer")).contains("redis_stats.error:1|c");
            assertThat(circus.tell("status", "plugin:redis")).isEqualTo("active");
            await("another process")
                    .atMost(PATIENCE)
                    .until(() -> circus.pids("redis").size() == 1
                            && !circus.pids("redis").contains(hanging));
            statsd.forget();
            awaitWell(statsd, "redis_observer");

            int killed = circus.awaitWorkers("redis", 1).get(0);
            statsd.forget();
            Commands.run(PATIENCE, "kill", "-KILL", "" + killed).mustSucceed();
            await("yet another one")
                    .atMost(PATIENCE)
                    .until(() -> circus.pids("redis").size() == 1
                            && !circus.pids("redis").contains(killed));
            statsd.forget();
            awaitWell(statsd, "redis_observer");
            assertThat(circus.manager().errors()).doesNotContain("plugin:redis.1 has ended");
            circus.terminate();
        }
        home.mustBeEmpty();
    }

    @Test
    void a_password_a_database_a_unix_socket_and_tls_will_do_and_a_wrong_password_restarts_nobody() throws Exception {
        int port = Home.freePort();
        int tlsPort = Home.freePort();
        Path socket = home.path("redis.socket");
        Path certificate = home.path("redis.pem");
        Commands.run(
                        PATIENCE,
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout",
                        home.path("redis.key").toString(),
                        "-out",
                        certificate.toString())
                .mustSucceed();
        String plugin = """
                [plugin:%s]
                use = RedisObserver
                application_name = %1$s
                redis_url = %s
                loop_rate = 0.5
                restart_on_timeout = redis
                host = 127.0.0.1
                port = %d
                """;
        try (Metrics statsd = new Metrics()) {
            Circus circus = home.circus(
                    "secured",
                    "",
                    plugin.formatted("tcp", "redis://:s%20t@localhost:" + port + "/3", statsd.port())
                            + plugin.formatted("unix", "unix://default:s%20t@" + socket + "?db=2", statsd.port())
                            + plugin.formatted(
                                    "tls",
                                    "rediss://:s%20t@localhost:" + tlsPort + "?ssl_ca_certs=" + certificate,
                                    statsd.port())
                            + plugin.formatted("stranger", "rediss://:s%20t@localhost:" + tlsPort, statsd.port())
                            + plugin.formatted("wrong", "redis://:guess@localhost:" + port, statsd.port())
                            + """
                            [watcher:redis]
                            cmd = %s
                            args = --port %d --bind 127.0.0.1 --save "" --dir %s --requirepass "s t" --unixsocket %s
                                --tls-port %d --tls-cert-file %s --tls-key-file %s --tls-auth-clients no
                            autostart = no
                            """.formatted(
                                            PROGRAM,
                                            port,
                                            home.directory(),
                                            socket,
                                            tlsPort,
                                            certificate,
                                            home.path("redis.key")));
            circus.start();
            circus.tell("start", "--waiting", "redis");
            for (String application : List.of("tcp", "unix", "tls")) {
                awaitWell(statsd, application);
            }
            List<Integer> before = circus.awaitWorkers("redis", 1);
            // What came while the server started does not count.
            statsd.forget();
            for (String application : List.of("wrong", "stranger")) {
                await("errors of " + application)
                        .atMost(PATIENCE)
                        .until(() -> statsd.of(application).stream()
                                        .filter("redis_stats.error:1|c"::equals)
                                        .count()
                                > 2);
                assertThat(statsd.of(application)).containsOnly("redis_stats.error:1|c");
            }
            assertThat(circus.pids("redis")).isEqualTo(before);
            assertThat(circus.manager().errors())
                    .contains("WRONGPASS")
                    .doesNotContain("guess")
                    .doesNotContain("s%20t");
            circus.terminate();
        }
        home.mustBeEmpty();
    }
}
