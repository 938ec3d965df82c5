package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.EarlierRelease;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.LoadedCircus;
import circus.tests.harness.PapaUpgrade;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Both programs of an earlier release in the place of today's, and the other way, each beside the other's of either: what one leaves, the
 * other goes on with. The resource {@code faults/earlier-release} names its commit; its circusd knows no {@code upgrade} yet, so it comes
 * and goes by {@code detach} and a start.
 */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class VersionsTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Home home;
    private final Path today = Installation.built();
    private final Path earlier;

    VersionsTest(Home home) {
        this.home = home;
        earlier = EarlierRelease.withManager(
                Home.read(home.resource("faults/earlier-release")).strip());
    }

    @Test
    void an_earlier_release_and_todays_take_each_others_place_and_nobody_notices() throws Exception {
        Rounds rounds = Rounds.of(Fault.VERSIONS, 4);
        Mortal mortal = new Mortal(home);
        try (LoadedCircus loaded = LoadedCircus.start(home, "", mortal.section(), Circus::start)) {
            Circus circus = loaded.circus();
            rounds.each(round -> {
                switch (round % 4) {
                    case 1 -> {
                        rounds.timed(() -> upgrade(circus, "--kernel", "--to", earlier.toString())
                                .mustSucceed());
                        isOf(earlier, Papa.pid(circus));
                    }
                    case 2 -> {
                        Commands.Result refused = upgrade(circus, "--to", earlier.toString());
                        assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
                        assertThat(refused.output()).contains("nothing has changed");
                        rounds.timed(() -> replaceManager(circus, earlier));
                        isOf(earlier, circus.manager().pid());
                    }
                    case 3 -> {
                        rounds.timed(() -> PapaUpgrade.run(home, circus.kernelSocket(), "--to", today.toString())
                                .mustSucceed());
                        isOf(today, Papa.pid(circus));
                    }
                    default -> {
                        rounds.timed(() -> replaceManager(circus, today));
                        isOf(today, circus.manager().pid());
                    }
                }
                loaded.workersAreTheSame();
                mortal.check(circus);
            });
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        rounds.passed();
    }

    private static void replaceManager(Circus circus, Path release) {
        assertThat(circus.tell("detach")).isEqualTo("ok");
        assertThat(circus.manager().awaitExit(LIMIT)).isZero();
        circus.awaitCommands(
                circus.launchInstead(List.of(release.resolve("bin/circusd").toString())));
    }

    private Commands.Result upgrade(Circus circus, String... words) {
        List<String> command = new ArrayList<>(List.of("--endpoint", circus.endpoint(), "--timeout", "20", "upgrade"));
        command.addAll(List.of(words));
        return home.run(LIMIT, Installation.launcher("circusctl"), command.toArray(String[]::new));
    }

    /** What runs there, is it of that release? */
    private static void isOf(Path release, int pid) {
        assertThat(Home.read(Path.of("/proc/" + pid + "/cmdline"))).contains("\0-Dcircus.home=" + release + "\0");
    }
}
