package papa.door;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Posix;

/**
 * Whose socket is at the other end of a TCP connection on this machine. The system is asked for that one socket by its
 * addresses (sock_diag(7)), which costs the same however many sockets there are; where netlink is refused, a thread of
 * its own looks through /proc/net/tcp, which may be long. Loop thread only.
 *
 * <p>A socket that its process has closed already is told as root's, by both. It can be known by its inode, which is 0:
 * who has gone is {@link Guard#UNKNOWN}, and never root.
 */
public final class TcpPeers {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_DGRAM = 2;
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final int SOCK_DIAG_BY_FAMILY = 20;
    private static final int NLM_F_REQUEST = 1;
    private static final int REQUEST_BYTES = 72;
    private static final int ANSWER_BYTES = 4096;
    private static final int MOST_WAITING = 64;

    private final Posix posix;
    private final EventLoop loop;
    private final List<Path> tables;
    private final long buffer;
    private final int netlink;
    private final ThreadPoolExecutor reader =
            new ThreadPoolExecutor(0, 1, 5, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), TcpPeers::thread);

    /** Whether netlink has told anything yet: where its module is missing, it says of every socket that there is none. */
    private boolean proven;

    /** @param tables where the system lists its TCP connections: /proc/net/tcp, /proc/net/tcp6 */
    public TcpPeers(Posix posix, EventLoop loop, List<Path> tables) {
        this.posix = posix;
        this.loop = loop;
        this.tables = List.copyOf(tables);
        this.buffer = posix.allocate(ANSWER_BYTES);
        this.netlink =
                posix.socket(AF_NETLINK, SOCK_DGRAM | Posix.SOCK_NONBLOCK | Posix.SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "papa-peers");
        thread.setDaemon(true);
        return thread;
    }

    /** Tells the uid of who is at the other end of a connection, or {@link Guard#UNKNOWN}; at once or later. */
    public void uid(int fd, IntConsumer told) {
        byte[] ours = new byte[16];
        byte[] theirs = new byte[16];
        boolean named = posix.socketName(fd, ours) == 16 && posix.peerName(fd, theirs) == 16;
        if (!named) {
            told.accept(Guard.UNKNOWN);
            return;
        }
        byte[] answer = ask(theirs, ours);
        int found = uidIn(answer, theirs, ours);
        proven |= found != Guard.UNKNOWN;
        if (proven) {
            told.accept(found);
            return;
        }
        try {
            reader.execute(() -> {
                int uid = uidInTable(theirs, ours);
                loop.post(() -> told.accept(uid));
            });
        } catch (RejectedExecutionException tooMany) {
            told.accept(Guard.UNKNOWN);
        }
    }

    /** Asks for the socket with these addresses (struct sockaddr_in); empty if there is no answer. */
    private byte[] ask(byte[] local, byte[] remote) {
        ByteBuffer request = ByteBuffer.allocate(REQUEST_BYTES).order(ByteOrder.nativeOrder());
        request.putInt(REQUEST_BYTES).putShort((short) SOCK_DIAG_BY_FAMILY).putShort((short) NLM_F_REQUEST);
        request.putInt(0).putInt(0);
        // struct inet_diag_req_v2: TCP, in any state; ports and addresses stay in the order of the network.
        request.put((byte) Posix.AF_INET).put((byte) 6).putShort((short) 0).putInt(-1);
        request.put(local, 2, 2).put(remote, 2, 2);
        request.put(local, 4, 4).position(44).put(remote, 4, 4).position(60);
        request.putInt(0).putInt(-1).putInt(-1);
        // What was not read of an earlier answer, for whatever reason, would be taken for this one.
        long stale = netlink < 0 ? -1 : posix.read(netlink, buffer, ANSWER_BYTES);
        while (stale > 0) {
            stale = posix.read(netlink, buffer, ANSWER_BYTES);
        }
        posix.putBytes(buffer, request.array(), 0, REQUEST_BYTES);
        // The answer is there when the request has been written: netlink(7) works it off in that call.
        if (netlink < 0 || posix.write(netlink, buffer, REQUEST_BYTES) != REQUEST_BYTES) {
            return new byte[0];
        }
        long count = posix.read(netlink, buffer, ANSWER_BYTES);
        byte[] answer = new byte[(int) Math.max(0, count)];
        posix.getBytes(buffer, answer, 0, answer.length);
        return answer;
    }

    /** struct nlmsghdr, struct inet_diag_msg. */
    private static int uidIn(byte[] answer, byte[] local, byte[] remote) {
        ByteBuffer fields = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
        boolean told = answer.length >= 88 && fields.getShort(4) == SOCK_DIAG_BY_FAMILY;
        // Where that connection is gone, the system looks for who listens at the address: another one.
        int from = told && answer[16] == Posix.AF_INET6 ? 12 : 0; // a mapped address: ::ffff:127.0.0.1
        boolean same = told
                && Arrays.equals(answer, 20, 22, local, 2, 4)
                && Arrays.equals(answer, 22, 24, remote, 2, 4)
                && Arrays.equals(answer, 24 + from, 28 + from, local, 4, 8)
                && Arrays.equals(answer, 40 + from, 44 + from, remote, 4, 8);
        boolean open = told && fields.getInt(84) != 0;
        return same && open ? fields.getInt(80) : Guard.UNKNOWN;
    }

    private int uidInTable(byte[] local, byte[] remote) {
        try {
            int uid = Guard.UNKNOWN;
            for (int i = 0; i < tables.size() && uid == Guard.UNKNOWN; i++) {
                uid = TcpTable.uid(tables.get(i), local, remote);
            }
            return uid;
        } catch (IOException unreadable) {
            Log.info("cannot tell whose TCP connections are: netlink is refused, and " + unreadable);
            return Guard.UNKNOWN;
        }
    }

    public void close() {
        reader.shutdownNow();
        if (netlink >= 0) {
            posix.close(netlink);
        }
        posix.free(buffer);
    }
}
