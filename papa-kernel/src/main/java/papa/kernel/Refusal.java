package papa.kernel;

/** A request that cannot be carried out. Its message is the answer; nothing has changed. */
class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message, null, false, false);
    }
}
