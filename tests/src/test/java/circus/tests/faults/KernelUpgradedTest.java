package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import circus.tests.harness.PapaUpgrade;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kernel of a circusd whose workers serve and log becomes another program, or is to become one that is broken. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class KernelUpgradedTest {
    private static final List<String> BROKEN =
            List.of("exit 1", "kill -9 $$", "head -c 100000 /dev/urandom", "echo papa-proof version=9");

    private final Home home;

    KernelUpgradedTest(Home home) {
        this.home = home;
    }

    @Test
    void an_upgrade_of_papa_is_noticed_by_nobody_whether_it_succeeds_or_not() throws Exception {
        Rounds rounds = Rounds.of(Fault.KERNEL_UPGRADED, 3);
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            Path socket = loaded.circus().kernelSocket();
            rounds.each(round -> {
                if (round % 2 == 1) {
                    rounds.timed(() -> PapaUpgrade.run(home, socket).mustSucceed());
                } else {
                    home.script("broken/bin/papa", BROKEN.get(round / 2 % BROKEN.size()) + "\n");
                    Commands.Result refused = PapaUpgrade.run(
                            home, socket, "--to", home.path("broken").toString());
                    assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
                    assertThat(refused.errors()).contains("nothing has changed");
                }
                loaded.workersAreTheSame();
            });
            rounds.unnoticed(loaded.nothingWasNoticed());
        }
        rounds.passed();
    }
}
