package circus.cli;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.EventListener;
import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.command.spi.CommandDefinition;
import circus.curve.CurveKey;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import circus.curve.KeyPair;
import circus.message.Json;
import circus.message.Request;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs commands, one after the other and all with the same settings, and prints what comes of each. One thread. */
final class Console implements AutoCloseable, Added {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int REFUSED = 3;

    private static final String TIMED_OUT = """
            Timed out.
            A time out usually happens in one of those cases:

            #1 The Circus daemon could not be reached.
            #2 The Circus daemon took too long to perform the operation

            For #1, make sure you are hitting the right place
            by checking your --endpoint option.

            For #2, if you are not expecting a result to
            come back, increase your timeout option value
            (particularly with waiting switches)
            """;

    private static final Duration SOON = Duration.ofSeconds(1);

    private static final String NO_PLAN =
            "cannot tell a plan: this circusd knows no plans, and has reloaded its configuration instead\n";

    private final PrintStream out;
    private final PrintStream err;
    private final Screen screen;
    private @Nullable CircusClient client;
    private String clientEndpoint = "";
    private @Nullable Route route;

    /** @param screen what looks at {@code out} */
    Console(PrintStream out, PrintStream err, Screen screen) {
        this.out = out;
        this.err = err;
        this.screen = screen;
    }

    /** Tells the exit code. */
    int run(Invocation.RunCommand invocation) {
        String endpoint = invocation.settings().endpointFor(invocation.command());
        try {
            if (!(invocation.command() instanceof CommandSpec own)) {
                return added(endpoint, invocation);
            }
            return switch (own) {
                case LISTEN -> listen(endpoint, invocation);
                case KEYGEN -> keygen(invocation.properties());
                case EVENTS -> events(endpoint, invocation);
                case TAIL -> tail(endpoint, invocation);
                case UPGRADE -> upgrade(endpoint, invocation);
                case STATUS -> status(endpoint, invocation);
                default -> call(endpoint, invocation);
            };
        } catch (CallException failed) {
            return failed(err, failed);
        } catch (KeyFileException | IllegalArgumentException unusable) { // The latter of an endpoint.
            print(err, unusable.getMessage() + "\n");
            return FAILED;
        }
    }

    /** Tells why there is no answer; tells the exit code. */
    static int failed(PrintStream err, CallException failed) {
        if (!failed.isInterrupted()) {
            String reason = failed.getMessage() + "\n";
            print(err, !failed.isTimedOut() ? reason : Screen.isErrorRead() ? TIMED_OUT + "\n" + reason : TIMED_OUT);
        }
        return FAILED;
    }

    /** One that was added is printed as circusd says. */
    private int added(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        Map<String, @Nullable Object> properties = new LinkedHashMap<>(invocation.properties());
        if (!settings.json()) {
            properties.put(CommandDefinition.TEXT, true);
        }
        return call(endpoint, new Invocation.RunCommand(settings, invocation.command(), properties));
    }

    /** Asked each time: a line may lead to another circusd, and that may have been started anew. */
    @Override
    public List<CommandDefinition> of(Settings settings) {
        return look(settings, CommandSpec.COMMANDS, Map.of())
                .map(Console::definitions)
                .orElse(List.of());
    }

    /** One that says nothing soon is asked once more, as it may be busy; where nobody is there, that would not help. */
    @Override
    public List<CommandDefinition> demanded(Settings settings) throws CallException, KeyFileException {
        CircusClient circusd = client(settings.endpointFor(CommandSpec.COMMANDS), settings);
        Duration left = settings.timeout().minus(SOON);
        try {
            return definitions(circusd.call(commands(), left.isNegative() ? settings.timeout() : SOON));
        } catch (CallException late) {
            if (late.isNobodyThere() && settings.patience().isZero()) {
                return List.of();
            }
            if (!late.isTimedOut() || left.isNegative() || left.isZero()) {
                throw late;
            }
        }
        return definitions(circusd.call(commands(), left));
    }

    private static Request commands() {
        return new Request(CircusClient.freshId(), CommandSpec.COMMANDS.word(), Map.of(), false);
    }

