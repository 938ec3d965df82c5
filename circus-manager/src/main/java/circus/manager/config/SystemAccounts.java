package circus.manager.config;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Asks the system. Names are looked up wherever the system looks (nsswitch.conf), numbers in {@code /etc/passwd} and {@code /etc/group},
 * since Java can ask for nothing else: who comes from elsewhere must be given by name. Any thread; a name may take as long as its
 * directory service does.
 */
public final class SystemAccounts implements Accounts {
    private static final System.Logger LOG = System.getLogger(SystemAccounts.class.getName());
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final Path USERS = Path.of("/etc/passwd");
    private static final Path GROUPS = Path.of("/etc/group");
    private static final int ID_FIELD = 2;

    @Override
    public boolean hasUser(String user) {
        return NUMBER.matcher(user).matches() ? hasNumber(USERS, user) : hasName(user, false);
    }

    @Override
    public boolean hasGroup(String group) {
        return NUMBER.matcher(group).matches() ? hasNumber(GROUPS, group) : hasName(group, true);
    }

    private static boolean hasName(String name, boolean group) {
        UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            if (group) {
                lookup.lookupPrincipalByGroupName(name);
            } else {
                lookup.lookupPrincipalByName(name);
            }
            return true;
        } catch (IOException notFound) {
            return false;
        }
    }

    private static boolean hasNumber(Path file, String number) {
        try {
            // Names need not be UTF-8; only the digits matter.
            List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
            return lines.stream()
                    .map(line -> line.split(":", -1))
                    .anyMatch(fields -> fields.length > ID_FIELD && fields[ID_FIELD].equals(number));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot read {0}: {1}; {2} counts as known", file, e, number);
            return true;
        }
    }
}
