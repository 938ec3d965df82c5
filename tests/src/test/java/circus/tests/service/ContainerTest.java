package circus.tests.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What {@code examples/container} says, done by hand: a root of its own that cannot be written to, processes and a network of its own, the
 * release at /opt/circus, and the words of the Containerfile. Needs root, as CI has.
 */
@ExtendWith(HomeExtension.class)
class ContainerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** What programs need of the machine; all else is the container's own. */
    private static final String WORLD = """
            set -e
            release=$1 root=$PWD/root
            shift
            mount --make-rprivate /
            mkdir $root && mount -t tmpfs none $root
            for each in /bin /sbin /lib* /usr /etc; do
                if [ -L $each ]; then cp -P $each $root/; else mkdir $root$each && mount --rbind $each $root$each; fi
            done
            mkdir -p $root/proc $root/dev $root/opt/circus $root/srv $WRITABLE $root$JAVA_HOME
            mount -t proc none $root/proc
            mount --rbind /dev $root/dev
            mount --bind $JAVA_HOME $root$JAVA_HOME
            mount --bind $release $root/opt/circus
            cp $release/examples/container/circus.ini $root/srv/
            for each in $WRITABLE; do mount -t tmpfs none $each; done
            mount -o remount,ro $root
            mount -o remount,bind,ro $root/opt/circus
            python3 -c "
            import fcntl, socket, struct
            fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 0x41))"  # ip link set lo up
            cd $root
            exec chroot $root "$@"
            """;

    private final Home home;
    private Path release;

    ContainerTest(Home home) {
        this.home = home;
        this.release = home.directory();
    }

    private static List<String> words(String json) {
        try {
            List<String> words = new ArrayList<>();
            new ObjectMapper().readTree(json).forEach(each -> words.add(each.asText()));
            return words;
        } catch (IOException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private List<String> instruction(String beginning) {
        Matcher line = Pattern.compile("(?m)^" + beginning + ".*?(\\[.*])$")
                .matcher(Home.read(release.resolve("examples/container/Containerfile")));
        assertThat(line.find()).as(beginning).isTrue();
        return words(line.group(1));
    }

    /** As compose.yaml has them. */
    private String writable() {
        Matcher places = Pattern.compile("(?m)^ +- (?:state:)?(/\\S+)$")
                .matcher(Home.read(release.resolve("examples/container/compose.yaml")));
        List<String> found = new ArrayList<>();
        while (places.find()) {
            found.add(home.path("root") + places.group(1));
        }
        assertThat(found).hasSize(3);
        return String.join(" ", found);
    }

    private Process run() throws IOException {
        List<String> command = new ArrayList<>(List.of("unshare", "-mpnf", "--kill-child"));
        command.add(home.script("world", WORLD).toString());
        command.add(release.toString());
        command.addAll(instruction("ENTRYPOINT"));
        ProcessBuilder builder = home.prepared(command)
                .redirectOutput(home.path("container.out").toFile())
                .redirectError(home.path("container.err").toFile());
        builder.environment().put("WRITABLE", writable());
        return builder.start();
    }

    /** The first process of the container, as the machine numbers it. */
    private static long first(Process container) {
        return container.children().findFirst().orElseThrow().pid();
    }

    private Commands.Result inside(Process container, List<String> words) {
        List<String> command = new ArrayList<>(
                List.of("nsenter", "-t", Long.toString(first(container)), "-m", "-p", "-n", "-r", "-w"));
        command.addAll(words);
        return Commands.run(LIMIT, home.prepared(command));
    }

    private String tell(Process container, String... words) {
        List<String> command = new ArrayList<>(List.of("/opt/circus/bin/circusctl", "--timeout", "20"));
        command.addAll(List.of(words));
        return inside(container, command).mustSucceed().text();
    }

    private void awaitHealth(Process container) {
        List<String> check = instruction("HEALTHCHECK");
        await("it is well: " + check)
                .atMost(LIMIT)
                .until(() -> container.isAlive() && inside(container, check).exit() == 0);
    }

    private static long managerPid(String versions) {
        return versions.lines()
                .filter(line -> line.startsWith("circusd "))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[2]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void it_serves_survives_its_manager_and_ends_in_order() throws Exception {
        release = home.release();
        Process container = run();
        try {
            await("it has a first process")
                    .atMost(LIMIT)
                    .until(() -> container.children().findFirst().isPresent());
            awaitHealth(container);
            await("it serves")
                    .atMost(LIMIT)
                    .until(() -> inside(container, List.of("curl", "-sS", "http://127.0.0.1:8080/"))
                            .output()
                            .contains("worker"));
            String workers = tell(container, "list", "web");
            assertThat(workers.split(",")).hasSize(3);
            long manager = managerPid(tell(container, "versions"));
            assertThat(manager).as("a pid of a small world").isLessThan(1000);

            inside(container, List.of("kill", "-9", Long.toString(manager))).mustSucceed();
            await("another one manages")
                    .atMost(LIMIT)
                    .until(() -> Home.read(home.path("container.err")).contains("it is started again in 0.1 seconds"));
            awaitHealth(container);
            assertThat(managerPid(tell(container, "versions"))).isNotEqualTo(manager);
            assertThat(tell(container, "list", "web")).isEqualTo(workers);

            inside(container, List.of("kill", "-TERM", "1")).mustSucceed();
            assertThat(container.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(container.exitValue()).isZero();
            assertThat(Home.read(home.path("container.out")))
                    .as("what workers say")
                    .contains("request");
        } finally {
            container.descendants().forEach(ProcessHandle::destroyForcibly);
            container.destroyForcibly();
            container.waitFor();
        }
        home.mustBeEmpty();
    }
}
