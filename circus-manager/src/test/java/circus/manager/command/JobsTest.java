package circus.manager.command;

import static org.assertj.core.api.Assertions.assertThat;

import circus.command.CommandSpec;
import circus.manager.arbiter.House;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Stage;
import circus.message.CommandException;
import circus.message.Json;
import circus.message.Reply;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The queue of commands: what it shows, and what can be taken out of it. */
class JobsTest {
    private static final Caller CALLER = new Caller(OptionalInt.of(1000), OptionalInt.of(4711), "");

    private final House house = new House();
    private final Commands commands = new Commands(
            house.arbiter,
            new StatsReader(Runnable::run, house),
            house.changes,
            house.whereabouts,
            house.eventsCommand,
            house.tails,
            () -> {});

    @BeforeEach
    void open() {
        house.add("web", Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 5.0));
        house.add("Data Base", Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 5.0));
        house.open();
        house.kernel.temper = Temper.STUBBORN;
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
    }

    private List<Reply> send(String command, Map<String, @Nullable Object> properties) {
        List<Reply> replies = new ArrayList<>();
        try {
            CommandSpec spec = CommandSpec.find(command).orElseThrow();
            commands.execute(new Call(CALLER, spec, spec.check(properties), false, replies::add));
        } catch (CommandException refused) {
            replies.add(refused.reply());
        }
        return replies;
    }

    private List<Reply> wait(String command, String name) {
        return send(command, Map.of("name", name, "waiting", true));
    }

    private List<String> jobs() {
        List<String> jobs = new ArrayList<>();
        Reply.Ok reply = (Reply.Ok) send("jobs", Map.of()).get(0);
        for (Object job :
                (List<?>) java.util.Objects.requireNonNull(reply.fields().get("jobs"))) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            ((Map<?, ?>) job).forEach((key, value) -> fields.put((String) key, value));
            assertThat(fields.remove("since")).isEqualTo(Json.seconds(house.now()));
            jobs.add(String.join(
                    " ", fields.values().stream().map(String::valueOf).toList()));
        }
        return jobs;
    }

    private static String reason(List<Reply> replies) {
        assertThat(replies).hasSize(1);
        return ((Reply.Failed) replies.get(0)).reason();
    }

    @Test
    void nothing_is_under_way_when_all_is_done() {
        assertThat(jobs()).isEmpty();
    }

    @Test
    void what_runs_and_what_waits_is_told_with_who_asked() {
        wait("restart", "web");
        wait("stop", "WEB");
        wait("stop", "data base");
        assertThat(jobs())
                .containsExactly(
                        "1 running uid 1000, pid 4711 restart web",
                        "2 waiting uid 1000, pid 4711 stop WEB",
                        "3 running uid 1000, pid 4711 stop data base");
    }

    @Test
    void a_set_is_told_with_its_keys_and_nothing_of_their_values() {
        wait("restart", "web");
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("env", Map.of("PASSWORD", "secret"));
        options.put("warmup_delay", 3);
        send("set", Map.of("name", "web", "options", options, "waiting", true));
        assertThat(jobs().get(1)).isEqualTo("2 waiting uid 1000, pid 4711 set web env warmup_delay");
    }

    @Test
    void a_long_name_is_cut() {
        wait("restart", "*");
        send("stop", Map.of("name", "*".repeat(1_000), "waiting", true));
        assertThat(jobs().get(1)).hasSizeLessThan(300).endsWith("…");
    }

    @Test
    void operations_on_several_watchers_wait_for_each_other() {
        send("restart", Map.of("name", "*", "waiting", true));
        List<Reply> stop = send("stop", Map.of("waiting", true));
        house.settle();
        assertThat(jobs())
                .containsExactly("1 running uid 1000, pid 4711 restart *", "2 waiting uid 1000, pid 4711 stop");
        assertThat(send("cancel", Map.of("job", 2))).containsExactly(Reply.ok());
        assertThat(reason(stop)).isEqualTo("job 2, stop, was cancelled by uid 1000, pid 4711 before it began");
        house.pass(20);
        assertThat(jobs()).isEmpty();
        assertThat(house.kernel.names()).hasSize(2);
    }

    @Test
    void one_that_waits_for_its_watcher_is_cancelled() {
        wait("restart", "web");
        List<Reply> stop = wait("stop", "web");
        assertThat(send("cancel", Map.of("job", "2"))).containsExactly(Reply.ok());
        assertThat(reason(stop)).isEqualTo("job 2, stop web, was cancelled by uid 1000, pid 4711 before it began");
    }

    @Test
    void what_has_begun_and_what_is_not_there_cannot_be_cancelled() {
        List<Reply> restart = wait("restart", "web");
        assertThat(reason(send("cancel", Map.of("job", 1))))
                .isEqualTo("cannot cancel job 1, restart web: it has begun, and runs to its end");
        assertThat(reason(send("cancel", Map.of("job", 77))))
                .isEqualTo("cannot cancel job 77: there is none of that number; see circusctl jobs");
        assertThat(reason(send("cancel", Map.of("job", 0)))).contains("there is none of that number");
        assertThat(restart).isEmpty();
    }

    @Test
    void what_circusd_does_by_itself_is_told_without_a_number() {
        House slow = new House();
        slow.add("a", Stage.options(WatcherOptions.WARMUP_DELAY, 10.0));
        Commands ofSlow = new Commands(
                slow.arbiter,
                new StatsReader(Runnable::run, slow),
                slow.changes,
                slow.whereabouts,
                slow.eventsCommand,
                slow.tails,
                () -> {});
        slow.open();
        List<Reply> replies = new ArrayList<>();
        try {
            ofSlow.execute(new Call(CALLER, CommandSpec.JOBS, CommandSpec.JOBS.check(Map.of()), false, replies::add));
        } catch (CommandException refused) {
            throw new AssertionError(refused);
        }
        assertThat(Json.write(((Reply.Ok) replies.get(0)).fields().get("jobs")))
                .startsWith("[{\"job\": null, \"state\": \"running\"")
                .contains("\"by\": \"circusd\", \"command\": \"first start\"");
    }
}
