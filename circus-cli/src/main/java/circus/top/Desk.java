package circus.top;

import circus.client.Answer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What keys do: what is shown, in which order, what is selected, what is asked. It knows no terminal; one thread owns it.
 *
 * <pre>
 *            /             Enter, Esc
 *   TABLE ───────▶ FILTER ───────────▶ TABLE
 *         ── k ──▶ SIGNAL ── Enter ──▶ QUESTION ── any key ──▶ TABLE      (y: asks for what the question was about)
 *         ── r s S ──────────────────▶ QUESTION
 *         ── h ──▶ HELP, t ──▶ TAIL ── q, Esc ──▶ TABLE
 * </pre>
 */
final class Desk {
    enum Mode {
        TABLE,
        FILTER,
        SIGNAL,
        QUESTION,
        HELP,
        TAIL
    }

    private static final int LONGEST_INPUT = 100;
    private static final String DEFAULT_SIGNAL = "TERM";

    private final Model model;
    private final Hands hands;
    private final boolean readOnly;

    private SortKey sort = SortKey.CPU;
    private boolean reversed;
    private String filter = "";
    private String input = "";
    private final Set<String> folded = new HashSet<>();
    private boolean paused;
    private Mode mode = Mode.TABLE;
    private String message = "";
    private @Nullable Task question;
    private @Nullable Row subject;
    private @Nullable TailPane tail;
    private List<Row> rows = List.of();
    private String selected = "";
    private int index;
    private int top;
    private int height = 1;

    Desk(Model model, Hands hands, boolean readOnly) {
        this.model = model;
        this.hands = hands;
        this.readOnly = readOnly;
    }

    /**
     * Takes over what has changed: to be called before each look at the rows.
     *
     * @param visible how many rows have room
     */
    void settle(int visible) {
        height = Math.max(1, visible);
        rows = Rows.of(model, new Rows.Manner(sort, reversed, filter, folded));
        index = indexOf(selected);
        selected = rows.isEmpty() ? selected : rows.get(index).id();
        top = Math.max(0, Math.min(top, rows.size() - height));
        if (index < top) {
            top = index;
        } else if (index >= top + height) {
            top = index - height + 1;
        }
    }

