package circus.cli;

import circus.message.Endpoints;
import org.jspecify.annotations.Nullable;

/** The options that stand before the command. */
enum GlobalOption {
    ENDPOINT(
            "--endpoint",
            "URL",
            "where circusd is: tcp://HOST:PORT or ipc://PATH (default: the variable CIRCUSCTL_ENDPOINT, else "
                    + Endpoints.CONTROL + "; for listen " + Endpoints.PUBSUB + ")"),
    CURVE(
            "--curve",
            "FILE",
            "keys for an endpoint that demands them, as keygen --server makes them (default: the variable CIRCUSCTL_CURVE)"),
    HELP("--help", null, "show this text, or that of a command, and exit"),
    JSON("--json", null, "print the reply as JSON, and exit with 0 even if it is an error"),
    PRETTIFY("--prettify", null, "with --json: indented and sorted, and coloured on a terminal"),
    TIMEOUT("--timeout", "SECONDS", "how long to wait for the reply (default: 5)"),
    VERSION("--version", null, "show the version and exit");

    private final String flag;
    private final @Nullable String placeholder;
    private final String doc;

    GlobalOption(String flag, @Nullable String placeholder, String doc) {
        this.flag = flag;
        this.placeholder = placeholder;
        this.doc = doc;
    }

    String flag() {
        return flag;
    }

    /** The word for its value; null for a switch. */
    @Nullable
    String placeholder() {
        return placeholder;
    }

    String doc() {
        return doc;
    }
}
