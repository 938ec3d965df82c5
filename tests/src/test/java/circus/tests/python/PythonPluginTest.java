package circus.tests.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.message.Json;
import circus.message.JsonException;
import circus.tests.harness.Circus;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Plugins as they were written for Circus, in the helper, at the ends of pipes. */
// Whoever waits for a line hears of no interrupt.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(HomeExtension.class)
class PythonPluginTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Home home;
    private @Nullable Process plugin;

    PythonPluginTest(Home home) {
        this.home = home;
    }

    @BeforeEach
    void python() {
        DebianPython.require("json", "python3");
    }

    @AfterEach
    void end() {
        if (plugin != null) {
            plugin.destroyForcibly();
        }
    }

    /** @param isolated without the modules of Debian's packages, so without Tornado */
    private Process start(boolean isolated, String name) throws IOException {
        List<String> command = new ArrayList<>(List.of(DebianPython.PROGRAM));
        if (isolated) {
            command.add("-S");
        }
        command.addAll(
                List.of(Installation.built().resolve("lib/python/circus_helper").toString(), "plugin", name));
        ProcessBuilder builder =
                home.prepared(command).redirectError(new File(home.path("log").toString()));
        Process started = builder.start();
        plugin = started;
        return started;
    }

    private void say(Map<String, ?> message) {
        try {
            OutputStream out = Objects.requireNonNull(plugin).getOutputStream();
            out.write(Json.bytes(message));
            out.write('\n');
            out.flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** All at once. */
    private void write(String text) throws IOException {
        OutputStream out = Objects.requireNonNull(plugin).getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static Map<String, @Nullable Object> hear(BufferedReader from) throws IOException, JsonException {
        return Json.readObject(Objects.requireNonNull(from.readLine(), "a line"));
    }

    private static Map<String, ?> event(String watcher, String action, Map<String, ?> message) {
        return Map.of(
                "type", "event",
                "topic", "watcher." + watcher + "." + action,
                "watcher", watcher,
                "action", action,
                "message", message);
    }

    @Test
    void the_logger_of_the_manual() throws Exception {
        home.write("myproject/__init__.py", "");
        home.write("myproject/plugins.py", """
                from circus.plugins import CircusPlugin

                class Logger(CircusPlugin):

                    name = 'logger'

                    def __init__(self, *args, **config):
                        super(Logger, self).__init__(*args, **config)
                        self.filename = config.get('filename')
                        self.file = None

                    def handle_init(self):
                        self.file = open(self.filename, 'a+', buffering=1)

                    def handle_stop(self):
                        self.file.close()

                    def handle_recv(self, data):
                        watcher_name, action, msg = self.split_data(data)
                        msg_dict = self.load_message(msg)
                        self.file.write('%s %s::%r\\n' % (action, watcher_name, msg_dict))
                """);
        for (boolean isolated : List.of(true, false)) {
            String file = "events." + isolated;
            Process logger = start(isolated, "myproject.plugins.Logger");
            say(Map.of("type", "hello", "name", "plugin:logger", "config", Map.of("filename", file)));
            say(event("web", "spawn", Map.of("process_pid", 7)));
            say(event("my.app", "kill", Map.of()));
            await("the events")
                    .atMost(PATIENCE)
                    .until(() -> home.path(file).toFile().exists()
                            && Home.read(home.path(file)).lines().count() == 2);

            logger.destroy();

            assertThat(logger.waitFor()).isZero();
            assertThat(Home.read(home.path(file))).isEqualTo("spawn web::{'process_pid': 7}\nkill my.app::{}\n");
        }
    }

    @Test
    void one_of_the_configuration_hears_of_everything_and_outlives_its_circusd() {
        home.write("code/mine.py", """
                from circus.plugins import CircusPlugin
                from tornado import ioloop

                class Notes(CircusPlugin):
                    name = 'notes'

                    def handle_init(self):
                        with open(self.config['filename'], 'a') as out:
                            print('init', self.config['name'], len(self.call('list')['watchers']), file=out)
                        self.once = ioloop.PeriodicCallback(self.grow, 200)
                        self.once.start()

                    def grow(self):
                        self.once.stop()
                        self.cast('incr', name='web')

                    def handle_recv(self, data):
                        watcher, action, message = self.split_data(data)
                        if watcher == 'web':
                            with open(self.config['filename'], 'a') as out:
                                print(watcher, action, sorted(self.load_message(message)), file=out)
                """);
        Circus circus = home.circus("plugged", "", """
                [env]
                PYTHONPATH = %s

                [watcher:web]
                cmd = sleep 1000

                [plugin:notes]
                use = mine.Notes
                filename = %s
                """.formatted(home.path("code"), home.path("notes")));
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + DebianPython.PATH));
        circus.awaitWorkers("web", 2);
        int pid = circus.awaitWorkers("plugin:notes", 1).get(0);
        circus.manager().kill9();
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + DebianPython.PATH));
        assertThat(circus.awaitWorkers("plugin:notes", 1)).containsExactly(pid);
        circus.tell("stop", "--waiting", "web");
        await("what happened")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Home.read(home.path("notes")).lines())
                        .startsWith("init plugin:notes 2")
                        .contains("web spawn ['process_pid', 'seq', 'time']")
                        .endsWith("web stop ['seq', 'time']"));
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_calls_casts_prints_and_has_a_period_of_its_own() throws Exception {
        home.write("caller.py", """
                from circus.plugins import CircusPlugin
                from tornado import ioloop

                class Caller(CircusPlugin):
                    name = 'caller'

                    def handle_init(self):
                        self.period = ioloop.PeriodicCallback(self.look, 50)
                        self.period.start()

                    def look(self):
                        print('is not for circusd')
                        self.period.stop()
                        watchers = self.call('list')['watchers']
                        self.cast('restart', name=watchers[0])
                        self.loop.add_callback(self.later)

                    def later(self):
                        raise ValueError('of the loop')

                    def handle_recv(self, data):
                        if self.split_data(data)[1] == 'bad':
                            raise ValueError('of an event')
                        self.cast('seen', config=self.config, event=self.split_data(data)[1])
                """);
        for (boolean isolated : List.of(true, false)) {
            Process caller = start(isolated, "caller.Caller");
            BufferedReader from =
                    new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.UTF_8));
            say(Map.of("type", "hello", "name", "plugin:x", "config", Map.of("loop_rate", "5")));

            Map<String, @Nullable Object> call = hear(from);
            say(event("web", "first", Map.of()));
            say(Map.of("type", "reply", "id", "another's", "reply", Map.of()));
            say(Map.of("type", "reply", "id", call.get("id"), "reply", Map.of("watchers", List.of("web"))));

            assertThat(call).containsEntry("command", "list").containsEntry("properties", Map.of());
            assertThat(hear(from))
                    .isEqualTo(Map.of("command", "restart", "properties", Map.of("name", "web"), "msg_type", "cast"));
            assertThat(hear(from).get("properties"))
                    .isEqualTo(Map.of("config", Map.of("loop_rate", "5", "name", "plugin:x"), "event", "first"));
            say(event("web", "bad", Map.of()));
            say(Map.of("type", "hello", "name", "plugin:x", "config", Map.of()));
            say(event("web", "second", Map.of()));
            assertThat(hear(from).get("properties")).asString().contains("event=second");
            caller.getOutputStream().close();
            assertThat(caller.waitFor()).as("its end, with that of circusd").isZero();
            assertThat(Home.read(home.path("log")))
                    .contains("is not for circusd")
                    .contains("ValueError: of the loop")
                    .contains("ValueError: of an event");
        }
    }

    @Test
    void another_circusd_takes_over_while_it_waits() throws Exception {
        home.write("caller.py", """
                from circus.exc import CallError
                from circus.plugins import CircusPlugin

                class Caller(CircusPlugin):
                    name = 'caller'

                    def handle_init(self):
                        self.loop.add_callback(self.look)

                    def look(self):
                        try:
                            self.call('restart', name='web')
                        except CallError as error:
                            self.cast('seen', what=str(error))
                        self.cast('seen', what=self.call('list')['watchers'])

                    def handle_recv(self, data):
                        self.cast('seen', what=self.split_data(data)[1])
                """);
        for (boolean isolated : List.of(true, false)) {
            Process caller = start(isolated, "caller.Caller");
            BufferedReader from = output(caller);
            String hello = Json.write(Map.of("type", "hello", "name", "plugin:x", "config", Map.of())) + "\n";
            // Whoever has come before the call is the one who is called.
            write(hello + hello);

            Map<String, @Nullable Object> restart = hear(from);
            say(event("web", "first", Map.of()));
            write("\n" + hello);
            assertThat(restart).containsEntry("command", "restart");
            assertThat(seen(from)).isEqualTo("another circusd has taken over; it is not known what became of restart");

            Map<String, @Nullable Object> list = hear(from);
            say(Map.of("type", "reply", "id", restart.get("id"), "reply", Map.of("status", "ok")));
            write("\n" + hello);
            assertThat(list).containsEntry("command", "list");
            assertThat(hear(from)).as("what only looks is asked again").isEqualTo(list);
            say(Map.of("type", "reply", "id", list.get("id"), "reply", Map.of("watchers", List.of("web"))));
            assertThat(seen(from)).isEqualTo(List.of("web"));
            assertThat(seen(from)).isEqualTo("first");
            say(event("web", "second", Map.of()));
            assertThat(seen(from)).isEqualTo("second");
            caller.getOutputStream().close();
            assertThat(caller.waitFor()).isZero();
        }
    }

    private static @Nullable Object seen(BufferedReader from) throws IOException, JsonException {
        Map<String, @Nullable Object> cast = hear(from);
        assertThat(cast).containsEntry("command", "seen");
        return ((Map<?, ?>) Objects.requireNonNull(cast.get("properties"))).get("what");
    }

    @Test
    void what_a_call_has_read_the_loop_does_not_wait_for() throws Exception {
        home.write("caller.py", """
                import os
                import time

                from circus.plugins import CircusPlugin

                class Caller(CircusPlugin):
                    name = 'caller'

                    def handle_init(self):
                        self.loop.add_callback(self.look)
                        self.cast('seen', what='ready')
                        while not os.path.exists(self.config['go']):
                            time.sleep(0.01)

                    def look(self):
                        self.call('list')
                        self.loop.call_later(0.01, self.cast, 'later')

                    def handle_recv(self, data):
                        self.cast('seen', what=self.split_data(data)[1])
                """);
        for (boolean isolated : List.of(true, false)) {
            Process caller = start(isolated, "caller.Caller");
            BufferedReader from = output(caller);
            String go = "go." + isolated;
            say(Map.of("type", "hello", "name", "plugin:x", "config", Map.of("go", go)));
            assertThat(seen(from)).isEqualTo("ready");
            say(event("web", "first", Map.of()));

            home.write(go, "");
            // In the order of the loop.
            List<@Nullable Object> commands = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Map<String, @Nullable Object> message = hear(from);
                commands.add(message.get("command"));
                if (message.containsKey("id")) {
                    say(Map.of("type", "reply", "id", message.get("id"), "reply", Map.of()));
                }
            }

            assertThat(commands).containsExactlyInAnyOrder("list", "seen", "later");
            caller.getOutputStream().close();
            assertThat(caller.waitFor()).isZero();
        }
    }

    @Test
    void events_wait_for_a_call_up_to_a_limit() throws Exception {
        home.write("caller.py", """
                from circus.plugins import CircusPlugin

                class Caller(CircusPlugin):
                    name = 'caller'

                    def handle_init(self):
                        self.numbers = []
                        self.call('start', name='web')

                    def handle_recv(self, data):
                        self.numbers.append(self.load_message(data[1])['number'])
                        if self.numbers[-1] == 50003:
                            self.cast('seen', what=[self.numbers[0], len(self.numbers)])
                """);
        Process caller = start(true, "caller.Caller");
        BufferedReader from = output(caller);
        say(Map.of("type", "hello", "name", "plugin:x", "config", Map.of()));
        Object call = hear(from).get("id");
        StringBuilder events = new StringBuilder();
        for (int number = 0; number < 50_004; number++) {
            events.append(Json.write(event("web", "reap", Map.of("number", number))))
                    .append('\n');
        }
        write(events.toString());
        say(Map.of("type", "reply", "id", Objects.requireNonNull(call), "reply", Map.of()));

        assertThat(seen(from)).as("the first, and how many").asString().isEqualTo("[4, 50000]");
        assertThat(Home.read(home.path("log")))
                .containsOnlyOnce(
                        "the plugin does not keep up: of the 50000 events that wait for it the oldest are lost\n")
                .containsOnlyOnce("the plugin goes on; 4 events were lost\n");
    }

    @Test
    void a_line_that_its_circusd_did_not_finish_is_told_and_passed_over() throws Exception {
        home.write("caller.py", """
                from circus.plugins import CircusPlugin

                class Caller(CircusPlugin):
                    name = 'caller'

                    def handle_recv(self, data):
                        self.cast('seen', what=self.split_data(data)[1])
                """);
        Process caller = start(true, "caller.Caller");
        BufferedReader from = output(caller);
        write("\n\n" + Json.write(Map.of("type", "hello", "name", "plugin:x", "config", Map.of())) + "\n");
        say(event("web", "first", Map.of()));
        assertThat(seen(from)).isEqualTo("first");

        write("{\"type\": \"eve\n \n[1]\n" + Json.write(event("web", "second", Map.of())) + "\n");

        assertThat(seen(from)).isEqualTo("second");
        assertThat(Home.read(home.path("log"))).isEqualTo("""
                cannot understand a line of circusd, it is passed over: {"type": "eve
                cannot understand a line of circusd, it is passed over: [1]
                """);
    }

    @Test
    void a_command_that_a_killed_circusd_cannot_answer_any_more_fails() {
        home.write("code/mine.py", """
                from circus.exc import CallError
                from circus.plugins import CircusPlugin

                class Stopper(CircusPlugin):
                    name = 'stopper'

                    def handle_init(self):
                        self.loop.add_callback(self.stop_it)

                    def stop_it(self):
                        try:
                            self.call('stop', name='slow', waiting=True)
                        except CallError as error:
                            self.note(str(error))
                        self.note(len(self.call('list')['watchers']))

                    def note(self, what):
                        with open(self.config['filename'], 'a') as out:
                            print(what, file=out)

                    def handle_recv(self, data):
                        pass
                """);
        home.write("notes", "");
        Circus circus = home.circus("plugged", "", """
                [env]
                PYTHONPATH = %s

                [watcher:slow]
                cmd = sh -c 'trap "" TERM; while :; do sleep 1; done'
                graceful_timeout = 15

                [plugin:stopper]
                use = mine.Stopper
                autostart = false
                filename = %s
                """.formatted(home.path("code"), home.path("notes")));
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + DebianPython.PATH));
        circus.awaitWorkers("slow", 1);
        circus.tell("start", "plugin:stopper");
        await("the command")
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "slow").equals("stopping"));

        circus.manager().kill9();
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + DebianPython.PATH));

        await("what the plugin says")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Home.read(home.path("notes")).lines())
                        .containsExactly("another circusd has taken over; it is not known what became of stop", "2"));
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_is_inactive_runs_when_it_is_started() {
        home.write("code/mine.py", """
                from circus.plugins import CircusPlugin

                class Notes(CircusPlugin):
                    name = 'notes'

                    def handle_init(self):
                        with open(self.config['filename'], 'a') as out:
                            print('init', file=out)

                    def handle_recv(self, data):
                        pass
                """);
        home.write("notes", "");
        Circus circus = home.circus("plugged", "", """
                [env]
                PYTHONPATH = %s

                [plugin:notes]
                use = mine.Notes
                active = false
                filename = %s
                """.formatted(home.path("code"), home.path("notes")));
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + DebianPython.PATH));
        assertThat(circus.tell("status", "plugin:notes")).isEqualTo("stopped");

        circus.tell("start", "plugin:notes");

        await("the plugin")
                .atMost(PATIENCE)
                .until(() -> Home.read(home.path("notes")).equals("init\n"));
        circus.terminate();
        home.mustBeEmpty();
    }
}
