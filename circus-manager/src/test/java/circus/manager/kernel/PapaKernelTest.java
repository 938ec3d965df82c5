package circus.manager.kernel;

import static circus.manager.kernel.FakeKernel.ok;
import static circus.manager.kernel.FakeKernel.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.wire.Usage;

/** What a manager asks of its kernel, as it goes over the wire, and what it makes of the answers. */
@Timeout(30)
class PapaKernelTest {
    private static final Instant T0 = Instant.ofEpochSecond(1795209723);

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
    void it_takes_the_lease_and_follows_the_events_of_its_arbiter() throws Exception {
        PapaKernel kernel = turns.open(fake, "web");
        assertThat(kernel.lease()).isEqualTo("circus.web");
        assertThat(kernel.epoch()).isEqualTo(3);
        assertThat(kernel.hello().instance()).isEqualTo("0123456789abcdef");
        assertThat(fake.requests)
                .containsExactly(List.of("lease", "take", "circus.web"), List.of("follow", "events", "circus.web.*"));
    }

    @Test
    void a_process_is_asked_for_in_full_and_without_surprises() throws Exception {
        fake.on("make process", words -> ok("circus.web.app.1 incarnation=17 pid=4242 started=1795209723000000\n"));
        PapaKernel kernel = turns.open(fake, "web");
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", "/bin");
        environment.put("EMPTY", "");
        environment.put("LINES", "a\nb \"c\" \\ ä");
        LaunchSpec spec = new LaunchSpec(
                "app.1",
                List.of("serve", "", "--flag=x y", "--"),
                environment,
                "/srv/my app",
                "/usr/bin:/bin",
                List.of("http"),
                true,
                false,
                Map.of("wid", "1"));

        kernel.spawn(spec, turns.reply("app.1"));
        turns.until(1);

        assertThat(turns.heard).containsExactly("app.1 spawned " + new Launched(17, 4242, T0));
        assertThat(fake.requests)
                .last()
                .isEqualTo(List.of(
                        "make",
                        "process",
                        "circus.web.app.1",
                        "working_dir=/srv/my app",
                        "path=/usr/bin:/bin",
                        "env.PATH=/bin",
                        "env.EMPTY=",
                        "env.LINES=a\nb \"c\" \\ ä",
                        "socket.circus.web.http=",
                        "annotate.wid=1",
                        "stdout=1",
                        "stderr=0",
                        "--",
                        "serve",
                        "",
                        "--flag=x y",
                        "--"));
    }

    @Test
    void what_a_process_has_beyond_its_program_is_asked_for() throws Exception {
        fake.on("make process", words -> ok("circus.web.app.1 incarnation=17 pid=4242 started=1795209723000000\n"));
        PapaKernel kernel = turns.open(fake, "web");
        LaunchAttributes attributes = new LaunchAttributes(
                Optional.of("www-data"),
                Optional.of("4"),
                Map.of("nofile", 500L),
                Optional.of(027),
                Optional.of("http"),
                true,
                Optional.of("/bin/x"));

        kernel.spawn(
                new LaunchSpec(
                        "app.1", List.of("serve"), Map.of(), "/", "/bin", List.of(), true, true, Map.of(), attributes),
                turns.reply("app.1"));
        turns.until(1);

        assertThat(fake.requests)
                .last()
                .isEqualTo(List.of(
                        "make",
                        "process",
                        "circus.web.app.1",
                        "working_dir=/",
                        "path=/bin",
                        "uid=www-data",
                        "gid=4",
                        "rlimit.nofile=500",
                        "umask=027",
                        "stdin=circus.web.http",
                        "inherit_stdin=1",
                        "program=/bin/x",
                        "stdout=1",
                        "stderr=1",
                        "--",
                        "serve"));
    }

    @Test
    void an_option_that_the_kernel_does_not_know_is_told_as_what_it_means() throws Exception {
        fake.on(
                "make process",
                refused("cannot make a process with program=: there is no such option (help make process)"));
        PapaKernel kernel = turns.open(fake, "web");
        kernel.spawn(Turns.spec("app.1"), turns.reply("app.1"));
        turns.until(1);
        assertThat(turns.heard)
                .containsExactly(
                        "app.1 failed cannot make a process with program=: there is no such option (help make"
                                + " process); the papa that runs is older than this circusd: papa upgrade brings it up to date");
    }

