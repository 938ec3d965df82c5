package circus.manager.control;

import circus.manager.command.Caller;

/** How peers are told of in the log. */
final class Peers {
    private Peers() {}

    /** {@code 127.0.0.1:40312, uid 1000}; {@code /run/x.sock, uid 1000, pid 4711}. */
    static String describe(Caller caller) {
        StringBuilder text = new StringBuilder(caller.address());
        caller.uid().ifPresent(uid -> text.append(", uid ").append(Integer.toUnsignedString(uid)));
        caller.pid().ifPresent(pid -> text.append(", pid ").append(pid));
        return text.toString();
    }
}
