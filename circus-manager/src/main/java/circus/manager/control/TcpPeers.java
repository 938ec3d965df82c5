package circus.manager.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whose processes are at the other ends of TCP connections, as far as those are on this machine: the tables of the system are read once for
 * all that have come meanwhile, since they may be long. Any thread that may wait for files.
 */
final class TcpPeers {
    /** What is added or removed while a table is read may hide a line that was there before and after. */
    private static final int TRIES = 2;

    private final Path net;

    /** @param net where the tables are: {@code /proc/net} */
    TcpPeers(Path net) {
        this.net = net;
    }

    /** A connection as we see it. */
    record Ends(InetSocketAddress ours, InetSocketAddress theirs) {
        /** Whether the other end is on this machine too. */
        boolean isLocal() {
            InetAddress host = theirs.getAddress();
            try {
                return host.isLoopbackAddress()
                        || host.equals(ours.getAddress())
                        || NetworkInterface.getByInetAddress(host) != null;
            } catch (SocketException unknown) {
                return false;
            }
        }
    }

    /** The uid of each peer that is found. Who has closed its end already is not, and nobody on another machine is. */
    Map<Ends, Integer> uids(Collection<Ends> connections) throws IOException {
        Map<String, Ends> byWord = new HashMap<>();
        for (Ends ends : connections) {
            TcpTable.words(ends.theirs, ends.ours).forEach(word -> byWord.put(word, ends));
        }
        Map<Ends, Integer> found = new HashMap<>();
        Set<Ends> sought = new HashSet<>(connections);
        for (int i = 0; i < TRIES && !sought.isEmpty(); i++) {
            for (String name : new String[] {"tcp", "tcp6"}) {
                Path table = net.resolve(name);
                if (sought.isEmpty() || (name.equals("tcp6") && !Files.exists(table))) {
                    continue;
                }
                try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
                    TcpTable.uids(lines, byWord.keySet(), sought.size()).forEach((word, uid) -> {
                        Ends ends = byWord.get(word);
                        if (ends != null && sought.remove(ends)) {
                            found.put(ends, uid);
                        }
                    });
                }
            }
        }
        return found;
    }
}