    @Test
    void a_launch_that_failed_is_told_by_the_names_that_people_know() throws Exception {
        fake.on("make process", refused("cannot start circus.web.app.1: searching the program: no such file (ENOENT)"));
        PapaKernel kernel = turns.open(fake, "web");
        kernel.spawn(Turns.spec("app.1"), turns.reply("app.1"));
        turns.until(1);
        assertThat(turns.heard)
                .containsExactly("app.1 failed cannot start app.1: searching the program: no such file (ENOENT)");
    }

    @Test
    void an_answer_that_makes_no_sense_is_a_failed_launch() throws Exception {
        fake.on("make process", ok("circus.web.app.1 pid=4242"));
        PapaKernel kernel = turns.open(fake, "web");
        kernel.spawn(Turns.spec("app.1"), turns.reply("app.1"));
        turns.until(1);
        assertThat(turns.heard)
                .containsExactly("app.1 failed cannot understand the kernel: incarnation of app.1 is missing");
    }

    @Test
    void five_hundred_processes_are_asked_for_in_one_turn() throws Exception {
        fake.on("make process", words -> {
            String number = words.get(2).substring("circus.web.app.".length());
            return ok(words.get(2) + " incarnation=" + number + " pid=" + number + " started=1795209723000000");
        });
        PapaKernel kernel = turns.open(fake, "web");
        for (int i = 1; i <= 500; i++) {
            kernel.spawn(Turns.spec("app." + i), turns.reply("app." + i));
        }
        turns.until(500);
        assertThat(turns.heard)
                .hasSize(500)
                .contains("app.500 spawned " + new Launched(500, 500, T0), "app.1 spawned " + new Launched(1, 1, T0));
    }

    @Test
    void a_process_that_ends_before_its_launch_is_answered_is_told_in_order() throws Exception {
        fake.on("list processes", ok("circus.web.app.0 incarnation=7 pid=70 state=running started=1795209723000000"));
        fake.on("make process", words -> {
            if (words.get(2).endsWith("2")) {
                return refused("cannot start circus.web.app.2: no");
            }
            fake.sendExit(7, 1, 1795209723000000L, 0);
            fake.sendExit(17, 0, 1795209723000000L, 2);
            fake.sendGone(17);
            fake.sendExit(99, 0, 1795209723000000L, 0);
            return ok(words.get(2) + " incarnation=17 pid=4242 started=1795209723000000");
        });
        PapaKernel kernel = turns.open(fake, "web");
        kernel.attached();
        kernel.spawn(Turns.spec("app.1"), turns.reply("app.1"));
        kernel.spawn(Turns.spec("app.2"), turns.reply("app.2"));
        turns.until(6);
        assertThat(turns.heard)
                .containsExactly(
                        new Exit(7, 1, T0, 0).toString(),
                        "app.1 spawned " + new Launched(17, 4242, T0),
                        new Exit(17, 0, T0, 2).toString(),
                        "gone 17",
                        "app.2 failed cannot start app.2: no",
                        new Exit(99, 0, T0, 0).toString());
    }

    @Test
    void signals_go_to_the_process_or_to_what_it_left_behind() throws Exception {
        fake.on("signal", words -> {
            fake.sendGone(17);
            return ok("gone");
        });
        PapaKernel kernel = turns.open(fake, "web");
        fake.on("list processes", ok(""));
        kernel.attached();
        kernel.signal(17, 15, SignalTarget.PROCESS);
        kernel.signal(17, 15, SignalTarget.TREE);
        kernel.signal(17, 9, SignalTarget.LEFTOVERS);
        turns.until(3);
        assertThat(fake.requested("signal"))
                .containsExactly("signal 17 15", "signal 17 15 tree", "signal 17 9 leftovers");
    }

    @Test
    void one_turn_makes_one_commit() throws Exception {
        fake.on("commit", words -> {
            fake.sendGone(1);
            return ok("");
        });
        fake.on("list processes", ok(""));
        PapaKernel kernel = turns.open(fake, "web");
        kernel.attached();
        kernel.take(17);
        kernel.putValue("watcher.app", "{\"a\": 1}");
        kernel.take(18);
        kernel.removeValue("watcher.old");
        kernel.putValue("watcher.app", "{\"a\": 2}");
        turns.until(1);
        assertThat(fake.requested("commit"))
                .containsExactly("commit exit 17 exit 18 set circus.web.watcher.app {\"a\": 2}"
                        + " unset circus.web.watcher.old");
    }

