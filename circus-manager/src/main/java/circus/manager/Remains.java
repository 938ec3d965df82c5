package circus.manager;

import circus.manager.kernel.KernelAddress;
import circus.manager.kernel.KernelStarter;
import circus.manager.kernel.PapaKernel;
import circus.manager.kernel.ProcessLife;
import circus.options.KernelLoss;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import papa.client.PapaException;

/**
 * What a term has of its kernel should that be killed: copies of what it held, values that it may not have had. The next term starts
 * another one with it. Belongs to circus-loop.
 */
final class Remains {
    private static final System.Logger LOG = System.getLogger(Remains.class.getName());
    private static final Duration KERNEL_END_LIMIT = Duration.ofSeconds(5);

    private final KernelAddress address;
    private final KernelLoss wanted;
    private final Map<String, Optional<String>> unconfirmed;
    private Optional<SocketChannel> copies = Optional.empty();
    private long pid;

    /** @param unconfirmed values that a kernel before this one may not have had */
    Remains(KernelAddress address, KernelLoss wanted, Map<String, Optional<String>> unconfirmed) {
        this.address = address;
        this.wanted = wanted;
        this.unconfirmed = new LinkedHashMap<>(unconfirmed);
    }

    /** Takes over from a term before. */
    void after(Remains former) {
        pid = former.pid;
        copies = former.copies;
        former.copies = Optional.empty();
    }

    /** What a kernel before the one that is to come has left: it is needed once more if that is killed at once. */
    void keep(Optional<SocketChannel> left) {
        copies = left;
    }

    /** It is this one. Copies are kept at once, since it may be killed at once. */
    void attached(PapaKernel kernel) {
        pid = kernel.hello().pid();
        kernel.keepCopies(copies);
        copies = Optional.empty();
    }

    /** The values that it may lack; told once. */
    Map<String, Optional<String>> takeUnconfirmed() {
        Map<String, Optional<String>> all = new LinkedHashMap<>(unconfirmed);
        unconfirmed.clear();
        return all;
    }

    /** The same, for the next term. */
    Map<String, Optional<String>> unconfirmed() {
        return unconfirmed;
    }

    /** The connection is about to be closed. */
    void leave(PapaKernel kernel) {
        copies = kernel.copies();
        unconfirmed.putAll(kernel.unconfirmed());
    }

    /** Whether it was killed, which may be told by anything that goes wrong. */
    boolean isDead() {
        return pid != 0 && ProcessLife.isOver(pid);
    }

    /** Starts another kernel, with what the dead one has left if that is wanted. */
    KernelStarter another() throws PapaException {
        boolean isOver = ProcessLife.awaitEnd(pid, KERNEL_END_LIMIT);
        if (isOver && copies.isPresent() && wanted == KernelLoss.ADOPT) {
            return KernelStarter.succeed(address, copies.get());
        }
        dropCopies(); // its sockets are opened anew
        return KernelStarter.begin(address);
    }

    /** The kernel for who comes after another circusd: as a rule it is there. */
    KernelStarter again() throws PapaException {
        if (isDead()) {
            return another();
        }
        dropCopies();
        return KernelStarter.begin(address);
    }

    /** Somebody else sees to it that what the kernel holds is not lost with it. */
    void dropCopies() {
        try {
            if (copies.isPresent()) {
                copies.get().close();
            }
        } catch (IOException cannot) {
            LOG.log(Level.DEBUG, "cannot close what the kernel has left", cannot);
        }
        copies = Optional.empty();
    }
}
