package circus.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The program that docs/papa.md shows compiles and does what the page says. */
@ExtendWith(HomeExtension.class)
class EmbeddingTest {
    private final Home home;

    EmbeddingTest(Home home) {
        this.home = home;
    }

    @Test
    void the_program_of_the_page_runs() {
        Matcher java = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Home.read(Installation.checkout().resolve("docs/papa.md")));
        assertThat(java.find()).isTrue();
        Path program = home.write("Follow.java", java.group(1));
        Kernel kernel = home.kernel();

        Commands.Result result = Commands.run(
                Duration.ofSeconds(60),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                home.release().resolve("lib/papa") + "/*",
                program.toString(),
                kernel.socket().toString());

        assertThat(result.output()).isEqualTo("hello from 1\nended with 3\n");
        assertThat(result.exit()).isZero();
    }
}
