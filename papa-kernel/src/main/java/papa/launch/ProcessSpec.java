package papa.launch;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import papa.request.Refusal;

/**
 * What {@code make process} asked for. Equal specs mean the same process: papa answers a second, equal request with the
 * process that is there. All words are byte strings.
 *
 * @param name unique among running processes
 * @param argv the program and its arguments, as they were asked for
 * @param shell run the first word by /bin/sh -c, the others being $0, $1…
 * @param environment in the order of the names
 * @param workingDirectory empty for the kernel's own
 * @param searchPath directories to look a program up in; empty for PATH of the environment, else /bin:/usr/bin
 * @param fileMask the umask, or -1 for the kernel's own
 * @param sockets names of held sockets that it inherits, each with its name in LISTEN_FDNAMES
 * @param bufferSize bytes of output that are held for it, both channels together; 0 captures nothing
 * @param attributes whatever else it is to have
 */
public record ProcessSpec(
        String name,
        List<String> argv,
        boolean shell,
        Map<String, String> environment,
        String workingDirectory,
        String searchPath,
        int fileMask,
        List<Map.Entry<String, String>> sockets,
        Target stdout,
        Target stderr,
        long bufferSize,
        ChildAttributes attributes) {
    /** Where a channel goes. */
    public enum Target {
        CAPTURED,
        NULL,
        /** Standard error goes where standard output goes. */
        MERGED,
        /** All three standard streams are papa's own; no request can ask for that. */
        INHERITED
    }

    public ProcessSpec {
        argv = List.copyOf(argv);
        sockets = List.copyOf(sockets);
    }

    /** What has to be remembered of a process that is not made twice by asking twice: all but its environment. */
    public ProcessSpec withoutEnvironment() {
        return new ProcessSpec(
                name,
                argv,
                shell,
                Map.of(),
                workingDirectory,
                searchPath,
                fileMask,
                sockets,
                stdout,
                stderr,
                bufferSize,
                attributes);
    }

    /** The machine ends words, variables and paths with a zero byte: one within would silently cut them short. */
    public void demandNoZeroBytes() throws Refusal {
        Stream<String> words = Stream.of(
                        argv.stream(),
                        environment.keySet().stream(),
                        environment.values().stream(),
                        sockets.stream().map(Map.Entry::getValue),
                        attributes.words(),
                        Stream.of(workingDirectory, searchPath))
                .flatMap(each -> each);
        if (words.anyMatch(each -> each.indexOf('\0') >= 0)) {
            throw new Refusal("cannot start " + name + ": no word, variable or path of a process may hold a zero byte");
        }
    }

    /** About how much of the heap it takes. */
    public long bytes() {
        long sum = 256L + name.length() + workingDirectory.length() + searchPath.length() + attributes.bytes();
        for (String word : argv) {
            sum += 48 + word.length();
        }
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            sum += 112 + variable.getKey().length() + variable.getValue().length();
        }
        for (Map.Entry<String, String> socket : sockets) {
            sum += 112 + socket.getKey().length() + socket.getValue().length();
        }
        return sum;
    }
}
