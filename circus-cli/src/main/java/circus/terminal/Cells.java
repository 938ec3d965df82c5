package circus.terminal;

import org.jline.utils.WCWidth;

/** How wide text is on a terminal, and text that is safe there. Pure functions. */
public final class Cells {
    private static final char UNPRINTABLE = '?';
    private static final char DELETE = '\u007f';

    private Cells() {}

    public static int width(String text) {
        return text.codePoints().map(Cells::width).sum();
    }

    /** What is ASCII is told without JLine, which is not to be loaded for it. */
    private static int width(int letter) {
        return letter >= ' ' && letter < DELETE ? 1 : Math.max(0, WCWidth.wcwidth(letter));
    }

    /** As much of the beginning as has room. */
    public static String cut(String text, int cells) {
        int used = 0;
        for (int i = 0; i < text.length(); ) {
            int letter = text.codePointAt(i);
            used += width(letter);
            if (used > cells) {
                return text.substring(0, i);
            }
            i += Character.charCount(letter);
        }
        return text;
    }

    /** Exactly so many cells: cut, or filled with blanks behind. */
    public static String left(String text, int cells) {
        String cut = cut(text, cells);
        return cut + " ".repeat(Math.max(0, cells - width(cut)));
    }

    /** Exactly so many cells: cut, or filled with blanks before. */
    public static String right(String text, int cells) {
        String cut = cut(text, cells);
        return " ".repeat(Math.max(0, cells - width(cut))) + cut;
    }

    /** Without what would do something on a terminal instead of being shown there. */
    public static String safe(String text, boolean unicode) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(letter -> {
            boolean shown = letter == ' ' || (unicode ? isShown(letter) : letter > ' ' && letter < 127);
            safe.appendCodePoint(shown ? letter : UNPRINTABLE);
        });
        return safe.toString();
    }

    private static boolean isShown(int letter) {
        return switch (Character.getType(letter)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