    @Test
    void exits_are_told_as_they_come() throws Exception {
        fake.on("list processes", ok(""));
        fake.on("signal", words -> {
            fake.sendExit(17, -9, 1795209723000000L, 2);
            fake.sendGone(17);
            return ok("sent");
        });
        PapaKernel kernel = turns.open(fake, "web");
        assertThat(kernel.attached()).isEmpty();
        kernel.signal(17, 9, SignalTarget.PROCESS);
        turns.until(2);
        assertThat(turns.heard).containsExactly(new Exit(17, -9, T0, 2).toString(), "gone 17");
    }

    @Test
    void what_the_kernel_holds_already_is_listed_with_its_ends() throws Exception {
        fake.on("follow events", words -> {
            fake.sendExit(8, 1, 1795209723000000L, 0);
            return ok("");
        });
        fake.on("list processes", words -> {
            fake.sendExit(99, 0, 1795209723000000L, 0);
            return ok("""
                    circus.web.app.1 incarnation=7 pid=70 state=running started=1795209723000000 annotate.wid=1 \
                    "annotate.note=a b"
                    circus.web.app.2 incarnation=8 pid=80 state=ended started=1795209723000000 exit=1 \
                    ended=1795209723000000 left=0
                    circus.web.app.3 incarnation=9 pid=90 state=ended started=1795209723000000 exit=-15 \
                    ended=1795209723000000 left=3 annotate.wid=3
                    """);
        });
        assertThat(turns.open(fake, "web").attached())
                .containsExactly(
                        new Attached("app.1", 7, 70, T0, Map.of("wid", "1", "note", "a b"), Optional.empty()),
                        new Attached("app.2", 8, 80, T0, Map.of(), Optional.of(new Exit(8, 1, T0, 0))),
                        new Attached("app.3", 9, 90, T0, Map.of("wid", "3"), Optional.of(new Exit(9, -15, T0, 3))));
        assertThat(turns.heard).isEmpty();
    }

    @Test
    void what_a_process_has_used_is_asked_for_where_the_kernel_knows_it() throws Exception {
        fake.can("quoted,framed,usage");
        fake.on("follow usage", ok(""));
        fake.on("list processes", words -> {
            fake.sendExit(7, 3, 1795209723000000L, 1, new Usage(5, 6, 7, false));
            fake.sendGone(7);
            return ok("""
                    circus.web.app.1 incarnation=7 pid=70 state=running started=1795209723000000
                    circus.web.app.2 incarnation=8 pid=80 state=ended started=1795209723000000 exit=1 \
                    ended=1795209723000000 taken=0 user=1 system=2 maxrss=3 left=0
                    """);
        });
        assertThat(turns.open(fake, "web").attached())
                .extracting(Attached::exit)
                .containsExactly(
                        Optional.of(new Exit(7, 3, T0, 0, new Usage(5, 6, 7, false))),
                        Optional.of(new Exit(8, 1, T0, 0, new Usage(1, 2, 3, true))));
        assertThat(fake.requested("follow")).containsExactly("follow usage", "follow events circus.web.*");
    }

    @Test
    void what_ends_while_it_is_being_listed_is_listed_as_ended() throws Exception {
        fake.on("list processes", words -> {
            fake.sendExit(7, 3, 1795209723000000L, 1);
            fake.sendExit(8, 4, 1795209723000000L, 1);
            fake.sendGone(8);
            return ok("""
                    circus.web.app.1 incarnation=7 pid=70 state=running started=1795209723000000
                    circus.web.app.2 incarnation=8 pid=80 state=running started=1795209723000000
                    """);
        });
        assertThat(turns.open(fake, "web").attached())
                .extracting(Attached::exit)
                .containsExactly(Optional.of(new Exit(7, 3, T0, 1)), Optional.of(new Exit(8, 4, T0, 0)));
    }

    @Test
    void values_come_back_as_they_were_put() throws Exception {
        fake.on("list values", ok("""
                circus.web.watcher.app "{\\"a\\": \\"b\\\\nc\\"}"
                circus.web.empty ""
                circus.web.watcher.ä "x\\ny"
                """));
        assertThat(turns.open(fake, "web").values())
                .containsExactly(
                        Map.entry("watcher.app", "{\"a\": \"b\\nc\"}"),
                        Map.entry("empty", ""),
                        Map.entry("watcher.ä", "x\ny"));
    }

