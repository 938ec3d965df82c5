package circus.manager.upgrade;

import circus.manager.kernel.Caller;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.LaunchSpec;
import circus.manager.kernel.SignalReply;
import circus.manager.kernel.SignalTarget;
import circus.manager.kernel.SocketList;
import circus.manager.kernel.SocketReply;
import circus.manager.kernel.SpawnReply;
import java.util.Map;

/** A kernel of which nothing can be had: whoever only looks does nothing. */
final class Spectator implements KernelPort {
    @Override
    public void spawn(LaunchSpec spec, SpawnReply reply) {}

    @Override
    public void openSocket(String name, Map<String, String> options, SocketReply reply) {}

    @Override
    public void listSockets(SocketList list) {}

    @Override
    public void removeSocket(String name) {}

    @Override
    public void signal(long incarnation, int signal, SignalTarget target) {}

    @Override
    public void signal(long incarnation, int signal, SignalTarget target, SignalReply reply) {}

    @Override
    public void signalChild(long incarnation, int child, int signal, SignalReply reply) {}

    @Override
    public void take(long incarnation) {}

    @Override
    public void annotate(long incarnation, String key, String value) {}

    @Override
    public void awaitConnection(String socket, Caller caller) {}

    @Override
    public void putValue(String key, String value) {}

    @Override
    public void removeValue(String key) {}
}
