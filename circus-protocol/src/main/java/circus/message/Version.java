package circus.message;

/** The version of circusd, circusctl and their messages: that of the build. A test holds the two together. */
public final class Version {
    public static final String TEXT = "0.2.0";

    private Version() {}
}
