package circus.manager.line;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The colours of a FancyStdoutStream, with their codes. */
public enum Color {
    RED(1),
    GREEN(2),
    YELLOW(3),
    BLUE(4),
    MAGENTA(5),
    CYAN(6),
    WHITE(7);

    private final int code;

    Color(int code) {
        this.code = code;
    }

    /** The one of this name in lower case, as in a configuration. */
    public static Optional<Color> find(String name) {
        return Stream.of(values()).filter(color -> color.word().equals(name)).findFirst();
    }

    /** One that is always the same for a watcher, and likely another one for another. */
    public static Color of(String watcher) {
        return values()[Math.floorMod(watcher.toLowerCase(Locale.ROOT).hashCode(), values().length)];
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a terminal is told in front of text of this colour: on black, as Circus does. */
    String escape() {
        return "\u001b[0;3" + code + ";40m";
    }
}
