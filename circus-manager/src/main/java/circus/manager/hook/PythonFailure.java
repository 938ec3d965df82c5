package circus.manager.hook;

/** A hook in Python has raised something; its traceback is of use to its author, and no stack of ours is. */
final class PythonFailure extends Exception {
    private final String traceback;

    PythonFailure(String error, String traceback) {
        super(error, null, false, false);
        this.traceback = traceback;
    }

    String traceback() {
        return traceback;
    }
}
