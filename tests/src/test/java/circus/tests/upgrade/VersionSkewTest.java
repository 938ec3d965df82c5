package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.EarlierRelease;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaUpgrade;
import circus.tests.workers.WireTrial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import papa.client.KernelChannel;
import papa.client.PapaException;

/**
 * Today's papa beside an earlier one: what one hands on, the other takes over, and what one says, the other understands. The resource
 * {@code upgrade/earlier-release} names the commit of the earlier one; it stays until a version of the state or of the wire is given up.
 */
@ExtendWith(HomeExtension.class)
@Timeout(300)
class VersionSkewTest {
    private final Home home;
    private final Path today = Installation.built();
    private final Path earlier;

    VersionSkewTest(Home home) {
        this.home = home;
        earlier = EarlierRelease.of(
                Home.read(home.resource("upgrade/earlier-release")).strip());
    }

    @Test
    void upgrades_from_the_earlier_release_and_back_and_again_are_noticed_by_nobody() throws PapaException {
        Kernel kernel = home.kernelOf(earlier);
        try (LoadedPapa loaded = LoadedPapa.start(home, kernel)) {
            for (Path next : List.of(today, earlier, today, earlier)) {
                loaded.during(() -> PapaUpgrade.run(home, kernel.socket(), "--to", next.toString())
                        .mustSucceed());
            }
            System.out.println(loaded.nothingWasNoticed());
        }
        home.mustBeEmpty();
    }

    @Test
    void a_manager_of_the_earlier_release_is_understood_by_todays_kernel() {
        understands(EarlierRelease.client(earlier), home.kernel());
    }

    @Test
    void todays_manager_is_understood_by_a_kernel_of_the_earlier_release() throws Exception {
        Path client = Path.of(KernelChannel.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        understands(client, home.kernelOf(earlier));
    }

    @Test
    void a_manager_that_is_to_wait_for_connections_refuses_a_kernel_that_cannot_tell_of_them() {
        Kernel kernel = home.kernelOf(earlier);
        Circus circus = home.circus(
                "demand",
                "papa_endpoint = ipc://" + kernel.socket(),
                "[socket:web]\nport = 0\n[watcher:web]\ncmd = cat\nstdin_socket = web\non_demand = true\n");

        Daemon refused = circus.launch();

        assertThat(refused.awaitExit(Duration.ofSeconds(30))).isEqualTo(1);
        assertThat(refused.errors())
                .contains("cannot start: [watcher:web] has on_demand, and the kernel, papa ")
                .contains("cannot tell of connections");
    }

    private static void understands(Path client, Kernel kernel) {
        Commands.Result result = Commands.run(
                Duration.ofSeconds(30),
                Installation.java().toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                client + ":" + Path.of("target", "test-classes").toAbsolutePath(),
                WireTrial.class.getName(),
                kernel.socket().toString());
        assertThat(result.mustSucceed().text()).isEqualTo("understood");
    }
}
