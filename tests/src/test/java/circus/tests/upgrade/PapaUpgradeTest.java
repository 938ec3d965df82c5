package circus.tests.upgrade;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaUpgrade;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import papa.client.PapaException;

/** Promise 3: the kernel's program is replaced in place, and nobody notices. {@code -Dcircus.upgrades=100} for the long run. */
@ExtendWith(HomeExtension.class)
@Timeout(1200)
class PapaUpgradeTest {
    private static final int UPGRADES = Integer.getInteger("circus.upgrades", 5);

    private final Home home;

    PapaUpgradeTest(Home home) {
        this.home = home;
    }

    @Test
    void upgrades_in_a_row_under_load_are_noticed_by_nobody() throws PapaException {
        Kernel kernel = home.kernel();
        try (LoadedPapa loaded = LoadedPapa.start(home, kernel)) {
            for (int i = 0; i < UPGRADES; i++) {
                loaded.during(() -> PapaUpgrade.run(home, kernel.socket()).mustSucceed());
            }
            loaded.during(() -> LockSupport.parkNanos(500_000_000));
            System.out.println(loaded.nothingWasNoticed());
        }
        home.mustBeEmpty();
    }
}
