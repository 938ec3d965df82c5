package papa.kernel;

/** The answer to one request, given exactly once, on the loop's thread. */
interface Reply {
    void ok(String text);

    void refused(Refusal refusal);
}
