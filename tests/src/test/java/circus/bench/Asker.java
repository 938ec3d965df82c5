package circus.bench;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.message.Request;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** A client of libzmq, {@code resources/bench/asker.py}, that times the answers of a daemon, whichever it is. Needs Debian's python3-zmq. */
final class Asker {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path script;
    private final Circus circus;

    Asker(Home home, Circus circus) {
        script = home.resource("bench/asker.py");
        this.circus = circus;
    }

    /** Returns some time after so many processes run. */
    void awaitProcesses(int count) {
        while (processes() < count) {
            Usage.pause(Duration.ofMillis(200));
        }
        Usage.pause(Duration.ofSeconds(2));
    }

    private int processes() {
        try (CircusClient client = new CircusClient(circus.endpoint())) {
            Request request = new Request(CircusClient.freshId(), "numprocesses", Map.of(), false);
            Object count = client.call(request, LIMIT).fields().get("numprocesses");
            return count instanceof Number number ? number.intValue() : 0;
        } catch (CallException notYet) {
            return 0;
        }
    }

    /** The same request so often, one after the other. */
    Figures each(int count, String request) {
        return new Figures(nanos("each", Integer.toString(count), request));
    }

    /**
     * While operations are under way one after the other: the requests in turn, one every so many milliseconds.
     *
     * @param operations waiting requests, or seconds in which nothing is to happen
     */
    Figures during(List<String> operations, int everyMillis, String... requests) {
        LongStream all = LongStream.empty();
        for (String operation : operations) {
            List<String> words = new ArrayList<>(List.of("during", operation, Integer.toString(everyMillis)));
            words.addAll(List.of(requests));
            all = LongStream.concat(all, LongStream.of(nanos(words.toArray(String[]::new))));
        }
        return new Figures(all.toArray());
    }

    private long[] nanos(String... words) {
        List<String> command = new ArrayList<>(List.of(DebianPython.PROGRAM, script.toString(), circus.endpoint()));
        command.addAll(List.of(words));
        String text =
                Commands.run(LIMIT, new ProcessBuilder(command)).mustSucceed().text();
        return text.lines().mapToLong(Long::parseLong).toArray();
    }
}
