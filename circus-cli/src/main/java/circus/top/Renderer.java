package circus.top;

import circus.message.Version;
import circus.terminal.Cells;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** All that is known to a screen full of lines. Knows no terminal, and changes nothing. */
final class Renderer {
    /** Lines that are no rows: two of state, the heading, the last one. */
    static final int FRAME = 4;

    private static final long SILENCE_NANOS = Duration.ofMillis(2_500).toNanos();
    private static final String WAITING = "*** Waiting for data ***";

    private static final int KEY_WIDTH = 28;

    /** Keys, and what they do, for the help screen: in 80 columns, as few as a terminal usually has. */
    private static final List<List<String>> KEYS = List.of(
            List.of("Up Down PgUp PgDn Home End", "select a line"),
            List.of("Space Enter Left Right", "fold or unfold a watcher"),
            List.of("f", "fold or unfold all"),
            List.of("c m a i n", "sort by cpu, memory, age, pid, name; again: reversed"),
            List.of("< > o", "the sort before or after; the other way round"),
            List.of("/", "only names with what you type; Enter keeps, Esc ends"),
            List.of("p", "pause: nothing changes until you press it again"),
            List.of("t", "show what the watcher or process prints"),
            List.of("r", "restart the watcher; end the process, to be replaced"),
            List.of("s S", "stop the watcher; start it"),
            List.of("k", "send a signal to the process, or to all of a watcher"),
            List.of("Ctrl-L Ctrl-Z", "draw anew; suspend"),
            List.of("q Ctrl-C", "quit"));

    private final Look look;
    private final boolean readOnly;

    Renderer(Look look, boolean readOnly) {
        this.look = look;
        this.readOnly = readOnly;
    }

    /**
     * Exactly {@code height} lines, none wider than {@code width}.
     *
     * @param nanos now, as {@link System#nanoTime}
     * @param seconds now, since the epoch
     */
    List<Line> screen(Desk desk, Feed feed, int width, int height, long nanos, double seconds) {
        List<Line> lines = new ArrayList<>();
        lines.add(first(desk, feed, width));
        lines.add(second(desk, feed, nanos));
        switch (desk.mode()) {
            case HELP -> help(lines);
            case TAIL -> tail(desk, lines, height);
            case TABLE, FILTER, SIGNAL, QUESTION -> table(desk, feed, lines, width, height, seconds);
        }
        while (lines.size() > Math.max(0, height - 1)) {
            lines.remove(lines.size() - 1);
        }
        while (lines.size() < height - 1) {
            lines.add(new Line());
        }
        lines.add(last(desk, width));
        return lines.stream().map(line -> line.cut(width)).toList();
    }

    private String safe(String text) {
        return Cells.safe(text, look.unicode());
    }

    // ---- above

    private Line first(Desk desk, Feed feed, int width) {
        Model model = desk.model();
        String left = "circus-top " + Version.TEXT + "  " + safe(feed.endpoint());
        if (!model.isFed()) {
            return Line.of(left, Style.TITLE);
        }
        Totals all = Totals.of(model);
        String right = Units.count(all.watchers(), "watcher", "watchers")
                + "  " + Units.count(all.processes(), "process", "processes")
                + "  cpu " + Units.fixed(all.cpu(), 1) + " %  mem " + Units.fixed(all.memory(), 2) + " %";
        for (String title : List.of(left, "circus-top  " + safe(feed.endpoint()), "circus-top")) {
            int gap = width - Cells.width(title) - Cells.width(right);
            if (gap >= 2) {
                return Line.of(title, Style.TITLE).add(" ".repeat(gap) + right, Style.PLAIN);
            }
        }
        return Line.of(right, Style.TITLE);
    }

