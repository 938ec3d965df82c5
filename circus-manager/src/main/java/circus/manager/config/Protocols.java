package circus.manager.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** The numbers of network protocols, by name (protocols(5)). The machine's table adds to those that every Linux has. Any thread. */
final class Protocols {
    private static final Path TABLE = Path.of("/etc/protocols");

    private static final Map<String, Integer> KNOWN = Map.of(
            "ip",
            0,
            "icmp",
            1,
            "igmp",
            2,
            "tcp",
            6,
            "udp",
            17,
            "dccp",
            33,
            "ipv6-icmp",
            58,
            "sctp",
            132,
            "udplite",
            136);

    private Protocols() {}

    /** The number of a protocol, whatever the case of its name; empty if nobody knows it. */
    static OptionalInt number(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        Integer known = KNOWN.get(lower);
        return known == null ? inTable(lower) : OptionalInt.of(known);
    }

    private static OptionalInt inTable(String lower) {
        List<String> lines;
        try {
            lines = Files.readAllLines(TABLE, StandardCharsets.ISO_8859_1);
        } catch (IOException none) {
            // A small system has no such table.
            return OptionalInt.empty();
        }
        for (String line : lines) {
            List<String> words = List.of(line.replaceFirst("#.*", "").strip().split("\\s+"));
            boolean named = words.size() > 1
                    && words.get(1).matches("\\d{1,5}")
                    && words.stream()
                            .anyMatch(word -> word.toLowerCase(Locale.ROOT).equals(lower));
            if (named) {
                return OptionalInt.of(Integer.parseInt(words.get(1)));
            }
        }
        return OptionalInt.empty();
    }
}
