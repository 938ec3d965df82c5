package circus.options;

/** The socket types that Circus's {@code type} option knows. */
public enum SocketType {
    SOCK_STREAM,
    SOCK_DGRAM,
    SOCK_RAW,
    SOCK_RDM,
    SOCK_SEQPACKET
}
