package circus.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import circus.command.CommandReference;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The reference pages are what the declarations print; {@code -Dcircus.docs=write} rewrites them. */
class ReferenceTest {
    @Test
    void commands_are_as_declared() throws IOException {
        compare("docs/commands.md", CommandReference.markdown());
    }

    @Test
    void options_are_as_declared() throws IOException {
        compare("docs/options.md", OptionReference.markdown());
    }

    @Test
    void the_kernels_page_is_as_declared() throws IOException {
        compare(
                "docs/papa.md",
                PapaReference.fill(Home.read(Installation.checkout().resolve("docs/papa.md"))));
    }

    @Test
    void hooks_are_as_declared() throws IOException {
        compare(
                "docs/hooks.md",
                HookReference.fill(Home.read(Installation.checkout().resolve("docs/hooks.md"))));
    }

    @Test
    void plugins_are_as_declared() throws IOException {
        compare(
                "docs/plugins.md",
                PluginReference.fill(Home.read(Installation.checkout().resolve("docs/plugins.md"))));
    }

    @Test
    void events_are_as_declared() throws IOException {
        compare(
                "docs/events.md",
                EventReference.fill(Home.read(Installation.checkout().resolve("docs/events.md"))));
    }

    @Test
    void the_differences_of_answers_are_those_that_the_comparison_knows() throws IOException {
        compare(
                "docs/compatibility.md",
                CommandLineReference.fill(ComparisonReference.fill(
                        Home.read(Installation.checkout().resolve("docs/compatibility.md")))));
    }

    @Test
    void the_figures_of_the_fault_suite_are_those_that_it_recorded() throws IOException {
        compare(
                "docs/reliability.md",
                ReliabilityReference.fill(Home.read(Installation.checkout().resolve("docs/reliability.md"))));
    }

    @Test
    void manual_pages_and_completions_are_as_the_programs_say() throws IOException {
        for (Map.Entry<String, String> file : SharedFiles.all().entrySet()) {
            compare(file.getKey(), file.getValue());
        }
    }

    private static void compare(String page, String declared) throws IOException {
        Path file = Installation.checkout().resolve(page);
        if ("write".equals(System.getProperty("circus.docs"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, declared);
        }
        assertThat(Home.read(file)).isEqualTo(declared);
    }
}