    private static List<CommandDefinition> definitions(Answer answer) {
        List<CommandDefinition> added = new ArrayList<>();
        if (!answer.isError() && answer.fields().get("commands") instanceof List<?> commands) {
            for (Object each : commands) {
                CommandDefinition.of(Printer.map(each)).ifPresent(added::add);
            }
        }
        return added;
    }

    /** A table for who looks at it, and Circus's text for all others. */
    private int status(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        Map<String, @Nullable Object> properties = new LinkedHashMap<>(invocation.properties());
        boolean plain = properties.remove("plain") != null;
        Invocation.RunCommand plainly = new Invocation.RunCommand(settings, CommandSpec.STATUS, properties);
        if (plain || !screen.terminal() || settings.json() || properties.containsKey("changes")) {
            return call(endpoint, plainly);
        }
        CircusClient circusd = client(endpoint, settings);
        Map<String, @Nullable Object> detailed = new LinkedHashMap<>(properties);
        detailed.put("details", true);
        Answer answer = ask(circusd, CommandSpec.STATUS, detailed, settings);
        if (answer.isError()) {
            return tell(plainly, answer);
        }
        String warning = look(settings, CommandSpec.VERSIONS, Map.of())
                .map(versions -> VersionTable.warning(versions.fields()))
                .orElse("");
        String table = StatusTable.text(answer, infos(circusd, properties, settings), screen);
        print(out, table + "\n" + (warning.isEmpty() ? "" : warning + "\n"));
        return DONE;
    }

    /** The figures of processes by watcher; none where circusd has none or takes too long. */
    private Map<String, @Nullable Object> infos(
            CircusClient circusd, Map<String, @Nullable Object> properties, Settings settings) {
        Map<String, @Nullable Object> fields = Map.of();
        try {
            fields = ask(circusd, CommandSpec.STATS, properties, settings).fields();
        } catch (CallException late) {
            print(err, "circusctl: no figures of processes: " + late.getMessage() + "\n");
        }
        return properties.get("name") instanceof String name
                ? Collections.singletonMap(name, fields.get("info"))
                : Printer.map(fields.get("infos"));
    }

    /** What circusd says to a question that is asked by the way; nothing where it does not say it soon. */
    Optional<Answer> look(Settings settings, CommandSpec command, Map<String, @Nullable Object> properties) {
        try {
            Request request = new Request(CircusClient.freshId(), command.word(), properties, false);
            Answer answer =
                    client(settings.endpointFor(command), settings.atOnce()).call(request, SOON);
            return answer.isError() ? Optional.empty() : Optional.of(answer);
        } catch (CallException | KeyFileException | IllegalArgumentException notThere) {
            return Optional.empty();
        }
    }

    private static Answer ask(
            CircusClient circusd,
            CommandDeclaration command,
            Map<String, @Nullable Object> properties,
            Settings settings)
            throws CallException {
        return circusd.call(new Request(CircusClient.freshId(), command.word(), properties, false), settings.timeout());
    }

    private int call(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        return tell(
                invocation, ask(client(endpoint, settings), invocation.command(), invocation.properties(), settings));
    }

    private int tell(Invocation.RunCommand invocation, Answer answer) {
        Settings settings = invocation.settings();
        if (settings.json()) {
            print(out, json(answer, settings.prettify()) + "\n");
            return DONE;
        }
        if (answer.isError()) {
            print(err, refusal(invocation.command(), answer.reason()) + "\n");
            return REFUSED;
        }
        if (wasCarriedOut(invocation, answer)) {
            print(err, NO_PLAN);
            return FAILED;
        }
        print(out, Printer.text(invocation.command(), answer) + "\n");
        return DONE;
    }

    /** Circus leaves the one or the other out for two commands, and scripts compare what they read. */
    private static String refusal(CommandDeclaration command, String reason) {
        if (command == CommandSpec.GLOBALOPTIONS) {
            return reason;
        }
        return command == CommandSpec.STATUS && !Screen.isErrorRead() ? "error" : "error: " + reason;
    }

