package circus.manager.output;

/** Thrown where a manager is killed: nothing catches it, and nothing that it passes does another thing. */
final class Killed extends Error {
    Killed(String where) {
        super(where, null, false, false);
    }
}
