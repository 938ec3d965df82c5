package circus.manager.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.command.spi.Command;
import circus.command.spi.CommandContext;
import circus.command.spi.CommandDefinition;
import circus.manager.command.Additions.Addition;
import circus.message.CommandException;
import circus.message.Reply;
import circus.message.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What calls of added commands cost circusd at the most; the test is circus-loop. */
@Timeout(60)
class AddedCommandsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1795209277);

    private final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private final List<String> replies = new ArrayList<>();
    private volatile boolean machineIsFull;

    private final AddedCommands commands = new AddedCommands(Additions.NONE, loop::add, task -> new Thread(task) {
        @Override
        public synchronized void start() {
            if (machineIsFull) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            super.start();
        }
    });

    /** What a command does. */
    private interface Deed {
        Map<String, @Nullable Object> done() throws Exception;
    }

    private static Addition addition(Deed deed) {
        CommandDefinition definition =
                CommandDefinition.of("deed", "Do something").limit(Duration.ofSeconds(50));
        Command command = new Command() {
            @Override
            public CommandDefinition definition() {
                return definition;
            }

            @Override
            public Map<String, @Nullable Object> execute(
                    CommandContext context, Map<String, @Nullable Object> properties) throws Exception {
                return deed.done();
            }
        };
        return new Addition(command, definition);
    }

    private void call(Addition addition) throws CommandException {
        commands.run(
                addition,
                Caller.UNKNOWN,
                new Request("1", "deed", Map.of(), false),
                (caller, request, told) -> {},
                reply -> replies.add(text(reply)));
    }

    private static String text(Reply reply) {
        return new String(reply.encode(1, NOW), StandardCharsets.UTF_8)
                .replace("\"time\": 1795209277.0, ", "")
                .replace(", \"id\": 1", "");
    }

    private Runnable nextTask() throws InterruptedException {
        return Objects.requireNonNull(loop.poll(20, TimeUnit.SECONDS), "a task for circus-loop");
    }

    @AfterEach
    void close() {
        commands.close();
    }

    @Test
    void a_reply_is_what_it_was_when_the_command_returned() throws Exception {
        List<String> live = new ArrayList<>(List.of("a"));
        call(addition(() -> Map.of("list", live)));
        Runnable delivery = nextTask();
        live.add("b");
        delivery.run();
        assertThat(replies).containsExactly("{\"status\": \"ok\", \"list\": [\"a\"]}");
    }

    @Test
    void a_thousand_calls_may_wait_for_their_turn() throws Exception {
        CountDownLatch begun = new CountDownLatch(AddedCommands.WORKING);
        CountDownLatch free = new CountDownLatch(1);
        Addition addition = addition(() -> {
            begun.countDown();
            free.await();
            return Map.of();
        });
        for (int i = 0; i < AddedCommands.WORKING; i++) {
            call(addition);
        }
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < AddedCommands.MOST_WAITING; i++) {
            call(addition);
        }
        assertThatThrownBy(() -> call(addition))
                .isInstanceOf(CommandException.class)
                .hasMessage(
                        "cannot carry out deed: 1000 calls of commands that were added wait for their turn already");

        free.countDown();
        while (replies.size() < AddedCommands.WORKING + AddedCommands.MOST_WAITING) {
            nextTask().run();
        }
        assertThat(replies).containsOnly("{\"status\": \"ok\"}");
        call(addition);
        nextTask().run();
        assertThat(loop).isEmpty();
    }

    @Test
    void a_call_for_which_there_is_no_thread_is_refused_and_never_answered_twice() throws Exception {
        Addition addition = addition(Map::of);
        machineIsFull = true; // There is none for the limit, either.
        assertRefused(addition);
        machineIsFull = false;
        call(addition);
        nextTask().run();
        machineIsFull = true;
        assertRefused(addition);
        machineIsFull = false;
        call(addition);
        nextTask().run();
        assertThat(replies).containsExactly("{\"status\": \"ok\"}", "{\"status\": \"ok\"}");
        assertThat(loop).isEmpty();
    }

    private void assertRefused(Addition addition) {
        assertThatThrownBy(() -> call(addition))
                .isInstanceOf(CommandException.class)
                .hasMessage("cannot carry out deed: unable to create native thread");
    }
}