    private Line second(Desk desk, Feed feed, long nanos) {
        Line line = new Line();
        Model model = desk.model();
        if (model.isFed() && model.silence(nanos) > SILENCE_NANOS) {
            String why = feed.lost().isEmpty() ? "" : " (" + safe(feed.lost()) + ")";
            line.add(
                    "*** No data for " + TimeUnit.NANOSECONDS.toSeconds(model.silence(nanos)) + " s ***" + why + "  ",
                    Style.BAD);
        }
        if (desk.isPaused()) {
            line.add("PAUSED  ", Style.WARNING);
        }
        String arrow = look.unicode() ? desk.isReversed() ? "▲" : "▼" : desk.isReversed() ? "^" : "v";
        line.add("sort " + desk.sort().word() + " " + arrow, Style.DIM);
        if (!desk.filter().isEmpty()) {
            line.add("  filter " + safe(desk.filter()), Style.WARNING);
        }
        if (readOnly) {
            line.add("  read-only", Style.DIM);
        }
        if (model.isDropping()) {
            line.add("  not all is shown: it is more than " + Model.MOST_PROCESSES + " processes", Style.BAD);
        }
        if (feed.control() != null && !feed.control().isEmpty()) {
            line.add("  no states: " + safe(feed.control()), Style.DIM);
        }
        return line;
    }

    // ---- the table

    private void table(Desk desk, Feed feed, List<Line> lines, int width, int height, double seconds) {
        if (!desk.model().isFed()) {
            waiting(feed, lines);
            return;
        }
        Map<Column, Integer> columns = Column.fit(width);
        TableText text = new TableText(look, seconds);
        lines.add(text.heading(columns).flat(Style.HEADING, width));
        List<Row> rows = desk.rows();
        int end = Math.min(rows.size(), desk.top() + Math.max(0, height - FRAME));
        for (int i = desk.top(); i < end; i++) {
            Line line = text.line(rows.get(i), columns);
            lines.add(i == desk.selectedIndex() ? line.flat(Style.SELECTED, width) : line);
        }
        if (rows.isEmpty()) {
            lines.add(Line.of(desk.filter().isEmpty() ? "(nothing runs)" : "(no name has that)", Style.DIM));
        }
    }

    private void waiting(Feed feed, List<Line> lines) {
        lines.add(new Line());
        lines.add(Line.of(WAITING, Style.TITLE));
        if (!feed.lost().isEmpty()) {
            lines.add(Line.of("nothing publishes at " + safe(feed.endpoint()) + ": " + safe(feed.lost()), Style.DIM));
        }
        if ("".equals(feed.control())) {
            lines.add(Line.of(
                    "circusd answers at " + safe(feed.controlEndpoint()) + ": has it statsd = True?", Style.DIM));
        }
    }

    // ---- other pages

    private static void help(List<Line> lines) {
        lines.add(Line.of("Keys", Style.TITLE));
        for (List<String> key : KEYS) {
            lines.add(new Line()
                    .add(Cells.left(key.get(0), KEY_WIDTH), Style.TITLE)
                    .add(key.get(1), Style.PLAIN));
        }
        lines.add(new Line());
        for (String line : List.of(
                "CPU % is of one processor, of a watcher the sum of its processes; MEM % is of",
                "all memory. What changes something asks first. States and restarts come from",
                "the command endpoint.")) {
            lines.add(Line.of(line, Style.DIM));
        }
    }

    private void tail(Desk desk, List<Line> lines, int height) {
        TailPane pane = desk.tailPane();
        if (pane == null) {
            return;
        }
        lines.add(Line.of("output of " + safe(pane.subject()), Style.TITLE));
        for (String each : pane.lines(Math.max(1, height - FRAME))) {
            lines.add(Line.of(safe(each.replace("\t", "    ")), Style.PLAIN));
        }
    }

    // ---- below

    private Line last(Desk desk, int width) {
        Task question = desk.question();
        return switch (desk.mode()) {
            case FILTER -> Line.of("filter: " + safe(desk.input()) + "_", Style.WARNING);
            case SIGNAL -> Line.of("signal to send: " + safe(desk.input()) + "_", Style.WARNING);
            case QUESTION ->
                Line.of(question == null ? "" : safe(capital(question.label())) + "? (y/n)", Style.WARNING)
                        .flat(Style.WARNING, width);
            case HELP -> Line.of("any key: back", Style.DIM);
            case TAIL -> Line.of("q Esc: back", Style.DIM);
            case TABLE ->
                desk.message().isEmpty()
                        ? Line.of(
                                "q quit  h help  / filter  Space fold  c m a i n sort  p pause  "
                                        + (readOnly ? "t tail" : "r restart  s stop  k signal  t tail"),
                                Style.DIM)
                        : Line.of(safe(desk.message()), Style.TITLE);
        };
    }

    private static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
