package circus.top;

import circus.client.CircusClient;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import circus.message.Endpoints;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command line and the environment say, checked. A value.
 *
 * @param endpoint the statistics feed
 * @param control where commands go
 * @param keys of the client, where the endpoints demand any
 * @param ssh the server to reach both through, or null
 * @param sshKeyFile to log in there with; null for what ssh finds by itself
 * @param processTimeout after so long without news a process is forgotten
 * @param timeout for the first figures, without a screen
 */
record Settings(
        String endpoint,
        String control,
        @Nullable KeyFile keys,
        @Nullable String ssh,
        @Nullable String sshKeyFile,
        Duration processTimeout,
        boolean readOnly,
        Look look,
        boolean once,
        boolean json,
        Duration timeout) {
    /** What cannot be followed: the message begins with "cannot". */
    static final class BadSettingException extends Exception {
        BadSettingException(String message) {
            super(message, null, false, false);
        }
    }

    private static final double LONGEST_SECONDS = 86_400;

    /** @param terminal whether the output is one */
    static Settings of(TopOptions options, Map<String, String> environment, boolean terminal)
            throws BadSettingException {
        String control = options.source.control;
        if (control == null) {
            String told = environment.getOrDefault("CIRCUSCTL_ENDPOINT", "");
            control = told.isEmpty() ? Endpoints.CONTROL : told;
        }
        check(options.source.endpoint);
        check(control);
        Duration processTimeout = seconds("--process-timeout", options.manner.processTimeout);
        Duration timeout = seconds("--timeout", options.plain.timeout);
        String curve = options.source.curve;
        if (curve == null) {
            String told = environment.getOrDefault("CIRCUSCTL_CURVE", "");
            curve = told.isEmpty() ? null : told;
        }
        return new Settings(
                options.source.endpoint,
                control,
                curve == null ? null : keys(curve),
                options.source.ssh,
                options.source.sshKeyFile,
                processTimeout,
                options.manner.readOnly,
                Look.of(environment, options.manner.ascii, options.manner.noColor),
                options.plain.once || (!terminal && !options.plain.json),
                options.plain.json,
                timeout);
    }

    private static void check(String endpoint) throws BadSettingException {
        try (CircusClient unused = new CircusClient(endpoint)) {
            // It connects later: this only reads the words.
        } catch (IllegalArgumentException malformed) {
            throw new BadSettingException(String.valueOf(malformed.getMessage()));
        }
    }

    private static Duration seconds(String option, double value) throws BadSettingException {
        if (!(value > 0 && value <= LONGEST_SECONDS)) {
            throw new BadSettingException(
                    "cannot use " + value + " as " + option + ": expected seconds, more than 0 and at most 86400");
        }
        return Duration.ofMillis(Math.max(1, Math.round(value * 1e3)));
    }

    private static KeyFile keys(String file) throws BadSettingException {
        try {
            return KeyFile.readClient(Path.of(file));
        } catch (KeyFileException unusable) {
            throw new BadSettingException("cannot use the keys in " + file + ": " + unusable.getMessage());
        } catch (InvalidPathException malformed) {
            throw new BadSettingException("cannot use the keys in " + file + ": " + malformed.getReason());
        }
    }
}
