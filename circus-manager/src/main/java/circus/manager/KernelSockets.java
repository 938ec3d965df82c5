package circus.manager;

import circus.manager.arbiter.ManagedSockets;
import circus.manager.kernel.HeldSocket;
import circus.manager.kernel.PapaKernel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import papa.client.PapaException;

/**
 * The kernel as the holder of sockets.
 *
 * @param afterDeath whether a kernel before this one was killed, so that files of its Unix sockets are left, at which nobody listens
 */
record KernelSockets(PapaKernel kernel, boolean afterDeath) implements ManagedSockets.Holder {
    @Override
    public List<HeldSocket> sockets() throws PapaException {
        return kernel.sockets();
    }

    @Override
    public HeldSocket makeSocket(String name, Map<String, String> options) throws PapaException {
        Map<String, String> all = new LinkedHashMap<>(options);
        if (afterDeath && options.containsKey("path")) {
            all.put("replace", "1"); // the kernel removes nothing at which somebody listens
        }
        return kernel.makeSocket(name, all);
    }

    @Override
    public void removeSocket(String name) {
        kernel.removeSocket(name);
    }
}
