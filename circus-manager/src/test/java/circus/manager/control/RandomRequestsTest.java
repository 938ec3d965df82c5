package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;

import circus.command.CommandSpec;
import circus.command.Parameter;
import circus.message.Json;
import circus.message.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests of every kind, right, half right and wrong, through a real ROUTER to the real commands: each that is no cast gets exactly one
 * answer of the right form, and nothing is ever thrown into the loop. The seed is told; {@code -Dcircus.seed=N} has the same ones again, {@code
 * -Dcircus.rounds=N} more of them.
 */
@Timeout(120)
class RandomRequestsTest {
    private static final int ROUNDS = Integer.getInteger("circus.rounds", 60);
    private static final int IN_A_ROUND = 25;

    /** All but those that end the daemon: behind them there is nobody to answer. */
    private static final List<CommandSpec> COMMANDS = Arrays.stream(CommandSpec.values())
            .filter(spec -> spec != CommandSpec.QUIT && spec != CommandSpec.DETACH)
            .toList();

    private static final List<@Nullable Object> ANYTHING = Arrays.asList(
            null,
            true,
            false,
            0,
            1,
            -1,
            2.5,
            1e300,
            Double.NaN,
            Long.MAX_VALUE,
            "",
            " ",
            "web",
            "WEB",
            "w*",
            "(",
            "x",
            "7",
            "\ud800",
            "\u0000",
            List.of(),
            List.of("cmd"),
            List.of(1, List.of()),
            Map.of(),
            Map.of("numprocesses", 2),
            Map.of("zzz", 1),
            Map.of("cmd", "x", "env", Map.of("A", "b")),
            Map.of("hooks", "x"),
            Map.of("stop_signal", 99));

    /** What makes sense for the property of that name. */
    private static final Map<String, List<Object>> FITTING = new HashMap<>(Map.of(
            "name", List.of("web", "WEB", "w*", "new", "nope"),
            "keys", List.of(List.of("cmd"), List.of("cmd", "env"), List.of("zz")),
            "signum", List.of(15, "TERM", "rtmin+1", 9, 0, "SIGBOGUS", 99),
            "pid", List.of(1001, "1002", 4711),
            "nb", List.of(1, 2, -1),
            "cmd", List.of("sleep 1", "'"),
            "match", List.of("glob", "regex", "simple", "bogus"),
            "graceful_timeout", List.of(0, 1, "0.5"),
            "option", List.of("endpoint", "zz")));

    private final Random random;
    private final long seed = Long.getLong("circus.seed", System.nanoTime());

    RandomRequestsTest() {
        random = new Random(seed);
    }

    private <T extends @Nullable Object> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Map<String, @Nullable Object> properties(CommandSpec spec) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        for (Parameter parameter : spec.parameters()) {
            List<Object> fitting = FITTING.get(parameter.property());
            boolean given = parameter.mandatory() ? random.nextInt(8) > 0 : random.nextInt(3) == 0;
            if (given) {
                properties.put(
                        parameter.property(),
                        fitting != null && random.nextInt(4) > 0 ? one(fitting) : fine(parameter, one(ANYTHING)));
            }
        }
        return properties;
    }

    /** Patience without end is patience: nobody would ever be answered. */
    private static @Nullable Object fine(Parameter parameter, @Nullable Object value) {
        return parameter.property().equals("graceful_timeout")
                        && value instanceof Number number
                        && number.doubleValue() > 9
                ? null
                : value;
    }

    private Map<String, @Nullable Object> request(int number) {
        CommandSpec spec = one(COMMANDS);
        boolean takesAway = spec == CommandSpec.RM || spec == CommandSpec.RELOADCONFIG;
        if (takesAway && random.nextInt(10) > 0) {
            spec = CommandSpec.ADD;
        }
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("id", Map.of("number", number, "x", random.nextBoolean()));
        Object command = random.nextInt(25) == 0
                ? one(ANYTHING)
                : random.nextBoolean() ? spec.word() : spec.word().toUpperCase(Locale.ROOT);
        if (random.nextInt(40) > 0) {
            request.put("command", command);
        }
        if (random.nextInt(20) > 0) {
            request.put("properties", random.nextInt(25) == 0 ? one(ANYTHING) : properties(spec));
        }
        if (random.nextInt(6) == 0) {
            request.put("msg_type", random.nextBoolean() ? "cast" : one(ANYTHING));
        }
        return request;
    }

    @Test
    void every_request_gets_one_answer() throws Exception {
        System.out.println("circus.seed=" + seed);
        Served served = new Served();
        try (served;
                RawPeer dealer = served.dealer()) {
            for (int round = 0; round < ROUNDS; round++) {
                round(dealer, served, round);
            }
        }
        assertThat(served.mistakes).as("seed %d", seed).isEmpty();
    }

    private void round(RawPeer dealer, Served served, int round) throws IOException, JsonException {
        Map<String, String> open = new HashMap<>();
        for (int i = 0; i < IN_A_ROUND; i++) {
            Map<String, @Nullable Object> request = request(round * IN_A_ROUND + i);
            String text = Json.write(request);
            dealer.send(text.getBytes(StandardCharsets.UTF_8));
            if (!"cast".equals(request.get("msg_type"))) {
                open.put(Json.write(request.get("id")), text);
            }
        }
        List<String> unexpected = new ArrayList<>();
        while (!open.isEmpty()) {
            String answer;
            try {
                answer = dealer.receive().get(0);
            } catch (IOException silence) {
                throw new AssertionError(
                        "seed " + seed + ": no answer to " + open.values() + ", " + served.mistakes, silence);
            }
            Map<String, @Nullable Object> reply = Json.readObject(answer);
            assertThat(reply).as(answer).containsKeys("status", "time", "id");
            if ("error".equals(reply.get("status"))) {
                assertThat(reply.keySet()).as(answer).containsExactly("status", "reason", "tb", "time", "errno", "id");
                assertThat(reply.get("errno")).isIn(1L, 2L, 3L, 4L, 5L, 6L);
                assertThat((String) reply.get("reason")).isNotBlank().doesNotContain("Exception");
            }
            if (open.remove(Json.write(reply.get("id"))) == null) {
                unexpected.add(answer);
            }
        }
        assertThat(unexpected)
                .as("seed %d: answers that nobody has asked for", seed)
                .isEmpty();
    }
}
