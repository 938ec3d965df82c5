package circus.manager.line;

import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** Makes what shapes the lines of a stream of its layout; streams of one format share its translation. One thread. */
public final class Shapes {
    private final ZoneId zone;
    private final Map<String, TimeFormat> formats = new HashMap<>();

    public Shapes(ZoneId zone) {
        this.zone = zone;
    }

    /** @param colored whether lines may be in colour */
    public LineShape of(Layout layout, Speaker speaker, Channel channel, boolean colored) {
        if (layout.isRendered()) {
            return json(layout, speaker, channel);
        }
        String mark = layout.mark(speaker);
        if (mark == null) {
            return layout.shape() == Layout.Shape.FANCY
                    ? fancy(layout, new LinePrefix(null, ""), colored)
                    : LineShape.PLAIN;
        }
        LinePrefix prefix = new LinePrefix(time(layout), mark);
        return layout.shape() == Layout.Shape.FANCY ? fancy(layout, prefix, colored) : prefix;
    }

    /** What makes objects of JSON of the lines of a stream with such a layout. */
    public JsonLines json(Layout layout, Speaker speaker, Channel channel) {
        return new JsonLines(time(layout), speaker, channel);
    }

    /** What stands in front of each line of a stream with such a layout; perhaps nothing. */
    public LinePrefix prefix(Layout layout, Speaker speaker) {
        return new LinePrefix(time(layout), Objects.requireNonNullElse(layout.mark(speaker), ""));
    }

    private static LineShape fancy(Layout layout, LinePrefix prefix, boolean colored) {
        return new FancyLines(prefix, colored ? layout.color() : Optional.empty());
    }

    private @Nullable TimeFormat time(Layout layout) {
        return layout.timeFormat()
                .map(format -> formats.computeIfAbsent(format, added -> new TimeFormat(added, zone)))
                .orElse(null);
    }
}
