package circus.manager.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether two notations mean one user, and who is in which group, as {@code /etc/passwd} and {@code /etc/group} have it; of users who come
 * from elsewhere only the notation itself is known. Any thread.
 */
public final class Identities {
    private static final Path GROUPS = Path.of("/etc/group");
    private static final int NAME = 0;
    private static final int ID = 2;
    private static final int MEMBERS = 3;

    private Identities() {}

    /** Names or numbers; root's several notations are one user too. */
    public static boolean isSameUser(String one, String other) {
        return one.equals(other) || AccountNumbers.user(one).equals(AccountNumbers.user(other));
    }

    /** A user's number; empty where it cannot be known. */
    public static OptionalInt number(String user) {
        try {
            return OptionalInt.of(Integer.parseUnsignedInt(AccountNumbers.user(user)));
        } catch (NumberFormatException unknown) {
            return OptionalInt.empty();
        }
    }

    /** Whether the user has the group anyway, as the first one or as one of many. */
    public static boolean isInGroup(String user, String group) {
        String number = AccountNumbers.group(group);
        Optional<String> first = AccountNumbers.groupOfUser(user);
        if (first.isPresent() && first.get().equals(number)) {
            return true;
        }
        Optional<String> name = AccountNumbers.nameOfUser(user);
        try {
            return Files.readAllLines(GROUPS, StandardCharsets.ISO_8859_1).stream()
                    .map(line -> line.split(":", -1))
                    .filter(fields ->
                            fields.length > MEMBERS && (fields[NAME].equals(group) || fields[ID].equals(number)))
                    .flatMap(fields -> Arrays.stream(fields[MEMBERS].split(",")))
                    .anyMatch(member -> name.isPresent() && member.equals(name.get()));
        } catch (IOException unreadable) {
            return false;
        }
    }
}
