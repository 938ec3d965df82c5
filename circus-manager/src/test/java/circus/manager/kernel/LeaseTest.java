package circus.manager.kernel;

import static circus.manager.kernel.FakeKernel.ok;
import static circus.manager.kernel.FakeKernel.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;

/** Two managers for one arbiter: the living keep it, the dead are waited out. */
@Timeout(30)
class LeaseTest {
    private FakeKernel fake;
    private Turns turns;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeKernel();
        turns = new Turns();
    }

    @AfterEach
    void end() throws IOException {
        turns.close();
        fake.close();
    }

    @Test
    void a_living_holder_keeps_its_lease_and_is_named() {
        long holder = ProcessHandle.current().pid();
        fake.on("lease take", refused("cannot take lease circus.web: held by pid " + holder + " (epoch 2)"));
        assertThatThrownBy(() -> turns.open(fake, "web"))
                .isInstanceOf(PapaException.class)
                .hasMessage("cannot manage circus.web: circusd with pid " + holder
                        + " manages it already. Use another [circus] name, or stop that one first (circusctl quit).");
        assertThat(fake.requested("lease")).hasSize(1);
    }

    @Test
    void a_holder_that_has_just_died_is_waited_for() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        AtomicInteger asked = new AtomicInteger();
        fake.on(
                "lease take",
                words -> asked.incrementAndGet() < 4
                        ? refused("cannot take lease circus.web: held by pid " + dead.pid() + " (epoch 2)")
                        : ok("circus.web epoch=5 pid=1"));
        assertThat(turns.open(fake, "web").epoch()).isEqualTo(5);
        assertThat(asked).hasValue(4);
    }

    @Test
    void a_dead_holder_is_not_waited_for_without_end() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        fake.on("lease take", refused("cannot take lease circus.web: held by pid " + dead.pid() + " (epoch 2)"));
        assertThatThrownBy(() -> turns.open(fake, "web"))
                .isInstanceOf(PapaException.class)
                .hasMessageContaining("circusd with pid " + dead.pid());
        assertThat(fake.requested("lease")).hasSizeGreaterThan(10);
    }

    @Test
    void any_other_refusal_is_told_as_it_is() {
        fake.on("lease take", refused("cannot take lease circus.web: too many leases"));
        assertThatThrownBy(() -> turns.open(fake, "web"))
                .isInstanceOf(PapaException.class)
                .hasMessage("cannot take lease circus.web: too many leases");
    }
}
