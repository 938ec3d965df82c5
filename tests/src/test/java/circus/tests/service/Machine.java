package circus.tests.service;

import static org.awaitility.Awaitility.await;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A systemd that runs, in namespaces of its own, with our units and nothing else; they are as they are shipped, but for the places of the
 * release and of the ini. /run is its own, and most else cannot be written to. Needs root, as CI has.
 */
final class Machine implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Its cgroups are below one of its own. */
    private static final String BELOW = """
            set -e
            mkdir -p cgroups && mount -t cgroup2 none cgroups && mkdir -p cgroups/$NAME
            echo $$ > cgroups/$NAME/cgroup.procs
            exec unshare -pnfmC --kill-child --propagation private "$0".inside
            """;

    private static final String INSIDE = """
            set -e
            umount cgroups
            mount -t proc none /proc
            umount -R /sys/fs/cgroup 2> /dev/null || true
            mount -t cgroup2 none /sys/fs/cgroup
            for each in /etc /var /usr; do mount --bind $each $each && mount -o remount,bind,ro $each; done
            mount -t tmpfs -o mode=755 none /run
            mkdir -p /run/systemd/system
            cp -r units/. /run/systemd/system
            exec env -i container=other PATH="$PATH" CIRCUS_TEST_HOME="$CIRCUS_TEST_HOME" "$SYSTEMD" --system \\
                --unit=circus-test.target --log-target=console --show-status=no
            """;

    /** Nothing of the machine belongs to it: no journal, no devices, no mounts. */
    private static final String UNIT = """
            [Unit]
            DefaultDependencies=no
            Conflicts=shutdown.target
            Before=shutdown.target
            [Service]
            Environment=%s=%s JAVA_HOME=%s CIRCUS_BUILD=never CIRCUS_STATE=%s
            StandardOutput=append:%s
            StandardError=inherit
            """;

    private final Home home;
    private final Process process;

    private Machine(Home home, Process process) {
        this.home = home;
        this.process = process;
    }

    /**
     * Returns when both units are up.
     *
     * @param more settings of a unit, by its name, that are put after ours
     */
    static Machine boot(Home home, Path release, Path ini, Map<String, String> more) {
        Path shipped = Installation.checkout().resolve("docs/systemd");
        for (String unit : List.of("papa.service", "circusd.service")) {
            String text = Home.read(shipped.resolve(unit))
                    .replace("/opt/circus/", release + "/")
                    .replace("/etc/circus/circus.ini", ini.toString());
            home.write("units/" + unit, text);
            home.write(
                    "units/" + unit + ".d/test.conf",
                    UNIT.formatted(
                                    Installation.MARK,
                                    home.directory(),
                                    System.getProperty("java.home"),
                                    home.path("state"),
                                    home.path(unit + ".log"))
                            + more.getOrDefault(unit, ""));
            home.write("units/" + unit + ".d/hardening.conf", Home.read(shipped.resolve("hardening.conf")));
        }
        home.write("units/circus-test.target", "[Unit]\nDefaultDependencies=no\nWants=papa.service circusd.service\n");
        home.script("machine.inside", INSIDE);
        ProcessBuilder builder = home.prepared(List.of(
                        "unshare",
                        "-m",
                        "--propagation",
                        "private",
                        home.script("machine", BELOW).toString()))
                .redirectErrorStream(true)
                .redirectOutput(home.path("machine.log").toFile());
        builder.environment().put("NAME", name(home));
        builder.environment().put("SYSTEMD", "/lib/systemd/systemd");
        try {
            Machine machine = new Machine(home, builder.start());
            await("both units are up")
                    .atMost(LIMIT)
                    .until(() -> machine.isAlive()
                            && machine.process.children().findFirst().isPresent()
                            && machine.show("circusd", "ActiveState").equals("active"));
            return machine;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String name(Home home) {
        return home.directory().getFileName().toString();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends when the machine has gone down. */
    void awaitEnd() {
        await("the machine is down").atMost(LIMIT).until(() -> !isAlive());
    }

    private Commands.Result inside(List<String> words) {
        long first = process.children().findFirst().orElseThrow().pid();
        List<String> command =
                new ArrayList<>(List.of("nsenter", "-t", Long.toString(first), "-m", "-p", "-n", "-C", "-w"));
        command.addAll(words);
        return Commands.run(LIMIT, home.prepared(command));
    }

    Commands.Result systemctl(String... words) {
        List<String> command = new ArrayList<>(List.of("systemctl"));
        command.addAll(List.of(words));
        return inside(command);
    }

    /** A property of a unit; empty while systemd cannot be asked. */
    String show(String unit, String property) {
        return systemctl("show", unit, "--property=" + property, "--value").text();
    }

    int pid(String unit) {
        String pid = show(unit, "MainPID");
        return pid.isEmpty() ? 0 : Integer.parseInt(pid);
    }

    /** Sends the main process of a unit a signal. */
    void kill(String signal, String... units) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        for (String unit : units) {
            command.add(Integer.toString(pid(unit)));
        }
        inside(command).mustSucceed();
    }

    /** Waits until a unit is up with another main process. */
    void awaitAnother(String unit, int before) {
        await("another " + unit).atMost(LIMIT).until(() -> {
            int now = pid(unit);
            return now != 0 && now != before && show(unit, "ActiveState").equals("active");
        });
    }

    Commands.Result ctl(Path release, String... words) {
        List<String> command =
                new ArrayList<>(List.of(release.resolve("bin/circusctl").toString(), "--timeout", "20"));
        command.addAll(List.of(words));
        return inside(command);
    }

    /** Ends it at once, and removes its cgroups. */
    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
        String remove =
                "mount -t cgroup2 none cgroups && find cgroups/" + name(home) + " -depth -type d -exec rmdir {} +";
        await("its cgroups are removed")
                .atMost(LIMIT)
                .until(() -> Commands.run(LIMIT, home.prepared(List.of("unshare", "-m", "sh", "-c", remove)))
                                .exit()
                        == 0);
    }
}