    @Test
    void sockets_are_made_and_listed_by_their_own_names() throws Exception {
        String http = "circus.web.http family=inet type=stream backlog=5 host=127.0.0.1 port=17301 fileno=64";
        fake.on("make socket", ok(http + "\n"));
        fake.on("list sockets", ok(http + "\ncircus.web.u family=unix type=stream backlog=5 path=/run/u fileno=65\n"));
        fake.on("remove sockets", ok(""));
        PapaKernel kernel = turns.open(fake, "web");
        Map<String, String> options = new LinkedHashMap<>();
        options.put("host", "127.0.0.1");
        options.put("port", "0");

        HeldSocket made = new HeldSocket("http", 64, Optional.of("127.0.0.1"), Optional.of(17301), Optional.empty());
        assertThat(kernel.makeSocket("http", options)).isEqualTo(made);
        assertThat(fake.requested("make")).containsExactly("make socket circus.web.http host=127.0.0.1 port=0");
        assertThat(kernel.sockets())
                .containsExactly(
                        made, new HeldSocket("u", 65, Optional.empty(), Optional.empty(), Optional.of("/run/u")));
        kernel.removeSocket("http");
        kernel.sockets();
        assertThat(fake.requested("remove")).containsExactly("remove sockets circus.web.http");
    }

    @Test
    void a_port_in_use_is_told_by_the_name_that_people_know() throws Exception {
        fake.on(
                "make socket",
                refused("cannot make socket circus.web.http: binding 127.0.0.1:80: in use (EADDRINUSE)"));
        PapaKernel kernel = turns.open(fake, "web");
        assertThatThrownBy(() -> kernel.makeSocket("http", Map.of("port", "80")))
                .isInstanceOf(PapaException.class)
                .hasMessage("cannot make socket http: binding 127.0.0.1:80: in use (EADDRINUSE)");
    }

    @Test
    void when_the_kernel_goes_every_launch_fails_and_the_loss_is_told_once() throws Exception {
        fake.diesOf("make process");
        PapaKernel kernel = turns.open(fake, "web");
        String gone = "the kernel at " + fake.path() + " has gone";
        kernel.spawn(Turns.spec("app.1"), turns.reply("app.1"));
        kernel.spawn(Turns.spec("app.2"), turns.reply("app.2"));
        turns.until(3);
        assertThat(turns.heard).containsExactly("app.1 failed " + gone, "app.2 failed " + gone, "lost " + gone);

        turns.heard.clear();
        kernel.spawn(Turns.spec("app.3"), turns.reply("app.3"));
        assertThat(turns.heard).isEmpty();
        kernel.flush();
        kernel.onReadable();
        assertThat(turns.heard).containsExactly("app.3 failed the kernel has gone");
    }

    @Test
    void a_watcher_that_asks_again_at_every_failure_does_not_hang_the_loop_when_the_kernel_goes() throws Exception {
        fake.diesOf("make process");
        PapaKernel kernel = turns.open(fake, "web");
        kernel.spawn(Turns.spec("app.1"), new SpawnReply() {
            @Override
            public void spawned(Launched launched) {
                turns.heard.add("spawned");
            }

            @Override
            public void failed(String reason) {
                turns.heard.add("failed");
                kernel.spawn(Turns.spec("app.1"), this);
            }
        });
        turns.until(3);
        assertThat(turns.heard).contains("lost the kernel at " + fake.path() + " has gone");
    }

    @Test
    void a_closed_connection_tells_nothing_more() throws Exception {
        PapaKernel kernel = turns.open(fake, "web");
        kernel.close();
        kernel.flush();
        kernel.onReadable();
        assertThat(turns.heard).isEmpty();
    }

    @Test
    void an_idle_kernel_is_seen_to_its_end() throws Exception {
        Process asKernel = new ProcessBuilder("sleep", "30").start();
        fake.introducesItselfWithPid(asKernel.pid());
        fake.on("exit-if-idle", words -> {
            asKernel.destroyForcibly();
            return ok("Exiting papa!\n");
        });
        PapaKernel kernel = turns.open(fake, "web");
        assertThat(kernel.endIfIdle(Duration.ofSeconds(10))).isTrue();
        assertThat(asKernel.waitFor()).isEqualTo(128 + 9);
    }

    @Test
    void a_kernel_that_holds_something_goes_on() throws Exception {
        fake.on("exit-if-idle", ok("not idle\n"));
        assertThat(turns.open(fake, "web").endIfIdle(Duration.ofSeconds(10))).isFalse();
    }
}
