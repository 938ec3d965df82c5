package papa.request;

/** The answer to one request, given exactly once, on the loop's thread. */
public interface Reply {
    void ok(String text);

    void refused(Refusal refusal);
}
