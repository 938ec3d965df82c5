package circus.tests.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The shipped units, with a systemd that runs: no restart loses a worker, and a stop ends them as their watchers say. */
@ExtendWith(HomeExtension.class)
class UnderSystemdTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Home home;
    private Path release;
    private Path ini;

    UnderSystemdTest(Home home) {
        this.home = home;
        this.release = home.directory();
        this.ini = home.directory();
    }

    @BeforeEach
    void unpack() {
        release = home.release();
        ini = home.write("circus.ini", """
                [circus]
                endpoint = tcp://127.0.0.1:5555
                pubsub_endpoint = tcp://127.0.0.1:5556
                [watcher:w]
                cmd = sh -c 'trap "sleep 0.5; echo in order >> %s; exit 0" INT; trap "" TERM; while :; do sleep 0.1; done'
                stop_signal = INT
                graceful_timeout = 50
                numprocesses = 2
                """.formatted(home.path("ends")));
    }

    private Machine boot(Map<String, String> more) {
        return Machine.boot(home, release, ini, more);
    }

    private String workers(Machine machine, int count) {
        return await(count + " workers")
                .atMost(LIMIT)
                .until(() -> machine.ctl(release, "list", "w").text(), list -> list.split(",").length == count);
    }

    private long endedInOrder() {
        return Home.read(home.path("ends")).lines().count();
    }

    @Test
    void whatever_becomes_of_circusd_it_comes_again_and_no_worker_notices() {
        try (Machine machine = boot(Map.of("circusd.service", "WatchdogSec=5\n"))) {
            String workers = workers(machine, 2);
            int papa = machine.pid("papa");

            int before = machine.pid("circusd");
            machine.kill("KILL", "circusd");
            machine.awaitAnother("circusd", before);
            assertThat(workers(machine, 2)).as("after a kill").isEqualTo(workers);

            before = machine.pid("circusd");
            machine.kill("STOP", "circusd");
            machine.awaitAnother("circusd", before);
            assertThat(workers(machine, 2)).as("after it has hung").isEqualTo(workers);

            before = machine.pid("circusd");
            machine.systemctl("restart", "circusd").mustSucceed();
            machine.awaitAnother("circusd", before);
            assertThat(workers(machine, 2)).as("after a restart").isEqualTo(workers);

            before = machine.pid("circusd");
            machine.ctl(release, "upgrade", "--probation", "0").mustSucceed();
            machine.awaitAnother("circusd", before);
            assertThat(workers(machine, 2)).as("after an upgrade").isEqualTo(workers);
            before = machine.pid("circusd");
            machine.kill("KILL", "circusd");
            machine.awaitAnother("circusd", before);
            assertThat(workers(machine, 2))
                    .as("after a kill of one that systemd has not started")
                    .isEqualTo(workers);

            machine.systemctl("reload", "papa").mustSucceed();
            home.write("circus.ini", Home.read(ini).replace("numprocesses = 2", "numprocesses = 3"));
            machine.systemctl("reload", "circusd").mustSucceed();
            assertThat(workers(machine, 3)).as("after reloads").startsWith(workers + ",");
            assertThat(machine.pid("papa")).isEqualTo(papa);

            machine.systemctl("stop", "circusd").mustSucceed();
            assertThat(machine.show("circusd", "ActiveState")).isEqualTo("inactive");
            assertThat(endedInOrder()).isZero();
            machine.systemctl("start", "circusd").mustSucceed();
            assertThat(workers(machine, 3)).as("after a stop and a start").startsWith(workers + ",");
        }
        home.mustBeEmpty();
    }

    @Test
    void who_stops_papa_or_the_machine_ends_all_workers_as_their_watchers_say() {
        try (Machine machine = boot(Map.of())) {
            String first = workers(machine, 2);
            machine.systemctl("restart", "papa").mustSucceed();
            assertThat(endedInOrder()).isEqualTo(2);
            assertThat(workers(machine, 2)).isNotEqualTo(first);

            // circusd starts another papa, with the same workers.
            String workers = workers(machine, 2);
            machine.kill("KILL", "papa");
            await("papa.service has failed")
                    .atMost(LIMIT)
                    .until(() -> machine.show("papa", "ActiveState").equals("failed"));
            assertThat(workers(machine, 2)).isEqualTo(workers);
            machine.systemctl("stop", "papa").mustSucceed();
            assertThat(endedInOrder()).isEqualTo(4);
            assertThat(machine.show("circusd", "Result")).isEqualTo("success");

            machine.systemctl("start", "circusd").mustSucceed();
            workers(machine, 2);
            // In this order: a circusd that lives a moment longer starts another papa itself, which is then no unit's.
            machine.kill("KILL", "circusd", "papa");
            machine.awaitAnother("papa", 0);
            machine.awaitAnother("circusd", 0);
            workers(machine, 2);
            long before = endedInOrder();

            machine.systemctl("exit");
            machine.awaitEnd();
            assertThat(endedInOrder()).isEqualTo(before + 2);
        }
        home.mustBeEmpty();
    }
}
