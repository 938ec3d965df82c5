package circus.manager.kernel;

import java.util.Map;

/**
 * What a watcher asks of the kernel. Called on circus-loop only; nothing here blocks, and every answer comes later,
 * also on circus-loop. Names and keys go without the {@code circus.ARB.} prefix. {@link PapaKernel} is the real one;
 * tests of watchers bring their own.
 */
public interface KernelPort {
    /** The note on a process that is left alone: nobody minds it any more. */
    String LEFT = "left";

    /** Starts a process. The reply comes exactly once; a process of the same name that still runs makes it fail. */
    void spawn(LaunchSpec spec, SpawnReply reply);

    /** Opens a socket, or finds it open with the same options, which are those of {@code make socket}. The reply comes exactly once. */
    void openSocket(String name, Map<String, String> options, SocketReply reply);

    /** Tells which sockets are held. */
    void listSockets(SocketList list);

    /** Closes a held socket that is open; processes keep what they inherited. */
    void removeSocket(String name);

    /** Sends a signal. That the target has gone meanwhile is no error: its exit is told by {@link KernelEvents}. */
    void signal(long incarnation, int signal, SignalTarget target);

    /** The same, and tells how it went. */
    void signal(long incarnation, int signal, SignalTarget target, SignalReply reply);

    /** The same to one child of the process: to nobody, if it has no such child. */
    void signalChild(long incarnation, int child, int signal, SignalReply reply);

    /** Takes the exit record of an ended incarnation, once its end was published; the kernel may then forget it. */
    void take(long incarnation);

    /** Changes a note on a process that runs. */
    void annotate(long incarnation, String key, String value);

    /** Tells once, as soon as somebody has connected to this held socket whom nobody serves. */
    void awaitConnection(String socket, Caller caller);

    /** Keeps a value in the kernel, where the next manager finds it. */
    void putValue(String key, String value);

    void removeValue(String key);
}
