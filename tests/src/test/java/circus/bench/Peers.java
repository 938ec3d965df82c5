package circus.bench;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The two C programs beside which the kernel is measured: {@code peer} does the same work by itself, {@code client} asks a
 * kernel for it. Both tell nanoseconds.
 */
final class Peers {
    static final Duration LIMIT = Duration.ofSeconds(40);

    /** What the children get to know in both cases. */
    private static final List<String> SAME_ENVIRONMENT =
            List.of("env.PATH=/usr/local/bin:/usr/bin:/bin", "env.HOME=/srv/site", "env.LANG=C.UTF-8");

    final Path peer;
    private final Path client;

    Peers(Home home) throws IOException {
        peer = Tools.compile("peer", home.directory());
        client = Tools.compile("client", home.directory());
    }

    /** {@code peer WORDS…}. */
    List<String> peer(String... words) {
        return command(peer.toString(), words);
    }

    /** {@code client SOCKET WORDS…}, then the options that all have, then {@code rest}, which begins with options. */
    List<String> client(Path socket, List<String> words, String... rest) {
        List<String> command = new ArrayList<>(List.of(client.toString(), socket.toString()));
        command.addAll(words);
        command.addAll(SAME_ENVIRONMENT);
        command.addAll(List.of(rest));
        return command;
    }

    private static List<String> command(String program, String... words) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(words));
        return command;
    }

    /** Runs one to its end; the number behind {@code word} in what it wrote. */
    static long nanos(String word, List<String> command) {
        return nanos(word, command, List.of());
    }

    /** The same, with variables {@code NAME=VALUE} of its own. */
    static long nanos(String word, List<String> command, List<String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CIRCUS_BUILD", "never");
        for (String variable : environment) {
            builder.environment().put(variable.split("=", 2)[0], variable.split("=", 2)[1]);
        }
        return number(word, Commands.run(LIMIT, builder).mustSucceed().text());
    }

    static long number(String word, String text) {
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(word + " ")) {
                return Long.parseLong(line.split(" ", -1)[1]);
            }
        }
        throw new IllegalStateException("no \"" + word + "\" in: " + text);
    }

    /** Runs one that writes a number in each line. */
    static long[] all(List<String> command) {
        String text =
                Commands.run(LIMIT, new ProcessBuilder(command)).mustSucceed().text();
        return text.lines().mapToLong(Long::parseLong).toArray();
    }
}
