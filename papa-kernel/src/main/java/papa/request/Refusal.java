package papa.request;

/** A request that cannot be carried out. Its message is the answer; nothing has changed. */
public class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    public Refusal(String message) {
        super(message, null, false, false);
    }
}
