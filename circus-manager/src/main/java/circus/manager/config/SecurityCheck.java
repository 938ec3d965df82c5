package circus.manager.config;

import circus.curve.ClientKeys;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import circus.options.CircusOptions;
import circus.options.Option;
import circus.options.OptionValues;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks whether what {@code [circus]} says of users, keys and the audit can be used at all. Used by one thread. */
final class SecurityCheck {
    /** A path that cannot be used, and why. */
    private interface Trial {
        void of(Path path) throws KeyFileException;
    }

    private final Path main;
    private final IniSection section;
    private final Problems problems;
    private final Accounts accounts;

    SecurityCheck(Path main, IniSection section, Problems problems) {
        this.main = main;
        this.section = section;
        this.problems = problems;
        this.accounts = new SystemAccounts();
    }

    /** @param looksAtFiles false for a configuration of earlier, which only tells what it was */
    void check(OptionValues values, boolean looksAtFiles) {
        boolean keys = values.get(CircusOptions.CURVE_SERVER_KEY).isPresent();
        boolean clients = values.get(CircusOptions.CURVE_CLIENTS).isPresent();
        if (keys && !clients) {
            error(CircusOptions.CURVE_SERVER_KEY, "it needs curve_clients beside it, else nobody could connect");
        }
        if (clients && !keys) {
            error(CircusOptions.CURVE_CLIENTS, "it needs curve_server_key beside it, circusd's own key pair");
        }
        if (!looksAtFiles) {
            return;
        }
        values.get(CircusOptions.ENDPOINT_OWNER)
                .filter(owner -> !accounts.hasUser(owner))
                .ifPresent(owner -> error(CircusOptions.ENDPOINT_OWNER, "there is no such user"));
        tryOut(values, CircusOptions.CURVE_SERVER_KEY, path -> {
            KeyFile unused = KeyFile.readSecret(path);
        });
        tryOut(values, CircusOptions.CURVE_CLIENTS, path -> {
            ClientKeys unused = ClientKeys.read(path);
        });
        CircusConfig.auditLog(main, values)
                .filter(file -> !Files.isDirectory(directory(file)) || Files.isDirectory(file))
                .ifPresent(file -> error(
                        CircusOptions.AUDIT_LOG,
                        Files.isDirectory(file)
                                ? file + " is a directory"
                                : "there is no directory " + directory(file)));
    }

    private static Path directory(Path file) {
        Path directory = file.getParent();
        return directory == null ? file : directory;
    }

    private void tryOut(OptionValues values, Option<Optional<String>> option, Trial trial) {
        Optional<String> name = values.get(option);
        if (name.isEmpty()) {
            return;
        }
        try {
            trial.of(CircusConfig.beside(main, name.get()));
        } catch (KeyFileException | InvalidPathException unusable) {
            error(option, String.valueOf(unusable.getMessage()));
        }
    }

    private void error(Option<?> option, String cause) {
        @Nullable IniEntry entry = section.get(option.key());
        if (entry != null) {
            problems.error(entry.place(), SectionReader.cannotUse(entry, section, cause));
        }
    }
}
