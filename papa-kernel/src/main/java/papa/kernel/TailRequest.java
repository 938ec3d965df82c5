package papa.kernel;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Micros;
import papa.posix.Posix;
import papa.process.Incarnation;
import papa.process.Selection;
import papa.request.Refusal;
import papa.wire.Frame.Channel;

/** From the words of {@code tail} to a {@link Tail}. Loop thread only. */
final class TailRequest {
    private static final TailStart USUAL = new TailStart(TailStart.Unit.LINES, 10);

    private final Kernel kernel;
    private final Selection selection = new Selection("tail");
    private final Set<Channel> channels = new HashSet<>();
    private @Nullable TailStart start;
    private boolean follows;
    private boolean times;

    TailRequest(Kernel kernel) {
        this.kernel = kernel;
    }

    Tail read(Session session, Posix posix, EventLoop loop, List<String> words) throws Refusal {
        for (String word : words) {
            take(word);
        }
        Set<Incarnation> found = selection.of(kernel.processes());
        kernel.readers.demandRoomFor(Tail.streams(found));
        byte[] scratch = kernel.readers.scratch;
        TailForm form = session.isFramed()
                ? new TailFrames(session.reading.tellsUsage)
                : new TailText(posix, scratch, found.size() > 1, times, follows);
        Channel only = channels.size() == 1 ? channels.iterator().next() : null;
        TailStart from = start == null ? USUAL : start;
        Tail tail = new Tail(posix, loop, scratch, session, only, from, follows, form, Tail.streams(found));
        found.forEach(each -> tail.add(each, false, false));
        return tail;
    }

    private void take(String word) throws Refusal {
        int equals = word.indexOf('=');
        String key = equals < 0 ? word : word.substring(0, equals + 1);
        String value = word.substring(equals + 1);
        switch (key) {
            case "out" -> channels.add(Channel.OUT);
            case "err" -> channels.add(Channel.ERR);
            case "lines=" -> begin(word, new TailStart(TailStart.Unit.LINES, count("lines", value)));
            case "bytes=" -> begin(word, new TailStart(TailStart.Unit.BYTES, count("bytes", value)));
            case "offset=" -> begin(word, new TailStart(TailStart.Unit.OFFSET, count("offset", value)));
            case "since=" -> begin(word, new TailStart(TailStart.Unit.SINCE, time(value)));
            case "follow=" -> follows = flag(word, value);
            case "times=" -> times = flag(word, value);
            default -> selection.add(word);
        }
    }

    private void begin(String word, TailStart given) throws Refusal {
        if (start != null) {
            throw new Refusal("cannot tail from " + word + ": it is to begin elsewhere already; give one of lines=, "
                    + "bytes=, offset=, since=");
        }
        start = given;
    }

    private static long count(String what, String value) throws Refusal {
        long number = Requests.longNumber(what, value);
        if (number < 0) {
            throw new Refusal("cannot tail from " + what + "=" + value + ": below 0");
        }
        return number;
    }

    private static boolean flag(String word, String value) throws Refusal {
        if (!value.equals("0") && !value.equals("1")) {
            throw new Refusal("cannot tail with " + word + ": 0 or 1 is wanted");
        }
        return value.equals("1");
    }

    /** Microseconds since 1970, seconds if there is a point, or seconds before now if it is below zero. */
    private static long time(String value) throws Refusal {
        if (!value.matches("-?\\d{1,16}(\\.\\d{1,9})?")) {
            throw new Refusal("cannot tail from since=" + value
                    + ": -60 for the last minute, seconds since 1970 with a point, or microseconds are wanted");
        }
        boolean ago = value.startsWith("-");
        if (!ago && value.indexOf('.') < 0) {
            return Requests.longNumber("since", value);
        }
        long micros = Math.round(Double.parseDouble(value) * 1e6);
        return ago ? Micros.now() + micros : micros;
    }
}
