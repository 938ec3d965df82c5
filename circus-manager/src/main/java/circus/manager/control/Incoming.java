package circus.manager.control;

import circus.manager.command.Caller;

/** A request as it came in, and the way back to who sent it. */
public final class Incoming {
    final Connection connection;
    final byte[] peer;
    final boolean req;
    private final byte[] body;
    private boolean settled;

    /**
     * @param peer what the ROUTER calls it
     * @param req it wants an empty frame before the reply
     */
    Incoming(Connection connection, byte[] peer, boolean req, byte[] body) {
        this.connection = connection;
        this.peer = peer;
        this.req = req;
        this.body = body;
    }

    public Caller caller() {
        return connection.caller();
    }

    /** It is answered, or needs no answer: its connection may go. May be called again. circus-loop. */
    void settle() {
        if (!settled) {
            settled = true;
            connection.settled();
        }
    }

    /** Not to be changed. */
    public byte[] body() {
        return body;
    }
}
