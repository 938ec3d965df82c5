package circus.top;

import circus.terminal.ControllingTerminal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/**
 * The terminal: its alternate screen, its keys, and how it was before. Keys are read on one thread, all else is done on another, but for {@link #leave}, which ends it all.
 */
final class Screen implements AutoCloseable {
    private static final long ESCAPE_MILLIS = 100;
    private static final Key LETTER = Key.of(Key.Kind.LETTER);

    /** How much has room. A value. */
    record Extent(int columns, int rows) {}

    private final Terminal terminal;
    private final Display display;
    private final BindingReader reader;
    private final KeyMap<Key> keys = new KeyMap<>();
    private final Map<Style, AttributedStyle> styles;
    private @Nullable Attributes before;

    private Screen(Terminal terminal, Look look) {
        this.terminal = terminal;
        this.display = new Display(terminal, true);
        this.reader = new BindingReader(terminal.reader());
        this.styles = styles(look.colours());
        bindKeys();
    }

    /** Looks at the terminal, and changes nothing yet. */
    static Screen open(Look look) throws CannotShowException {
        String advice = "; --once prints one table, --json the figures";
        try {
            Terminal terminal = ControllingTerminal.open("circus-top", false);
            if (terminal.getStringCapability(Capability.cursor_address) == null) {
                terminal.close();
                throw new CannotShowException("cannot fill a terminal of the type " + terminal.getType()
                        + ": its cursor cannot be moved" + advice);
            }
            return new Screen(terminal, look);
        } catch (IOException | IllegalStateException none) {
            throw new CannotShowException("cannot use the terminal: " + none.getMessage() + advice);
        }
    }

    void onResize(Runnable told) {
        terminal.handle(Terminal.Signal.WINCH, signal -> told.run());
    }

    /** Takes the whole terminal. */
    void enter() {
        // Also Ctrl-C and Ctrl-Z come as keys: so there is one way to end.
        before = terminal.enterRawMode();
        Attributes raw = terminal.getAttributes();
        raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
        terminal.setAttributes(raw);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.keypad_xmit);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
        redraw();
    }

    /** Gives the terminal back as it was. */
    void leave() {
        Attributes own = before;
        if (own != null) {
            before = null;
            terminal.puts(Capability.cursor_normal);
            terminal.puts(Capability.keypad_local);
            terminal.puts(Capability.exit_ca_mode);
            terminal.flush();
            terminal.setAttributes(own);
        }
    }

    /** Starts a program ({@code stty}), so it is to be asked only when the size may have changed. */
    Extent extent() {
        Size size = terminal.getSize();
        // A terminal that does not know its size says 0.
        boolean known = size.getColumns() > 0 && size.getRows() > 0;
        return known ? new Extent(size.getColumns(), size.getRows()) : new Extent(80, 24);
    }

    /** From now on the terminal is taken to show nothing that we know of. */
    void redraw() {
        display.clear();
        terminal.puts(Capability.clear_screen);
        terminal.flush();
    }

    /** @param lines as many as the terminal has, none wider than it is */
    void show(List<Line> lines, Extent extent) {
        display.resize(extent.rows(), extent.columns());
        int lastLine = new Size(extent.columns(), extent.rows()).cursorPos(extent.rows() - 1, 0);
        // JLine changes the list.
        display.update(new ArrayList<>(lines.stream().map(this::styled).toList()), lastLine);
    }

    private AttributedString styled(Line line) {
        AttributedStringBuilder text = new AttributedStringBuilder();
        for (Line.Span span : line.spans()) {
            text.styled(styles.getOrDefault(span.style(), AttributedStyle.DEFAULT), span.text());
        }
        return text.toAttributedString();
    }

    private static Map<Style, AttributedStyle> styles(boolean colours) {
        AttributedStyle plain = AttributedStyle.DEFAULT;
        Map<Style, AttributedStyle> styles = new EnumMap<>(Style.class);
        for (Style style : Style.values()) {
            styles.put(
                    style,
                    switch (style) {
                        case PLAIN -> plain;
                        case TITLE -> plain.bold();
                        case DIM -> plain.faint();
                        case HEADING -> plain.inverse();
                        case SELECTED -> plain.inverse().bold();
                        case GOOD -> colours ? plain.foreground(AttributedStyle.GREEN) : plain;
                        case WARNING ->
                            colours ? plain.foreground(AttributedStyle.YELLOW).bold() : plain.bold();
                        case BAD ->
                            colours ? plain.foreground(AttributedStyle.RED).bold() : plain.bold();
                        case GRAPH -> colours ? plain.foreground(AttributedStyle.CYAN) : plain;
                    });
        }
        return styles;
    }

    // ---- keys

    private void bindKeys() {
        keys.setAmbiguousTimeout(ESCAPE_MILLIS);
        keys.setUnicode(LETTER);
        keys.setNomatch(LETTER);
        bind(Key.Kind.UP, Capability.key_up, "\033[A", "\033OA");
        bind(Key.Kind.DOWN, Capability.key_down, "\033[B", "\033OB");
        bind(Key.Kind.RIGHT, Capability.key_right, "\033[C", "\033OC");
        bind(Key.Kind.LEFT, Capability.key_left, "\033[D", "\033OD");
        bind(Key.Kind.PAGE_UP, Capability.key_ppage, "\033[5~");
        bind(Key.Kind.PAGE_DOWN, Capability.key_npage, "\033[6~");
        bind(Key.Kind.HOME, Capability.key_home, "\033[H", "\033OH", "\033[1~");
        bind(Key.Kind.END, Capability.key_end, "\033[F", "\033OF", "\033[4~");
        bind(Key.Kind.ENTER, null, "\r", "\n");
        bind(Key.Kind.ESCAPE, null, "\033");
        bind(Key.Kind.BACKSPACE, Capability.key_backspace, "\177", "\b");
        bind(Key.Kind.INTERRUPT, null, KeyMap.ctrl('C'));
        bind(Key.Kind.SUSPEND, null, KeyMap.ctrl('Z'));
        bind(Key.Kind.REDRAW, null, KeyMap.ctrl('L'));
    }

    private void bind(Key.Kind kind, @Nullable Capability capability, CharSequence... usual) {
        keys.bind(Key.of(kind), usual);
        String own = capability == null ? null : KeyMap.key(terminal, capability);
        if (own != null && !own.isEmpty()) {
            keys.bind(Key.of(kind), own);
        }
    }

    /** Waits for a key; null when the terminal has gone. */
    @Nullable
    Key read() {
        Key key = reader.readBinding(keys);
        if (key != null && key.equals(LETTER)) {
            String typed = reader.getLastBinding();
            boolean one =
                    !typed.isEmpty() && typed.codePointCount(0, typed.length()) == 1 && typed.codePointAt(0) >= ' ';
            return one ? Key.letter(typed.codePointAt(0)) : Key.of(Key.Kind.OTHER);
        }
        return key;
    }

    @Override
    public void close() {
        leave();
        try {
            terminal.close();
        } catch (IOException gone) {
            // The process ends next.
        }
    }
}
