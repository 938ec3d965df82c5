package circus.top;

/**
 * A key that was pressed. A value.
 *
 * @param letter what it types, where it is a LETTER
 */
record Key(Kind kind, int letter) {
    enum Kind {
        LETTER,
        UP,
        DOWN,
        LEFT,
        RIGHT,
        PAGE_UP,
        PAGE_DOWN,
        HOME,
        END,
        ENTER,
        ESCAPE,
        BACKSPACE,
        INTERRUPT,
        SUSPEND,
        REDRAW,
        OTHER
    }

    static Key of(Kind kind) {
        return new Key(kind, 0);
    }

    static Key letter(int letter) {
        return new Key(Kind.LETTER, letter);
    }
}
