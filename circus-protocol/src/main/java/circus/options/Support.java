package circus.options;

/** What this version does with an option that Circus knows. */
public enum Support {
    /** It does what it says. */
    EFFECTIVE,
    /** Accepted, shown and warned about, but nothing acts on it. */
    WITHOUT_EFFECT,
    /** Asking for it is an error, since going on without it would be dangerous (another user's identity, missing limits). */
    REFUSED
}
