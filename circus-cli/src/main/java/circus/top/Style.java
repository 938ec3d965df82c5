package circus.top;

/** How a piece of text looks; what that is on a terminal, and whether it has colours, {@link Screen} knows. */
enum Style {
    PLAIN,
    TITLE,
    DIM,
    HEADING,
    SELECTED,
    GOOD,
    WARNING,
    BAD,
    GRAPH
}
