package circus.manager.kernel;

import java.util.List;

/** Receives the list of held sockets: exactly one of the two, once, on circus-loop. */
public interface SocketList {
    /** Those that are open now, in no particular order. */
    void listed(List<ListedSocket> sockets);

    void failed(String reason);
}
