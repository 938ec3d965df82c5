package papa.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import papa.wire.Words;

/** {@code papa upgrade}: has a running kernel become another program, and tells how that goes. */
public final class UpgradeCommand {
    /** A proof may take half a minute, and what is under way ten seconds to end. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String USAGE = """
            usage: papa upgrade [options]

            Puts this program in the place of a running papa, whatever its version: under the same pid, with all that it
            holds. What runs under it goes on and loses nothing; connections wait for a moment. First the new program
            proves that it can; if it cannot, nothing changes.

            options:
                  --to HOME           the home of another program: a folder with bin/papa
                  --java JAVA_HOME    what to run it with; default $JAVA_HOME, else the java of this command
              -u, --unix-socket PATH  where the running papa is; default /run/circus/papa.sock for root,
                                      /tmp/circus-UID/papa.sock for others
              -h, --help              show this

            Exit codes: 0 the new program has answered; 1 nothing has changed, or no answer came; 2 wrong arguments.

            examples:
              /opt/circus-0.2.0/bin/papa upgrade
              papa upgrade --to /opt/circus-0.1.0 --unix-socket /run/my/papa.sock
            """;

    private String to = "";
    private String java = "";
    private String socket = "";

    private UpgradeCommand() {}

    public static void main(String[] words) {
        System.exit(new UpgradeCommand().run(List.of(words)));
    }

    private int run(List<String> words) {
        if (words.contains("-h") || words.contains("--help")) {
            System.out.print(USAGE);
            return 0;
        }
        Optional<String> wrong = read(words);
        if (wrong.isPresent()) {
            System.err.println("papa upgrade: " + wrong.get());
            return 2;
        }
        try {
            return upgrade(socket.isEmpty() ? usualSocket() : Path.of(socket).toAbsolutePath());
        } catch (IOException failed) {
            System.err.println("cannot upgrade: " + failed.getMessage());
            return 1;
        }
    }

    /** What is wrong with the words, if anything. */
    private Optional<String> read(List<String> words) {
        Deque<String> rest = new ArrayDeque<>();
        for (String word : words) {
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            rest.add(equals < 0 ? word : word.substring(0, equals));
            if (equals >= 0) {
                rest.add(word.substring(equals + 1));
            }
        }
        while (!rest.isEmpty()) {
            String word = rest.remove();
            String value = rest.isEmpty() ? "" : rest.peek();
            switch (word) {
                case "--to" -> to = value;
                case "--java" -> java = value;
                case "-u", "--unix-socket" -> socket = value;
                default -> {
                    return Optional.of(
                            "cannot take \"" + word + "\": unknown; papa upgrade --help tells what there is");
                }
            }
            if (value.isEmpty()) {
                return Optional.of("cannot take " + word + ": a path must follow it");
            }
            rest.remove();
        }
        return Optional.empty();
    }

    private static Path usualSocket() throws IOException {
        Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return Path.of(uid.equals(0) ? "/run/circus" : "/tmp/circus-" + uid, "papa.sock");
    }

    private int upgrade(Path path) throws IOException {
        String home = to.isEmpty() ? System.getProperty("circus.home", "") : to;
        String jdk = java.isEmpty()
                ? Objects.requireNonNullElse(System.getenv("JAVA_HOME"), System.getProperty("java.home"))
                : java;
        List<String> request = new ArrayList<>(List.of("upgrade"));
        request.add(Words.quote("to", absolute(home)));
        request.add(Words.quote("java", absolute(jdk)));
        try (Conversation papa = converse(path)) {
            papa.hear(line -> {});
            papa.say("hello");
            String welcome = papa.hear(line -> {});
            if (!welcome.matches(".* capabilities=\\S*\\bupgrade\\b.*")) {
                throw new IOException("the papa at " + path + " is one that has no upgrade in place: " + welcome);
            }
            papa.say(String.join(" ", request));
            String last = answer(papa);
            if (last.startsWith("Error: ")) {
                System.err.println(Words.text(last.substring("Error: ".length())));
                return 1;
            }
            return last.startsWith("replaced: ") ? 0 : 1;
        }
    }

    private static String answer(Conversation papa) throws IOException {
        try {
            return papa.hear(line -> {
                if (!line.startsWith("Error: ")) {
                    System.out.println(Words.text(line));
                }
            });
        } catch (IOException lost) {
            throw new IOException(
                    "no answer came: " + lost.getMessage()
                            + "; whether papa goes on, and as which version, is not known: see its log, and ask it (hello)",
                    lost);
        }
    }

    private static Conversation converse(Path path) throws IOException {
        try {
            return new Conversation(path, LIMIT);
        } catch (IOException refused) {
            throw new IOException("no papa answers at " + path + ": " + refused.getMessage(), refused);
        }
    }

    private static String absolute(String path) {
        return Words.utf8(Path.of(path).toAbsolutePath().normalize().toString());
    }
}
