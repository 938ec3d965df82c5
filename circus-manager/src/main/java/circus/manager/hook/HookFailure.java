package circus.manager.hook;

/** A hook has failed, and it is known why: no stack of ours is of use to anybody. */
final class HookFailure extends Exception {
    HookFailure(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
