package circus.manager.stats;

import oshi.nativefree.SystemInfo;
import oshi.software.common.os.linux.LinuxOperatingSystem;

/**
 * What of the machine the figures of all processes rest on, as oshi knows it; the only user of oshi. A value; any thread. To look takes a
 * tenth of a second and 6 MB the first time, so that is for circus-stats alone.
 *
 * <p>The figures of single processes are not oshi's, because it cannot tell them for 1,000 workers within the 100 ms that {@code stats} has.
 * Measured with oshi 7.5.0 beside {@link ProcFiles} in the same run, warm, for 1,000 sleeping processes: {@code getProcess} 92 to 157 ms
 * (it reads five files of each and formats their names), {@code stat} read by ourselves 13; {@code getUser} 2 to 6 ms for each single process (it
 * runs {@code getent}), the user by ourselves 20 ms for all; {@code getChildProcesses} 272 ms for one parent (it reads all processes of the
 * machine), the children of 1,000 parents by ourselves 8. The CPU time of children that were waited for, and the niceness, it does not tell.
 *
 * <p>It is oshi's part without native code ({@code oshi.nativefree}): JNA would take another 200 ms, 4 MB, and a library unpacked into /tmp.
 *
 * @param memoryBytes all of its memory
 * @param pageBytes the size of a page, in which /proc counts resident memory
 * @param ticksPerSecond in which /proc counts times
 * @param bootTime seconds since the epoch, from which /proc counts the starts of processes
 */
record Machine(long memoryBytes, long pageBytes, long ticksPerSecond, double bootTime) {

    static Machine look() {
        // oshi's logging library would say on stderr that nobody takes its messages.
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        SystemInfo system = new SystemInfo();
        if (!(system.getOperatingSystem() instanceof LinuxOperatingSystem linux)) {
            throw new IllegalStateException("cannot tell figures of processes: this is not Linux");
        }
        return new Machine(
                system.getHardware().getMemory().getTotal(),
                linux.getPageSize(),
                linux.getHz(),
                LinuxOperatingSystem.getBootTime());
    }
}
