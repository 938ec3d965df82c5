package circus.top;

import circus.terminal.Cells;
import java.util.ArrayList;
import java.util.List;

/** A line of a screen: pieces of text, each in one style. A value once it is built. */
final class Line {
    /** A piece. */
    record Span(String text, Style style) {}

    private final List<Span> spans = new ArrayList<>();

    static Line of(String text, Style style) {
        return new Line().add(text, style);
    }

    Line add(String text, Style style) {
        if (!text.isEmpty()) {
            spans.add(new Span(text, style));
        }
        return this;
    }

    List<Span> spans() {
        return List.copyOf(spans);
    }

    int width() {
        return spans.stream().mapToInt(span -> Cells.width(span.text())).sum();
    }

    /** Cut to what has room. */
    Line cut(int cells) {
        Line cut = new Line();
        int left = cells;
        for (Span span : spans) {
            String text = Cells.cut(span.text(), left);
            cut.add(text, span.style());
            left -= Cells.width(text);
            if (text.length() < span.text().length()) {
                break;
            }
        }
        return cut;
    }

    /** All of it in one style, over the whole width. */
    Line flat(Style style, int cells) {
        return of(Cells.left(text(), cells), style);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        spans.forEach(span -> text.append(span.text()));
        return text.toString();
    }
}
