package papa.kernel;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame;
import papa.wire.Frame.Channel;

/**
 * What a connection that follows may be sent, and must have been: every byte at its offset, in order and once, but for those
 * that were freed or dropped before it came to them; each exit and each end once.
 */
final class FollowView {
    /** Where the reader is in a stream. */
    private static final class Place {
        private long at;
        private boolean paused;

        /** Where it is asked to be; the end of a process may be told before the answer to that. */
        private long asked;

        /** What it has not read before this offset may be missing. */
        private long goneTo;
    }

    private static final class Seen {
        private final ModelProcess process;
        private final Map<Channel, Place> places = new TreeMap<>();
        private int exits;
        private int ends;

        private Seen(ModelProcess process) {
            this.process = process;
        }
    }

    private final ModelKernel model;
    final boolean output;
    final List<String> patterns;
    private final Map<String, Place> beginnings = new HashMap<>();
    private final Map<Long, Seen> seen = new TreeMap<>();

    /** Of a request that is about to be made. */
    FollowView(ModelKernel model, boolean output, List<String> patterns) {
        this.model = model;
        this.output = output;
        this.patterns = patterns;
        for (ModelProcess process : model.processes.values()) {
            process.streams.forEach((channel, stream) -> {
                Place place = new Place();
                place.at = stream.committed;
                place.goneTo = stream.base;
                beginnings.put(process.number + "." + channel, place);
            });
        }
    }

    /** Looks at what has arrived. */
    void take(List<Object> arrived) {
        for (Object each : arrived) {
            if (each instanceof Frame frame) {
                take(frame);
            } else if (each instanceof Runnable between) {
                between.run();
            }
        }
        arrived.clear();
    }

    private void take(Frame frame) {
        if (frame instanceof Frame.Announced announced) {
            announced(announced);
            return;
        }
        Seen of = seen.get(frame.incarnation());
        demand(of != null, "it was not announced", frame);
        if (of == null) {
            return;
        }
        demand(
                output ? of.ends == 0 || frame instanceof Frame.Data || frame instanceof Frame.Gap : true,
                "late",
                frame);
        if (frame instanceof Frame.Data data) {
            Place place = place(of, data.channel(), frame);
            String text = StandardCharsets.ISO_8859_1.decode(data.bytes()).toString();
            ModelStream stream = of.process.captured(data.channel());
            demand(data.offset() == place.at, "it is wanted from " + place.at, frame);
            demand(place.at + text.length() <= stream.end(), "nobody wrote that", frame);
            demand(text.equals(stream.text(place.at, place.at + text.length())), "other bytes were written", frame);
            place.at += text.length();
        } else if (frame instanceof Frame.Gap gap) {
            Place place = place(of, gap.channel(), frame);
            demand(gap.offset() == place.at, "it is wanted from " + place.at, frame);
            demand(gap.offset() + gap.bytes() <= place.goneTo, "only what is before " + place.goneTo + " went", frame);
            place.at += gap.bytes();
        } else if (frame instanceof Frame.Exit exit) {
            demand(of.exits++ == 0, "twice", frame);
            demand(of.process.ended && exit.code() == of.process.exitCode, "it did not end so", frame);
        } else if (frame instanceof Frame.End) {
            demand(of.ends++ == 0 && output, "twice, or not asked for", frame);
            demand(of.process.ended && isComplete(of), "not all was told", frame);
        } else {
            demand(false, "nothing was left behind", frame);
        }
    }

    private void announced(Frame.Announced frame) {
        ModelProcess process = model.known.get(frame.incarnation());
        demand(process != null, "there is no such process", frame);
        if (process != null) {
            boolean right = process.name.equals(frame.name()) && process.pid == frame.pid();
            demand(right && process.startedMicros == frame.startedMicros(), "that is another one", frame);
            demand(ModelKernel.matches(patterns, process.name), "nobody asked for it", frame);
            Seen of = new Seen(process);
            demand(seen.put(process.number, of) == null, "twice", frame);
            for (Channel each : process.streams.keySet()) {
                Place place = beginnings.get(process.number + "." + each);
                of.places.put(each, place == null ? new Place() : place);
            }
        }
    }

    private Place place(Seen of, Channel channel, Frame frame) {
        Place place = of.places.get(channel);
        boolean last = frame instanceof Frame.Gap && of.process.released; // before its end is told, so is what it lacks
        demand(output && place != null && (!place.paused || last), "it is paused, or not asked for", frame);
        return place == null ? new Place() : place;
    }

    private static void demand(boolean good, String why, Frame frame) {
        if (!good) {
            String told = frame instanceof Frame.Data data
                    ? "Data of " + data.incarnation() + " " + data.channel() + " at " + data.offset()
                    : "" + frame;
            throw new Expected.Disagreement("a frame that may not come (" + why + "): " + told);
        }
    }

    // What the connection asks for.

    void pause(long number, Channel channel) {
        Place place = placeOf(number, channel);
        if (place != null) {
            place.paused = true;
        }
    }

    /** A request to resume is about to be made. */
    void willResume(long number, Channel channel, long offset) {
        Place place = placeOf(number, channel);
        if (place != null) {
            place.asked = offset;
        }
    }

    void resume(long number, Channel channel, long offset) {
        Place place = placeOf(number, channel);
        Seen of = seen.get(number);
        if (place != null && of != null && !of.process.released) {
            ModelStream stream = of.process.captured(channel);
            place.paused = false;
            place.asked = 0;
            place.at = Math.min(offset, stream.end());
            place.goneTo = stream.base;
        }
    }

    private @Nullable Place placeOf(long number, Channel channel) {
        Seen of = seen.get(number);
        return of == null ? null : of.places.get(channel);
    }

    /** Something has been freed, or dropped. */
    void freed() {
        for (Seen of : seen.values()) {
            of.places.forEach((channel, place) -> {
                long base = of.process.captured(channel).base;
                place.goneTo = place.at < base ? Math.max(place.goneTo, base) : place.goneTo;
            });
        }
    }

    private static boolean isComplete(Seen of) {
        return of.places.entrySet().stream().allMatch(each -> {
            Place place = each.getValue();
            return Math.max(place.at, place.asked)
                    >= of.process.captured(each.getKey()).end();
        });
    }

    /** What has still to come; nothing if nothing has. */
    String lacks() {
        for (ModelProcess each : model.processes.values()) {
            if (ModelKernel.matches(patterns, each.name) && !seen.containsKey(each.number)) {
                return "the announcement of " + each;
            }
        }
        for (Seen of : seen.values()) {
            String lacks = lacks(of);
            if (!lacks.isEmpty()) {
                return lacks + " of " + of.process;
            }
        }
        return "";
    }

    private String lacks(Seen of) {
        if (of.process.ended && of.exits == 0) {
            return "the exit";
        }
        if (!output) {
            return "";
        }
        for (Map.Entry<Channel, Place> each : of.places.entrySet()) {
            long end = of.process.captured(each.getKey()).end();
            Place place = each.getValue();
            if (!of.process.released && !place.paused && place.at < end) {
                return each.getKey() + " from " + place.at + " to " + end;
            }
        }
        boolean endDue = of.process.released || (of.process.ended && isComplete(of));
        return endDue && of.ends == 0 ? "the end" : "";
    }
}
