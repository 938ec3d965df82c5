package circus.manager.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import papa.client.KernelChannel;
import papa.client.ReplyListener;

/** Who waits for a connection to which socket. The kernel is asked once for each socket, and tells once. Runs on circus-loop only. */
final class Knocks {
    private final KernelChannel channel;
    private final String prefix;
    private final Map<String, List<Caller>> waiting = new HashMap<>();

    Knocks(KernelChannel channel, String prefix) {
        this.channel = channel;
        this.prefix = prefix;
    }

    /** @param socket without the arbiter's prefix */
    void await(String socket, Caller caller) {
        boolean first = !waiting.containsKey(socket);
        waiting.computeIfAbsent(socket, unused -> new ArrayList<>()).add(caller);
        if (!first) {
            return;
        }
        channel.request(List.of("knock", prefix + socket), new ReplyListener() {
            @Override
            public void ok(String text) {}

            @Override
            public void failed(String reason) {
                String told = reason.contains("Unknown command")
                        ? "the kernel is of a version that cannot tell of connections; replace it by circusctl quit --terminate"
                                + " and a new start, or by papa upgrade"
                        : reason.replace(prefix, "");
                tell(socket, each -> each.failed(told));
            }
        });
    }

    /** @param name as the kernel calls it */
    void came(String name) {
        tell(name.startsWith(prefix) ? name.substring(prefix.length()) : name, Caller::called);
    }

    /** The socket is about to be closed. */
    void closed(String socket) {
        tell(socket, each -> each.failed("it is closed"));
    }

    private void tell(String socket, Consumer<Caller> news) {
        List<Caller> told = waiting.remove(socket);
        if (told != null) {
            told.forEach(news);
        }
    }
}
