package circus.manager.recall;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/**
 * How far somebody has read: of one life of the kernel, an offset for each stream. It is given to the client, who brings it back; so nobody
 * has to remember him, and any later manager can go on.
 *
 * @param instance of the kernel
 * @param from the next byte of each stream
 * @param inLine those where that is within a line
 * @param to where to end; empty for no end
 * @param logs what is to be read of log files before, by their paths, which count only where they are those of logs
 */
public record TailCursor(
        String instance,
        Map<Voice, Long> from,
        Set<Voice> inLine,
        Map<Voice, Long> to,
        Map<Path, List<LogLane.Part>> logs) {
    public TailCursor {
        from = Map.copyOf(from);
        inLine = Set.copyOf(inLine);
        to = Map.copyOf(to);
        logs = Map.copyOf(logs);
    }

    /**
     * From what a client has sent.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static TailCursor parse(Map<String, @Nullable Object> json) {
        Set<Voice> inLine = new LinkedHashSet<>();
        if (json.get("in_line") instanceof List<?> list) {
            list.forEach(each -> inLine.add(voice(String.valueOf(each))));
        }
        if (!(json.get("instance") instanceof String instance)) {
            throw new IllegalArgumentException("no instance");
        }
        return new TailCursor(
                instance, offsets(json.get("from")), inLine, offsets(json.get("to")), logs(json.get("logs")));
    }

    private static Map<Voice, Long> offsets(@Nullable Object json) {
        Map<Voice, Long> offsets = new LinkedHashMap<>();
        if (json instanceof Map<?, ?> map) {
            map.forEach((voice, offset) -> {
                if (!(offset instanceof Long number) || number < 0) {
                    throw new IllegalArgumentException("no offset: " + offset);
                }
                offsets.put(voice(String.valueOf(voice)), number);
            });
        }
        return offsets;
    }

    private static Map<Path, List<LogLane.Part>> logs(@Nullable Object json) {
        Map<Path, List<LogLane.Part>> logs = new LinkedHashMap<>();
        if (json instanceof Map<?, ?> map) {
            map.forEach((name, parts) -> {
                Path path = Path.of(String.valueOf(name));
                List<LogLane.Part> own = new ArrayList<>();
                if (parts instanceof List<?> list) {
                    for (Object part : list) {
                        if (part instanceof List<?> words
                                && words.size() == 3
                                && words.get(0) instanceof String inode
                                && !inode.isEmpty()
                                && words.get(1) instanceof Long from
                                && words.get(2) instanceof Long end
                                && from >= 0) {
                            own.add(new LogLane.Part(path, inode, from, end));
                        }
                    }
                }
                // They are in order: what is too much is the oldest.
                logs.put(path, own.subList(Math.max(0, own.size() - LogLane.MOST_PARTS), own.size()));
            });
        }
        return logs;
    }

    private static Voice voice(String text) {
        int dot = text.indexOf('.');
        for (Channel channel : Channel.values()) {
            if (dot > 0 && text.substring(dot + 1).equals(channel.word())) {
                return new Voice(Long.parseLong(text.substring(0, dot)), channel);
            }
        }
        throw new IllegalArgumentException("no stream: " + text);
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("instance", instance);
        json.put("from", texts(from));
        List<Object> within = new ArrayList<>();
        inLine.stream().sorted().forEach(voice -> within.add(voice.text()));
        json.put("in_line", within);
        json.put("to", texts(to));
        if (!logs.isEmpty()) {
            Map<String, @Nullable Object> left = new LinkedHashMap<>();
            logs.forEach((path, parts) -> left.put(path.toString(), words(parts)));
            json.put("logs", left);
        }
        return json;
    }

    private static List<Object> words(List<LogLane.Part> parts) {
        List<Object> words = new ArrayList<>();
        parts.forEach(part -> words.add(List.of(part.inode(), part.from(), part.to())));
        return words;
    }

    private static Map<String, @Nullable Object> texts(Map<Voice, Long> offsets) {
        Map<String, @Nullable Object> texts = new LinkedHashMap<>();
        offsets.keySet().stream().sorted().forEach(voice -> texts.put(voice.text(), offsets.get(voice)));
        return texts;
    }
}
