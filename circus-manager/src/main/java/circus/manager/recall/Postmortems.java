package circus.manager.recall;

import circus.manager.watcher.Death;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** Reads what is remembered of workers that have ended: how, and what they said last. Any thread. */
final class Postmortems {
    private final Recall recall;

    Postmortems(Recall recall) {
        this.recall = recall;
    }

    /**
     * The latest first.
     *
     * @param name of a watcher, or {@code web.1}
     * @param lines so many of each channel
     */
    List<Object> of(String name, long lines) {
        List<Object> found = new ArrayList<>();
        for (Death death : recall.deaths(name)) {
            Map<String, @Nullable Object> json = Deaths.toJson(death);
            Map<String, String> names = new HashMap<>();
            names.put(death.watcher().toLowerCase(Locale.ROOT), death.watcher());
            json.put("stdout", last(new Voice(death.incarnation(), Channel.OUT), lines, names));
            json.put("stderr", last(new Voice(death.incarnation(), Channel.ERR), lines, names));
            found.add(json);
        }
        return found;
    }

    private List<Object> last(Voice voice, long lines, Map<String, String> names) {
        List<Object> shown = new ArrayList<>();
        for (Recall.View view : recall.views(speaker -> speaker.incarnation() == voice.incarnation())) {
            if (view.voice().equals(voice)) {
                long from = recall.lastLines(voice, lines).orElse(view.end());
                Lane lane = new Lane(recall, view, from, recall.isInLine(voice, from), Long.MAX_VALUE, true);
                int bytes = 0;
                while (lane.peek() != null && bytes < TailReader.MOST_BYTES) {
                    Utterance line = lane.peek();
                    if (line == null) {
                        break;
                    }
                    lane.take();
                    bytes += line.text().remaining();
                    Map<String, @Nullable Object> said = new LinkedHashMap<>(TailPage.shown(line, names));
                    List.of("watcher", "wid", "pid", "stream").forEach(said::remove);
                    shown.add(said);
                }
            }
        }
        return shown;
    }
}
