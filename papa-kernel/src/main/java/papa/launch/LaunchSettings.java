package papa.launch;

/**
 * What the kernel was started with, and what children get that ask for nothing else.
 *
 * @param fileLimit the soft RLIMIT_NOFILE; the kernel's own is higher
 * @param home the working directory; a byte string
 * @param mask the umask
 * @param folder where FIFOs may be made; a byte string
 */
public record LaunchSettings(long fileLimit, String home, int mask, String folder) {}