    /** Where the selected row is now; the row in its place when it has gone. */
    private int indexOf(String id) {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).id().equals(id)) {
                return i;
            }
        }
        return Math.max(0, Math.min(index, rows.size() - 1));
    }

    void press(Key key) {
        if (key.kind() == Key.Kind.INTERRUPT) {
            hands.quit();
            return;
        }
        if (key.kind() == Key.Kind.SUSPEND) {
            hands.suspend();
            return;
        }
        if (key.kind() == Key.Kind.REDRAW) {
            hands.redraw();
            return;
        }
        switch (mode) {
            case TABLE -> table(key);
            case FILTER, SIGNAL -> type(key);
            case QUESTION -> answer(key);
            case HELP, TAIL -> leave(key);
        }
    }

    private void table(Key key) {
        message = "";
        switch (key.kind()) {
            case LETTER -> letter(key.letter());
            case UP -> select(index - 1);
            case DOWN -> select(index + 1);
            case PAGE_UP -> select(index - height);
            case PAGE_DOWN -> select(index + height);
            case HOME -> select(0);
            case END -> select(rows.size() - 1);
            case LEFT -> fold(true);
            case RIGHT -> fold(false);
            case ENTER -> toggle();
            case ESCAPE -> filter = "";
            case BACKSPACE, INTERRUPT, SUSPEND, REDRAW, OTHER -> {}
        }
    }

    private void letter(int letter) {
        for (SortKey each : SortKey.values()) {
            if (each.key() == letter) {
                reversed = each == sort && !reversed;
                sort = each;
                return;
            }
        }
        switch (letter) {
            case 'q' -> hands.quit();
            case 'h', '?' -> mode = Mode.HELP;
            case '/' -> begin(Mode.FILTER, filter);
            case ' ' -> toggle();
            case 'f' -> foldAll();
            case 'p' -> pause();
            case '<' -> sort = sort.next(-1);
            case '>' -> sort = sort.next(1);
            case 'o' -> reversed = !reversed;
            case 'j' -> select(index + 1);
            case 'r', 's', 'S', 'k' -> change(letter);
            case 't' -> tail();
            default -> {}
        }
    }

    private void select(int to) {
        if (!rows.isEmpty()) {
            index = Math.max(0, Math.min(to, rows.size() - 1));
            selected = rows.get(index).id();
        }
    }

    private void begin(Mode typing, String text) {
        mode = typing;
        input = text;
    }

    /** Of a process: that of its watcher. */
    private void fold(boolean shut) {
        Row row = selectedRow();
        if (row == null) {
            return;
        }
        for (int i = index; i >= 0; i--) {
            if (rows.get(i).kind().isGroup()) {
                if (shut) {
                    folded.add(rows.get(i).id());
                    select(i);
                } else {
                    folded.remove(rows.get(i).id());
                }
                return;
            }
        }
    }

    private void toggle() {
        Row row = selectedRow();
        if (row != null) {
            fold(!row.folded());
        }
    }

    private void foldAll() {
        boolean anyOpen = rows.stream().anyMatch(row -> row.kind().isGroup() && !row.folded());
        if (!anyOpen) {
            folded.clear();
            return;
        }
        fold(true);
        rows.stream().filter(row -> row.kind().isGroup()).forEach(row -> folded.add(row.id()));
    }

    private void pause() {
        paused = !paused;
        if (!paused) {
            model.refresh();
        }
    }

    // ---- what changes something

    private void change(int letter) {
        Row row = selectedRow();
        String verb = letter == 'r' ? "restart" : letter == 's' ? "stop" : letter == 'S' ? "start" : "signal";
        if (row == null) {
            return;
        }
        if (readOnly) {
            message = "cannot " + verb + " " + row.name() + ": circus-top runs with --read-only";
        } else if (watcherOf(row) == null) {
            message = row.kind() == Row.Kind.WATCHER || row.kind() == Row.Kind.PROCESS
                    ? "cannot " + verb + " " + row.name()
                            + ": the command endpoint does not answer, or does not know it"
                    : "cannot " + verb + " " + row.name() + ": it is neither a watcher nor one of its processes";
        } else if (letter == 'k') {
            subject = row;
            begin(Mode.SIGNAL, DEFAULT_SIGNAL);
        } else {
            ask(row, verb);
        }
    }

    /** The watcher of a row, or null: it is of something else, or nobody can be asked. */
    private @Nullable WatcherReport watcherOf(Row row) {
        return row.kind() == Row.Kind.WATCHER || row.kind() == Row.Kind.PROCESS ? model.report(row.group()) : null;
    }

    private void ask(Row row, String verb) {
        WatcherReport watcher = watcherOf(row);
        if (watcher == null) {
            return;
        }
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("name", watcher.name());
        if (row.kind() == Row.Kind.PROCESS && verb.equals("restart")) {
            // Another takes its place: Circus has no other word for it.
            properties.put("pid", row.number());
            String label = "end process " + row.number() + " of " + watcher.name();
            put(new Task(Task.Kind.CHANGE, label, "kill", properties));
            return;
        }
        // A name is not to be taken for a pattern.
        properties.put("waiting", false);
        properties.put("match", "simple");
        put(new Task(Task.Kind.CHANGE, verb + " watcher " + watcher.name(), verb, properties));
    }

    private void signal(String name) {
        Row row = subject;
        WatcherReport watcher = row == null ? null : watcherOf(row);
        if (row == null || watcher == null || name.isBlank()) {
            mode = Mode.TABLE;
            return;
        }
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("name", watcher.name());
        boolean one = row.kind() == Row.Kind.PROCESS;
        if (one) {
            properties.put("pid", row.number());
        }
        properties.put("signum", name);
        String whom = one
                ? "process " + row.number() + " of " + watcher.name()
                : "all processes of watcher " + watcher.name();
        put(new Task(Task.Kind.CHANGE, "send " + name + " to " + whom, "signal", properties));
    }

    private void put(Task task) {
        question = task;
        mode = Mode.QUESTION;
    }

    private void answer(Key key) {
        Task task = question;
        question = null;
        mode = Mode.TABLE;
        if (task != null && (key.letter() == 'y' || key.letter() == 'Y')) {
            message = task.label() + " …";
            hands.ask(task);
        } else {
            message = "nothing done";
        }
    }

    /** What came of a task. */
    void outcome(Task task, @Nullable Answer answer, String failure) {
        boolean done = answer != null && !answer.isError();
        String reason = answer == null ? failure : answer.reason();
        TailPane pane = tail;
        if (task.kind() == Task.Kind.CHANGE) {
            message = done ? task.label() + ": ok" : "cannot " + task.label() + ": " + reason;
        } else if (pane != null && pane.takes(task)) {
            if (answer != null && done) {
                pane.page(answer.fields());
            } else {
                pane.failed("cannot " + task.label() + ": " + reason);
            }
        }
    }

    /** Asks for the next page of output, where one is shown and none is on its way. */
    void turnPage() {
        TailPane pane = tail;
        if (pane != null && !pane.isAsking()) {
            hands.ask(pane.next());
        }
    }

    private void tail() {
        Row row = selectedRow();
        if (row == null) {
            return;
        }
        WatcherReport watcher = watcherOf(row);
        if (watcher == null) {
            message = "cannot show the output of " + row.name()
                    + ": it is no watcher, or the command endpoint does not answer";
            return;
        }
        TailPane pane = new TailPane(row.kind() == Row.Kind.PROCESS ? Long.toString(row.number()) : watcher.name());
        tail = pane;
        mode = Mode.TAIL;
        hands.ask(pane.next());
    }

    private void leave(Key key) {
        boolean closing = key.kind() == Key.Kind.ESCAPE
                || key.kind() == Key.Kind.ENTER
                || key.letter() == 'q'
                || mode == Mode.HELP;
        if (closing) {
            mode = Mode.TABLE;
            tail = null;
        }
    }

    // ---- typing

    private void type(Key key) {
        switch (key.kind()) {
            case LETTER -> {
                if (input.length() < LONGEST_INPUT) {
                    input += Character.toString(key.letter());
                }
            }
            case BACKSPACE ->
                input = input.isEmpty() ? "" : input.substring(0, input.offsetByCodePoints(input.length(), -1));
            case ENTER -> {
                if (mode == Mode.SIGNAL) {
                    signal(input.strip());
                } else {
                    mode = Mode.TABLE;
                }
                return;
            }
            case ESCAPE -> {
                if (mode == Mode.FILTER) {
                    filter = "";
                }
                mode = Mode.TABLE;
                return;
            }
            case UP, DOWN, LEFT, RIGHT, PAGE_UP, PAGE_DOWN, HOME, END, INTERRUPT, SUSPEND, REDRAW, OTHER -> {}
        }
        if (mode == Mode.FILTER) {
            filter = input;
        }
    }

    // ---- for those who show it

    private @Nullable Row selectedRow() {
        return rows.isEmpty() ? null : rows.get(index);
    }

    Model model() {
        return model;
    }

    List<Row> rows() {
        return rows;
    }

    /** Of {@link #rows}. */
    int selectedIndex() {
        return index;
    }

    /** The first row to be seen. */
    int top() {
        return top;
    }

    Mode mode() {
        return mode;
    }

    SortKey sort() {
        return sort;
    }

    boolean isReversed() {
        return reversed;
    }

    String filter() {
        return filter;
    }

    /** What is being typed. */
    String input() {
        return input;
    }

    boolean isPaused() {
        return paused;
    }

    /** What came of the last key; empty for nothing. */
    String message() {
        return message;
    }

    @Nullable
    Task question() {
        return question;
    }

    @Nullable
    TailPane tailPane() {
        return tail;
    }
}
