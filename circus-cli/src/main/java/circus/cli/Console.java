package circus.cli;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.EventListener;
import circus.command.CommandSpec;
import circus.curve.CurveKey;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import circus.curve.KeyPair;
import circus.message.Json;
import circus.message.Request;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs one command and prints what comes of it. One thread. */
final class Console implements AutoCloseable {
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

    private static final String NO_PLAN =
            "cannot tell a plan: this circusd knows no plans, and has reloaded its configuration instead\n";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean colours;
    private @Nullable CircusClient client;
    private String clientEndpoint = "";

    /** @param colours whether what goes to {@code out} is looked at by a person */
    Console(PrintStream out, PrintStream err, boolean colours) {
        this.out = out;
        this.err = err;
        this.colours = colours;
    }

    /** Tells the exit code. */
    int run(Invocation.RunCommand invocation) {
        String endpoint = invocation.settings().endpointFor(invocation.command());
        try {
            return switch (invocation.command()) {
                case LISTEN -> listen(endpoint, keys(invocation.settings()), topics(invocation));
                case KEYGEN -> keygen(invocation.properties());
                case EVENTS -> events(endpoint, keys(invocation.settings()), invocation);
                case TAIL -> tail(endpoint, invocation);
                case UPGRADE -> upgrade(endpoint, invocation);
                default -> call(endpoint, invocation);
            };
        } catch (CallException failed) {
            print(err, failed.isTimedOut() ? TIMED_OUT : failed.getMessage() + "\n");
            return FAILED;
        } catch (KeyFileException unusable) {
            print(err, unusable.getMessage() + "\n");
            return FAILED;
        } catch (IllegalArgumentException malformedEndpoint) {
            print(err, malformedEndpoint.getMessage() + "\n");
            return FAILED;
        }
    }

    private int call(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        Request request =
                new Request(CircusClient.freshId(), invocation.command().word(), invocation.properties(), false);
        Answer answer = client(endpoint, settings).call(request, settings.timeout());
        if (settings.json()) {
            print(out, json(answer, settings.prettify()) + "\n");
            return DONE;
        }
        if (answer.isError()) {
            // Circus leaves the word out there, and scripts compare what they read.
            boolean plain = invocation.command() == CommandSpec.GLOBALOPTIONS;
            print(err, (plain ? "" : "error: ") + answer.reason() + "\n");
            return REFUSED;
        }
        if (wasCarriedOut(invocation, answer)) {
            print(err, NO_PLAN);
            return FAILED;
        }
        print(out, Printer.text(invocation.command(), answer) + "\n");
        return DONE;
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
        return colours ? Colours.json(pretty) : pretty;
    }

    private CircusClient client(String endpoint, Settings settings) throws KeyFileException {
        CircusClient current = client;
        if (current == null || !clientEndpoint.equals(endpoint)) {
            close();
            current = new CircusClient(endpoint, keys(settings));
            client = current;
            clientEndpoint = endpoint;
        }
        return current;
    }

    private int events(String endpoint, @Nullable KeyFile keys, Invocation.RunCommand invocation)
            throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        String word = invocation.command().word();
        CircusClient control = client(endpoint, settings);
        return new EventFeed(out, err, endpoint, keys, settings.json(), invocation.properties())
                .run(properties ->
                        control.call(new Request(CircusClient.freshId(), word, properties, false), settings.timeout()));
    }

    private int tail(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        String word = invocation.command().word();
        CircusClient control = client(endpoint, settings);
        try {
            return new TailFeed(new TailLines(out, colours, settings.json()), err, invocation.properties(), settings)
                    .run(properties -> control.call(
                            new Request(CircusClient.freshId(), word, properties, false), settings.timeout()));
        } catch (ArgumentException noTime) {
            print(err, noTime.getMessage() + "\n");
            return FAILED;
        }
    }

    private int upgrade(String endpoint, Invocation.RunCommand invocation) throws CallException, KeyFileException {
        Settings settings = invocation.settings();
        String word = invocation.command().word();
        CircusClient control = client(endpoint, settings);
        try {
            return new UpgradeFeed(out, err, settings.json(), invocation.properties())
                    .run(properties -> control.call(
                            new Request(CircusClient.freshId(), word, properties, false), settings.timeout()));
        } catch (ArgumentException noPath) {
            print(err, noPath.getMessage() + "\n");
            return FAILED;
        }
    }

    private int listen(String endpoint, @Nullable KeyFile keys, List<String> topics) throws CallException {
        try (CircusClient events = new CircusClient(endpoint, keys)) {
            events.subscribe(topics, new EventListener() {
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

    private static @Nullable KeyFile keys(Settings settings) throws KeyFileException {
        if (settings.curve() == null) {
            return null;
        }
        Path file = path(settings.curve());
        try {
            return KeyFile.readClient(file);
        } catch (KeyFileException unusable) {
            throw new KeyFileException("cannot use the keys in " + file + ": " + unusable.getMessage());
        }
    }

    private int keygen(Map<String, @Nullable Object> properties) throws KeyFileException {
        Path path = path(String.valueOf(properties.get("name")));
        Optional<CurveKey> server = Optional.empty();
        if (properties.get("server") instanceof String certificate) {
            try {
                server = Optional.of(KeyFile.read(path(certificate)).publicKey());
            } catch (KeyFileException unusable) {
                throw new KeyFileException("cannot use the keys in " + certificate + ": " + unusable.getMessage());
            }
        }
        new KeyPair().write(path, server);
        print(out, KeyPair.publicFile(path) + "\n" + KeyPair.secretFile(path) + "\n");
        return DONE;
    }

    private static Path path(String text) throws KeyFileException {
        try {
            Path path = Path.of(text);
            if (text.isEmpty() || path.getFileName() == null) {
                throw new KeyFileException("cannot use '" + text + "': it is no name of a file");
            }
            return path;
        } catch (InvalidPathException malformed) {
            throw new KeyFileException("cannot use " + text + ": " + malformed.getReason());
        }
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

    @Override
    public void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
