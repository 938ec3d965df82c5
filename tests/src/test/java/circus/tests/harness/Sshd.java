package circus.tests.harness;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * OpenSSH's server on a port of its own, with its own key and configuration, into which this user may log in with the key {@link #key}; and a
 * program {@code ssh}, in {@link #programs}, that knows this server's key and nothing of this user's configuration. One thread.
 */
public final class Sshd implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/sshd");
    private static final Path SEPARATED = Path.of("/run/sshd");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Home home;
    private final int port = Home.freePort();
    private final Process process;
    private final Path log;

    private Sshd(Home home) throws IOException {
        this.home = home;
        log = home.path("sshd.log");
        for (String name : List.of("host", "key", "stranger")) {
            Commands.run(
                            LIMIT,
                            "ssh-keygen",
                            "-q",
                            "-t",
                            "ed25519",
                            "-N",
                            "",
                            "-f",
                            home.path("ssh/" + name).toString())
                    .mustSucceed();
        }
        Files.copy(home.path("ssh/key.pub"), home.path("ssh/authorized"));
        know(true);
        Path configuration =
                home.write("ssh/sshd_config", """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %s
                AuthorizedKeysFile %s
                StrictModes no
                UsePAM no
                PidFile none
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin prohibit-password
                LogLevel DEBUG1
                """.formatted(port, home.path("ssh/host"), home.path("ssh/authorized")));
        home.write("ssh/ssh_config", """
                UserKnownHostsFile %s
                GlobalKnownHostsFile /dev/null
                IdentityAgent none
                IdentityFile none
                """.formatted(home.path("ssh/known")));
        home.script("ssh/bin/ssh", "exec /usr/bin/ssh -F '" + home.path("ssh/ssh_config") + "' \"$@\"\n");
        if (isRoot()) {
            Files.createDirectories(SEPARATED); // Where Debian's unit file is not what starts it, nobody else does.
        }
        process = home.prepared(List.of(PROGRAM.toString(), "-D", "-e", "-f", configuration.toString()))
                .redirectOutput(log.toFile())
                .redirectErrorStream(true)
                .start();
        await("sshd listens").atMost(LIMIT).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("sshd has ended: " + log());
            }
            return log().contains("Server listening on");
        });
    }

    /** Skips the test where OpenSSH is missing; in CI, which installs it, that is a failure. */
    public static Sshd start(Home home) {
        boolean there = Files.isExecutable(PROGRAM) && Files.isExecutable(Path.of("/usr/bin/ssh"));
        if (!there && System.getenv("CIRCUS_CI") != null) {
            fail("openssh-server or openssh-client is not installed, and CIRCUS_CI is set");
        }
        if (!there) {
            abort("needs OpenSSH: apt-get install openssh-server openssh-client");
        }
        try {
            Files.createDirectories(home.path("ssh"));
            return new Sshd(home);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isRoot() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    /** {@code user@host:port}. */
    public String address() {
        return System.getProperty("user.name") + "@127.0.0.1:" + port;
    }

    /** The private key with which one may log in. */
    public String key() {
        return home.path("ssh/key").toString();
    }

    /** One with which nobody may. */
    public String strangeKey() {
        return home.path("ssh/stranger").toString();
    }

    /** The folder of the program ssh, to be the first on the path. */
    public String programs() {
        return home.path("ssh/bin").toString();
    }

    /** What it says: also which endpoints it was asked for. */
    public String log() {
        return Home.read(log);
    }

    /** Whether ssh knows its key. */
    public void know(boolean known) {
        String key = Home.read(home.path("ssh/host.pub"));
        home.write("ssh/known", known ? "[127.0.0.1]:" + port + " " + key : "");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
