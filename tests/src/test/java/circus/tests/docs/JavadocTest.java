package circus.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pages of the library and of the interfaces for extensions are made without a warning, by the command that docs/extending.md tells. */
@ExtendWith(HomeExtension.class)
class JavadocTest {
    private final Home home;

    JavadocTest(Home home) {
        this.home = home;
    }

    @Test
    void pages_are_made_without_a_warning() {
        Commands.Result made = home.run(
                Duration.ofMinutes(3),
                Installation.checkout().resolve("tests/make-javadoc"),
                home.path("pages").toString());

        assertThat(made.exit()).as(made.toString()).isZero();
        assertThat(made.output() + made.errors()).isEmpty();
        for (String page : new String[] {
            "circus/library/Circus",
            "circus/client/CircusClient",
            "circus/hook/Hook",
            "circus/stream/OutputStreamer",
            "circus/plugin/Plugin",
            "circus/command/spi/Command"
        }) {
            assertThat(Files.exists(home.path("pages/" + page + ".html")))
                    .as(page)
                    .isTrue();
        }
    }
}
