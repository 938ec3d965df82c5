package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.kernel.ListedSocket;
import circus.manager.kernel.SocketList;
import circus.manager.watcher.SocketPlace;
import circus.message.ErrorCode;
import circus.message.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that the kernel holds for workers, as they really are. Those of worker slots are told with the one whose name they share:
 * clients take a name for one socket.
 */
final class ListSockets implements Command {
    private final Arbiter arbiter;

    ListSockets(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) {
        arbiter.kernel().listSockets(new SocketList() {
            @Override
            public void listed(List<ListedSocket> sockets) {
                call.reply(Reply.ok("sockets", report(sockets)));
            }

            @Override
            public void failed(String reason) {
                call.reply(new Reply.Failed(
                        ErrorCode.COMMAND_ERROR,
                        "cannot list the sockets, since the kernel does not: " + reason,
                        null));
            }
        });
    }

    private static List<Map<String, @Nullable Object>> report(List<ListedSocket> open) {
        List<ListedSocket> sorted = new ArrayList<>(open);
        sorted.sort(Comparator.comparingInt(ListedSocket::descriptor));
        Map<String, ListedSocket> shown = new LinkedHashMap<>();
        Map<String, List<Integer>> slots = new TreeMap<>();
        for (ListedSocket socket : sorted) {
            String name = SocketPlace.socketOfSlot(socket.name()).orElse(socket.name());
            if (name.equals(socket.name())) {
                shown.put(name, socket);
            } else {
                slots.computeIfAbsent(name, unused -> new ArrayList<>()).add(socket.descriptor());
                shown.putIfAbsent(name, socket);
            }
        }
        List<Map<String, @Nullable Object>> report = new ArrayList<>();
        shown.entrySet().stream()
                .sorted(Comparator.comparingInt(each -> each.getValue().descriptor()))
                .forEach(each -> report.add(fields(each.getKey(), each.getValue(), slots.get(each.getKey()))));
        return report;
    }

    private static Map<String, @Nullable Object> fields(
            String name, ListedSocket socket, @Nullable List<Integer> slots) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("fd", socket.descriptor());
        fields.put("name", name);
        fields.put("backlog", socket.backlog());
        if (socket.path().isPresent()) {
            fields.put("path", socket.path().get());
        } else {
            fields.put("host", socket.host().orElse(""));
            fields.put("port", socket.port());
        }
        if (slots != null) {
            fields.put("slots", slots);
        }
        return fields;
    }
}
