package papa.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The users that --allow-uid names, by number or name. Read once, before the kernel serves. */
final class AllowedUsers {
    private AllowedUsers() {}

    /** @param users passwd(5): names are looked up there */
    static Set<Integer> read(List<String> words, Path users) throws Refusal, IOException {
        Set<Integer> uids = new TreeSet<>();
        for (String word : words) {
            uids.add(word.matches("\\d{1,9}") ? Integer.parseInt(word) : named(word, users));
        }
        return uids;
    }

    private static int named(String name, Path users) throws Refusal, IOException {
        for (String line : Files.readAllLines(users, StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2 && fields[0].equals(name) && fields[2].matches("\\d{1,9}")) {
                return Integer.parseInt(fields[2]);
            }
        }
        throw new Refusal("cannot allow user " + name + ": there is no such user in " + users + "; give a number");
    }
}
