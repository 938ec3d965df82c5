package circus.manager.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The numbers of users and groups, as {@code $(circus.uid)} tells them. Only {@code /etc/passwd} and {@code /etc/group} are read, since
 * Java can ask the system for names alone; who comes from elsewhere has no number here. Any thread.
 */
final class AccountNumbers {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final Path GROUPS = Path.of("/etc/group");
    private static final int ID = 2;
    private static final int GROUP_OF_USER = 3;

    private AccountNumbers() {}

    /** Of a user by name or number, as far as it is known; else the word itself. */
    static String user(String user) {
        return field(USERS, user, ID).orElse(user);
    }

    static String group(String group) {
        return field(GROUPS, group, ID).orElse(group);
    }

    /** The primary group of a user. */
    static Optional<String> groupOfUser(String user) {
        return field(USERS, user, GROUP_OF_USER);
    }

    static Optional<String> nameOfUser(String user) {
        return field(USERS, user, 0);
    }

    private static Optional<String> field(Path file, String account, int field) {
        boolean number = account.matches("\\d+");
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > field && fields[number ? ID : 0].equals(account))
                    .map(fields -> fields[field])
                    .findFirst();
        } catch (IOException none) {
            // Nobody is known, then.
            return Optional.empty();
        }
    }
}
