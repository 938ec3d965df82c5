package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first thing a new user does: {@code examples/web.ini}, unchanged but for its ports and its kernel. */
@ExtendWith(HomeExtension.class)
class WebExampleTest {
    private static final Pattern ANSWER = Pattern.compile("worker (\\d+) has lived (\\d+\\.\\d+) s\n");

    private final Home home;
    private final int port = Home.freePort();

    WebExampleTest(Home home) {
        this.home = home;
    }

    @Test
    void three_workers_share_the_socket_answer_with_pid_and_age_and_log_each_request() throws IOException {
        Circus circus = example();
        circus.start();
        List<Integer> pids = circus.awaitWorkers("web", 3);

        Set<Integer> seen = new HashSet<>();
        int asked = 0;
        for (; seen.size() < 3 && asked < 2000; asked++) {
            seen.add(pidOf(curl()));
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(pids);

        assertThat(circus.tell("status", "web")).isEqualTo("active");
        int requests = asked;
        await("a line for each request")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(
                                Home.read(home.path("web.log")).lines().filter(line -> line.contains(" request ")))
                        .hasSize(requests));
        assertThat(circus.tell("stop", "--waiting", "web")).isEqualTo("ok");
        assertThat(Home.read(home.path("web.log"))).contains(" ends after ");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_worker_that_is_killed_is_replaced_and_the_port_goes_on_answering() throws IOException {
        Circus circus = example();
        circus.start();
        List<Integer> before = circus.awaitWorkers("web", 3);

        Commands.run(Duration.ofSeconds(5), "kill", "-9", before.get(0).toString())
                .mustSucceed();

        await("a new worker answers").atMost(Duration.ofSeconds(20)).until(() -> !before.contains(pidOf(curl())));
        assertThat(circus.awaitWorkers("web", 3))
                .containsAll(before.subList(1, 3))
                .doesNotContain(before.get(0));
    }

    private Circus example() throws IOException {
        String text = Files.readString(Installation.checkout().resolve("examples/web.ini"));
        String sections = text.substring(text.indexOf("[socket:web]"));
        assertThat(text).contains("use_papa = true");
        assertThat(sections).contains("port = 9999");
        return home.circus("web", "use_papa = true", sections.replace("port = 9999", "port = " + port));
    }

    private String curl() {
        String url = "http://127.0.0.1:" + port + "/";
        return Http.get(url);
    }

    private static int pidOf(String answer) {
        Matcher matcher = ANSWER.matcher(answer);
        assertThat(matcher.matches()).as(answer).isTrue();
        return Integer.parseInt(matcher.group(1));
    }
}
