package circus.manager.output;

import circus.manager.line.Shapes;
import org.jspecify.annotations.Nullable;

/** What lines look like whose bytes in a file are not those of their stream. */
interface Rendering {
    /** Nobody knows. */
    Rendering UNKNOWN = (writer, from, to) -> null;

    /** The line of these bytes of the writer's stream; null when they cannot be had any more. */
    byte @Nullable [] line(Plan.Writer writer, long from, long to);

    /** Of what was captured, each line at the time of its first byte. */
    static Rendering of(Captured captured, Shapes shapes) {
        return (writer, from, to) -> {
            StreamId id = writer.id();
            byte[] bytes = captured.bytes(id, from, to);
            long micros = captured.microsAt(id, from);
            if (micros == Captured.UNKNOWN || bytes.length < to - from) {
                return null;
            }
            return shapes.json(writer.layout(), writer.speaker(), id.channel()).render(micros, bytes, 0, bytes.length);
        };
    }
}
