package circus.manager.kernel;

import java.util.List;
import java.util.Optional;
import papa.client.KernelChannel;
import papa.client.PapaException;

/**
 * What would be lost if the kernel were killed now, as it tells itself ({@code copies show}).
 *
 * @param descriptors how many of it there are no copies of
 * @param why in the kernel's words
 */
public record Uncopied(long descriptors, String why) {
    /** Asks a kernel, and waits for it; empty where everything is copied, and where no copies are taken at all. */
    public static Optional<Uncopied> of(KernelChannel kernel, String lease) throws PapaException {
        if (!kernel.hello().can("copies")) {
            return Optional.empty();
        }
        for (Description each : Description.parseAll(kernel.call(List.of("copies", "show"), KernelChannel.PATIENCE))) {
            long missing = each.name().equals(lease) ? each.number("missing") : 0;
            if (missing > 0) {
                return Optional.of(new Uncopied(missing, each.find("why").orElse("")));
            }
        }
        return Optional.empty();
    }
}
