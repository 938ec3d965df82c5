package circus.tests.output;

import circus.tests.harness.Commands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Mounts that only some processes see (mount_namespaces(7)). A value.
 *
 * @param isUsers whether a user namespace goes with them, which gives anybody the right to mount there (user_namespaces(7))
 */
record Spaces(boolean isUsers) {
    /**
     * Empty where nobody may mount a file system.
     *
     * @param condition has to succeed there, too
     */
    static Optional<Spaces> offered(Path folder, String condition) {
        String trial = "mount -t tmpfs none " + folder + " && " + condition;
        Optional<Spaces> offered = Stream.of(new Spaces(false), new Spaces(true))
                .filter(spaces -> spaces.fresh("sh", "-c", trial).exit() == 0)
                .findFirst();
        if (offered.isEmpty()) {
            System.out.println("nobody may mount a file system here, or not one that the test needs");
        }
        return offered;
    }

    private Commands.Result fresh(String... words) {
        List<String> command = Stream.concat(fresh().stream(), Stream.of(words)).toList();
        return Commands.run(Duration.ofSeconds(5), command.toArray(String[]::new));
    }

    /** Words in front of a program that is to be the first there. */
    List<String> fresh() {
        return isUsers ? List.of("unshare", "-m", "-U", "--map-root-user") : List.of("unshare", "-m");
    }

    /**
     * Words in front of a program that is to see what a process sees.
     *
     * @param folder it starts in
     */
    List<String> inside(String pid, Path folder) {
        List<String> words = List.of("nsenter", "-m", "-t", pid, "--wd=" + folder);
        return isUsers
                ? Stream.concat(words.stream(), Stream.of("-U", "--preserve-credentials"))
                        .toList()
                : words;
    }
}
