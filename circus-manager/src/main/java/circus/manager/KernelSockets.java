package circus.manager;

import circus.manager.arbiter.ManagedSockets;
import circus.manager.kernel.HeldSocket;
import circus.manager.kernel.PapaKernel;
import java.util.List;
import java.util.Map;
import papa.client.PapaException;

/** The kernel as the holder of sockets. */
record KernelSockets(PapaKernel kernel) implements ManagedSockets.Holder {
    @Override
    public List<HeldSocket> sockets() throws PapaException {
        return kernel.sockets();
    }

    @Override
    public HeldSocket makeSocket(String name, Map<String, String> options) throws PapaException {
        return kernel.makeSocket(name, options);
    }

    @Override
    public void removeSocket(String name) {
        kernel.removeSocket(name);
    }
}
