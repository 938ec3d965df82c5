package circus.manager.kernel;

import java.util.Map;

/** A kernel that passes on what it is asked: who stands between watchers and the kernel changes only what is theirs. On circus-loop. */
public abstract class ForwardingKernel implements KernelPort {
    private final KernelPort kernel;

    protected ForwardingKernel(KernelPort kernel) {
        this.kernel = kernel;
    }

    @Override
    public void spawn(LaunchSpec spec, SpawnReply reply) {
        kernel.spawn(spec, reply);
    }

    @Override
    public void signal(long incarnation, int signal, SignalTarget target) {
        kernel.signal(incarnation, signal, target);
    }

    @Override
    public void signal(long incarnation, int signal, SignalTarget target, SignalReply reply) {
        kernel.signal(incarnation, signal, target, reply);
    }

    @Override
    public void signalChild(long incarnation, int child, int signal, SignalReply reply) {
        kernel.signalChild(incarnation, child, signal, reply);
    }

    @Override
    public void take(long incarnation) {
        kernel.take(incarnation);
    }

    @Override
    public void annotate(long incarnation, String key, String value) {
        kernel.annotate(incarnation, key, value);
    }

    @Override
    public void openSocket(String name, Map<String, String> options, SocketReply reply) {
        kernel.openSocket(name, options, reply);
    }

    @Override
    public void listSockets(SocketList list) {
        kernel.listSockets(list);
    }

    @Override
    public void removeSocket(String name) {
        kernel.removeSocket(name);
    }

    @Override
    public void awaitConnection(String socket, Caller caller) {
        kernel.awaitConnection(socket, caller);
    }

    @Override
    public void putValue(String key, String value) {
        kernel.putValue(key, value);
    }

    @Override
    public void removeValue(String key) {
        kernel.removeValue(key);
    }
}