    /** A plan was asked for, of a circusd that knows none and drops the word. */
    private static boolean wasCarriedOut(Invocation.RunCommand invocation, Answer answer) {
        return invocation.command() == CommandSpec.RELOADCONFIG
                && invocation.properties().containsKey("plan")
                && !answer.fields().containsKey("text");
    }

    private String json(Answer answer, boolean prettify) {
        if (!prettify) {
            return Json.write(answer.fields());
        }
        String pretty = Json.pretty(answer.fields());
        return screen.colours() ? Colours.json(pretty) : pretty;
    }

    /** Where one has to wait for circusd, it is there when this returns. */
    private CircusClient client(String endpoint, Settings settings) throws CallException, KeyFileException {
        CircusClient current = client;
        if (current == null
                || !clientEndpoint.equals(endpoint)
                || !route(settings).isOpen(endpoint)) {
            closeClient();
            current = route(settings).client(endpoint);
            client = current;
            clientEndpoint = endpoint;
        }
        if (!settings.patience().isZero()) {
            current.awaitPeer(settings.patience());
        }
        return current;
    }

    private Route route(Settings settings) {
        Route current = route;
        if (current == null) {
            current = new Route(settings);
            route = current;
        }
        return current;
    }

    private int events(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        CircusClient control = client(endpoint, settings);
        return new EventFeed(out, err, endpoint, route(settings), settings.json(), invocation.properties())
                .run(properties -> ask(control, invocation.command(), properties, settings));
    }

    private int tail(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        CircusClient control = client(endpoint, settings);
        try {
            return new TailFeed(
                            new TailLines(out, screen.colours(), settings.json()),
                            err,
                            invocation.properties(),
                            settings)
                    .run(properties -> ask(control, invocation.command(), properties, settings));
        } catch (ArgumentException noTime) {
            print(err, noTime.getMessage() + "\n");
            return FAILED;
        }
    }

    private int upgrade(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        CircusClient control = client(endpoint, settings);
        try {
            return new UpgradeFeed(out, err, settings.json(), invocation.properties())
                    .run(properties -> ask(control, invocation.command(), properties, settings));
        } catch (ArgumentException noPath) {
            print(err, noPath.getMessage() + "\n");
            return FAILED;
        }
    }

    private int listen(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        try (CircusClient events = route(invocation.settings()).client(endpoint)) {
            events.subscribe(topics(invocation), new EventListener() {
                @Override
                public boolean event(String topic, byte[] body) {
                    print(out, topic + ": " + new String(body, StandardCharsets.UTF_8) + "\n");
                    return !out.checkError();
                }

                @Override
                public boolean waiting(String reason) {
                    print(err, "circusctl: nothing publishes at " + endpoint + " (" + reason + "): waiting\n");
                    return true;
                }
            });
        }
        return FAILED;
    }

    private int keygen(Map<String, @Nullable Object> properties) throws KeyFileException {
        Path path = Route.path(String.valueOf(properties.get("name")));
        Optional<CurveKey> server = Optional.empty();
        if (properties.get("server") instanceof String certificate) {
            try {
                server = Optional.of(KeyFile.read(Route.path(certificate)).publicKey());
            } catch (KeyFileException unusable) {
                throw new KeyFileException("cannot use the keys in " + certificate + ": " + unusable.getMessage());
            }
        }
        new KeyPair().write(path, server);
        print(out, KeyPair.publicFile(path) + "\n" + KeyPair.secretFile(path) + "\n");
        return DONE;
    }

    private static List<String> topics(Invocation.RunCommand invocation) {
        List<String> topics = new ArrayList<>();
        if (invocation.properties().get("topics") instanceof List<?> given) {
            for (Object topic : given) {
                topics.add(String.valueOf(topic));
            }
        }
        return topics;
    }

    /** UTF-8 whatever the locale says, as names of watchers are UTF-8 everywhere else. */
    static void print(PrintStream stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        stream.write(bytes, 0, bytes.length);
        stream.flush();
    }

    private void closeClient() {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    @Override
    public void close() {
        closeClient();
        if (route != null) {
            route.close();
            route = null;
        }
    }
}
