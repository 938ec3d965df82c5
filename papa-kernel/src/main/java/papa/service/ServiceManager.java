package papa.service;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.wire.Words;

/**
 * Who started papa and wants to be told how it is: systemd, or whoever else sets {@code NOTIFY_SOCKET} (sd_notify(3)) and
 * {@code WATCHDOG_USEC} (sd_watchdog_enabled(3)). Both stay as they are when papa replaces its program, so its successor
 * tells the same one that it is ready again.
 *
 * <p>A socket that is full or gone neither holds papa up nor ends it: what state papa is in is told again every second
 * until it is taken, a sign of life is dropped. Each message has a socket of its own, as the one at the other end may be
 * replaced at any time. Loop thread only.
 */
public final class ServiceManager {
    /** The longest path or name, and the two bytes before it (unix(7)). */
    private static final int LONGEST_ADDRESS = 110;

    private static final int LONGEST_MESSAGE = 4096;

    private final Posix posix;
    private final EventLoop loop;
    private final byte[] address;
    private final long watchdogNanos;

    /** From the start: nobody who is short of memory is to be taken for one that hangs. */
    private final long memory;

    private String state = "";
    private boolean failing;
    private boolean told;

    public ServiceManager(Posix posix, EventLoop loop, Map<String, String> environment) {
        this.posix = posix;
        this.loop = loop;
        this.address = address(environment.getOrDefault("NOTIFY_SOCKET", ""));
        this.memory = address.length == 0 ? 0 : posix.allocate(LONGEST_MESSAGE);
        this.watchdogNanos = address.length == 0 ? 0 : watchdogNanos(posix.pid(), environment);
    }

    /** A struct sockaddr_un of just the length that names it; empty if nobody is to be told. */
    private static byte[] address(String given) {
        byte[] name = given.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = given.startsWith("@");
        if (name.length == 0) {
            return name;
        }
        if (name.length + 2 > (isAbstract ? LONGEST_ADDRESS : LONGEST_ADDRESS - 1)
                || (!isAbstract && !given.startsWith("/"))
                || name.length == 1) {
            Log.info("cannot notify NOTIFY_SOCKET=" + given
                    + ": a path or an abstract name (@…) that fits a Unix socket is" + " wanted; nobody is told");
            return new byte[0];
        }
        byte[] address = new byte[2 + name.length + (isAbstract ? 0 : 1)];
        address[0] = Posix.AF_UNIX; // little-endian machines alone run this
        System.arraycopy(name, 0, address, 2, name.length);
        if (isAbstract) {
            address[2] = 0;
        }
        return address;
    }

    /** How often the watchdog wants to hear of us, halved, as sd_watchdog_enabled(3) advises; 0 for never. */
    private static long watchdogNanos(int pid, Map<String, String> environment) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String whose = environment.getOrDefault("WATCHDOG_PID", "");
        if (micros.isEmpty() || (!whose.isEmpty() && !whose.equals(Integer.toString(pid)))) {
            return 0;
        }
        if (!micros.matches("0*[1-9][0-9]{0,14}")) {
            Log.info("cannot read WATCHDOG_USEC=" + micros + ": microseconds are wanted; the watchdog is not served");
            return 0;
        }
        return TimeUnit.MICROSECONDS.toNanos(Long.parseLong(micros)) / 2;
    }

    /** Connections are taken from now on: once after each start of a program. The watchdog is served from here on. */
    public void ready(String socketPath) {
        become("READY=1\nMAINPID=" + posix.pid() + "\nSTATUS=serving at " + Words.text(socketPath));
        if (watchdogNanos > 0) {
            live();
        }
    }

    private void live() {
        loop.after(watchdogNanos, this::live);
        tell("WATCHDOG=1");
    }

    /** The end has begun. */
    public void stopping() {
        become("STOPPING=1\nSTATUS=ending all processes");
    }

    private void become(String wanted) {
        boolean same = wanted.equals(state);
        state = wanted;
        if (!same && !failing) {
            tellState();
        }
    }

    private void tellState() {
        failing = !tell(state);
        if (failing) {
            loop.after(loop.retryNanos, this::tellState);
        }
    }

    private boolean tell(String message) {
        if (address.length == 0) {
            return true;
        }
        int sent = send(message.getBytes(StandardCharsets.UTF_8));
        if (sent < 0 && !told) {
            told = true;
            Log.info("cannot notify the service manager at NOTIFY_SOCKET: " + Errno.of(sent)
                    + "; it is tried again, and this is told no more");
        }
        return sent >= 0;
    }

    private int send(byte[] message) {
        int fd = posix.socket(Posix.AF_UNIX, Posix.SOCK_DGRAM | Posix.SOCK_NONBLOCK, 0);
        if (fd < 0) {
            return fd;
        }
        int length = Math.min(message.length, LONGEST_MESSAGE);
        int sent = posix.connect(fd, address);
        if (sent >= 0) {
            posix.putBytes(memory, message, 0, length);
            sent = (int) posix.write(fd, memory, length);
        }
        posix.close(fd);
        return sent;
    }
}
