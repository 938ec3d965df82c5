package circus.manager.kernel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import papa.client.KernelChannel;
import papa.client.PapaException;

/**
 * The right to manage everything whose name begins with that of the lease. It lasts as long as the connection that took
 * it; each grant has a higher epoch.
 */
record Lease(String name, long epoch) {
    private static final Pattern HELD = Pattern.compile("held by pid (\\d+)");
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * Takes the lease. A holder that was killed may not be quite gone yet: it is waited for, up to {@code patience}.
     *
     * @throws PapaException if a living manager holds it
     */
    static Lease take(KernelChannel channel, String name, Duration limit, Duration patience) throws PapaException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (true) {
            String refusal;
            try {
                String granted = channel.call(List.of("lease", "take", name), limit);
                return new Lease(name, Description.parse(granted).number("epoch"));
            } catch (PapaException e) {
                Matcher held = HELD.matcher(String.valueOf(e.getMessage()));
                if (!channel.isOpen() || !held.find()) {
                    throw e;
                }
                refusal = held.group(1);
            }
            long holder = Long.parseLong(refusal);
            if (System.nanoTime() >= deadlineNanos || !ProcessLife.isOver(holder)) {
                throw new PapaException("cannot manage " + name + ": circusd with pid " + holder
                        + " manages it already. Use another [circus] name, or stop that one first (circusctl quit).");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
