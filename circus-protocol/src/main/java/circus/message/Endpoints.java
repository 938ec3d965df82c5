package circus.message;

/** Where Circus's sockets are when nobody says otherwise. */
public final class Endpoints {
    public static final String CONTROL = "tcp://127.0.0.1:5555";
    public static final String PUBSUB = "tcp://127.0.0.1:5556";
    public static final String STATS = "tcp://127.0.0.1:5557";

    private Endpoints() {}
}
