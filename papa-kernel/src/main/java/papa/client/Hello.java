package papa.client;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How a kernel introduces itself.
 *
 * @param version of the program, for people
 * @param wire version of the framed wire
 * @param instance 16 hex digits, new with each kernel that starts from nothing
 * @param capabilities extensions it knows, for example {@code follow}
 */
public record Hello(String version, int wire, String instance, int pid, Instant started, Set<String> capabilities) {
    public Hello {
        capabilities = Set.copyOf(capabilities);
    }

    /** @param line {@code papa VERSION wire=N instance=HEX pid=N started=MICROS capabilities=A,B}; more may follow */
    static Hello parse(String line) throws PapaException {
        String[] words = line.split(" ");
        Map<String, String> fields = new HashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                fields.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        if (words.length < 2 || !words[0].equals("papa")) {
            throw new PapaException("it does not introduce itself as papa but says \"" + line + "\"");
        }
        try {
            return new Hello(
                    words[1],
                    Integer.parseInt(field(fields, "wire", line)),
                    field(fields, "instance", line),
                    Integer.parseInt(field(fields, "pid", line)),
                    Instant.EPOCH.plus(Long.parseLong(field(fields, "started", line)), ChronoUnit.MICROS),
                    Set.copyOf(Arrays.asList(field(fields, "capabilities", line).split(","))));
        } catch (IllegalArgumentException e) {
            throw new PapaException("its hello makes no sense: \"" + line + "\"", e);
        }
    }

    private static String field(Map<String, String> fields, String name, String line) throws PapaException {
        String value = fields.get(name);
        if (value == null) {
            throw new PapaException("its hello has no " + name + ": \"" + line + "\"");
        }
        return value;
    }

    /** Whether the kernel knows an extension. */
    public boolean can(String capability) {
        return capabilities.contains(capability);
    }
}
