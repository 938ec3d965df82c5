package circus.manager.recall;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/**
 * An answer.
 *
 * @param lines in the order in which they were printed
 * @param cursor where the next one goes on
 * @param more whether there is more by now
 */
record TailPage(List<Utterance> lines, TailCursor cursor, boolean more) {
    TailPage {
        lines = List.copyOf(lines);
    }

    /** @param watchers their names as they are written; those of others are told in lower case */
    Map<String, @Nullable Object> toJson(List<String> watchers) {
        Map<String, String> names = new HashMap<>();
        watchers.forEach(name -> names.put(name.toLowerCase(Locale.ROOT), name));
        List<Object> shown = new ArrayList<>();
        lines.forEach(line -> shown.add(shown(line, names)));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("lines", shown);
        json.put("cursor", cursor.toJson());
        json.put("more", more);
        return json;
    }

    /** As a line of a JsonStream, and what is odd about it. */
    static Map<String, @Nullable Object> shown(Utterance line, Map<String, String> names) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("time", line.isTimed() ? line.micros() / 1e6 : null);
        String watcher = line.speaker().watcher();
        json.put("watcher", names.getOrDefault(watcher, watcher));
        json.put("wid", known(line.speaker().wid()));
        json.put("pid", known(line.speaker().pid()));
        json.put("stream", line.isChannelKnown() ? line.channel() == Channel.OUT ? "stdout" : "stderr" : null);
        if (line.lost() > 0) {
            json.put("lost", line.lost());
            return json;
        }
        putText(json, line.text());
        if (line.open()) {
            json.put("open", true);
        }
        if (line.continued()) {
            json.put("continued", true);
        }
        return json;
    }

    /** A log file need not tell it. */
    private static @Nullable Long known(int number) {
        return number == 0 ? null : Long.valueOf(number);
    }

    private static void putText(Map<String, @Nullable Object> json, ByteBuffer text) {
        try {
            json.put(
                    "message",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(text.duplicate())
                            .toString());
        } catch (CharacterCodingException noText) {
            byte[] bytes = new byte[text.remaining()];
            text.duplicate().get(bytes);
            json.put("message", StandardCharsets.UTF_8.decode(text.duplicate()).toString());
            json.put("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
