package circus.options;

import java.util.Locale;

/** What becomes of workers when the kernel that started them is killed. */
public enum KernelLoss {
    /** They go on, with a new kernel. */
    ADOPT,
    /** They are ended, and others are started. */
    REPLACE;

    /** As the option is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
