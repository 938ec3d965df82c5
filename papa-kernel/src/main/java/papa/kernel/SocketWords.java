package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import papa.launch.HandedOver;
import papa.request.Refusal;
import papa.socket.HeldSocket;

/**
 * {@code $(socket.NAME.port)} and {@code $(socket.NAME.fileno)} in the words of a process (contract/papa-kernel.md,
 * section 4): the first one in each word is replaced. What is named by its number is handed over to the process.
 */
final class SocketWords {
    private static final String OPENING = "$(socket.";

    private final Kernel kernel;
    private final Session session;
    private final String process;
    private final HandedOver handedOver;

    /** @param handedOver gets those that the words name by number */
    SocketWords(Kernel kernel, Session session, String process, HandedOver handedOver) {
        this.kernel = kernel;
        this.session = session;
        this.process = process;
        this.handedOver = handedOver;
    }

    List<String> replace(List<String> words) throws Refusal {
        List<String> replaced = new ArrayList<>(words.size());
        for (String word : words) {
            replaced.add(replace(word));
        }
        return replaced;
    }

    private String replace(String word) throws Refusal {
        int start = word.indexOf(OPENING);
        if (start < 0) {
            return word;
        }
        int end = word.indexOf(')', start);
        if (end < 0) {
            throw new Refusal(
                    "Process for " + process + " argument starts with \"$(socket.\" but has no closing parenthesis");
        }
        String inside = word.substring(start + OPENING.length(), end);
        int dot = inside.lastIndexOf('.');
        String selector = dot < 0 ? "" : inside.substring(dot + 1);
        if (!selector.equals("port") && !selector.equals("fileno")) {
            throw new Refusal("You forgot to specify either \".port\" or \".fileno\" after the name");
        }
        String name = inside.substring(0, dot);
        int number;
        if (selector.equals("port")) {
            number = demand(name).port;
        } else {
            HeldSocket socket = handOver(name);
            handedOver.add(socket);
            number = socket.fd;
        }
        return word.substring(0, start) + number + word.substring(end + 1);
    }

    /** A socket that the process is to inherit, and so may take connections from. */
    HeldSocket handOver(String name) throws Refusal {
        HeldSocket socket = demand(name);
        kernel.leases.demand(session, "hand over", name);
        return kernel.sockets.forProcess(socket, process);
    }

    private HeldSocket demand(String name) throws Refusal {
        HeldSocket socket = kernel.sockets.get(name);
        if (socket == null) {
            throw new Refusal("Socket " + name + " not found");
        }
        return socket;
    }
}
