package circus.manager.line;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The lines of a FancyStdoutStream (contract/streams.md, section 4): each with its prefix, in one colour; empty ones are
 * left out. One thread at a time.
 */
final class FancyLines implements LineShape {
    private static final String NO_COLOR = "\u001b[0m";

    private final LinePrefix prefix;
    private final byte[] color;
    private final byte[] end;

    /** @param color empty where colours are not wanted */
    FancyLines(LinePrefix prefix, Optional<Color> color) {
        this.prefix = prefix;
        this.color = color.map(Color::escape).orElse("").getBytes(StandardCharsets.US_ASCII);
        this.end = (color.isPresent() ? NO_COLOR : "").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void shape(Target target, long micros, byte[] source, int from, int to, boolean begins) {
        boolean ends = source[to - 1] == '\n';
        int behind = ends ? to - 1 : to;
        if (begins && behind == from) {
            return;
        }
        if (behind > from) {
            // A part of a line ends in no colour, since it is not known who goes on.
            target.append(color, 0, color.length);
            if (begins) {
                byte[] text = prefix.at(micros);
                target.append(text, 0, text.length);
            }
            target.append(source, from, behind);
            target.append(end, 0, end.length);
        }
        target.append(source, behind, to);
    }
}
