package circus.options;

/** The address families that Circus's {@code family} option knows. */
public enum SocketFamily {
    AF_INET,
    AF_INET6,
    AF_UNIX
}
