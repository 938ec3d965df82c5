package circus.manager;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import papa.passing.PassingSocket;

/** What systemd, or whoever else sets {@code NOTIFY_SOCKET} (sd_notify(3)), is told of circusd. */
final class ServiceNotice {
    private static final System.Logger LOG = System.getLogger(ServiceNotice.class.getName());

    private ServiceNotice() {}

    /** The main process is another one now. A unit of systemd needs {@code NotifyAccess=all} for that. */
    static void mainPid(Map<String, String> environment, long pid) {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (address.isEmpty()) {
            return;
        }
        try {
            PassingSocket.sendDatagram(address, "MAINPID=" + pid + "\nREADY=1");
        } catch (IOException nobody) {
            LOG.log(
                    Level.WARNING,
                    "cannot tell NOTIFY_SOCKET={0} of pid {1}: {2}",
                    address,
                    String.valueOf(pid),
                    nobody);
        }
    }
}
