package circus.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages refer to what is there. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]+)(?:#[^)]*)?\\)");

    @Test
    void every_link_of_a_page_to_another_file_leads_somewhere() throws IOException {
        Path top = Installation.checkout();
        List<String> broken = new ArrayList<>();
        try (Stream<Path> docs = Files.list(top.resolve("docs"))) {
            List<Path> pages = Stream.concat(
                            Stream.of(top.resolve("README.md")),
                            docs.filter(page -> page.toString().endsWith(".md")))
                    .toList();
            assertThat(pages).hasSizeGreaterThan(4);
            for (Path page : pages) {
                Matcher link = LINK.matcher(Home.read(page));
                while (link.find()) {
                    if (!Files.exists(page.resolveSibling(link.group(1)))) {
                        broken.add(page.getFileName() + ": " + link.group(1));
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
    }
}
