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
    NO_COLOR("--no-color", null, "no colours, also on a terminal (the same: the variable NO_COLOR, not empty)"),
    PRETTIFY("--prettify", null, "with --json: indented and sorted, and coloured on a terminal"),
    SSH(
            "--ssh",
            "[USER@]HOST[:PORT]",
            "reach the endpoint by way of this machine: it is as seen from there; ssh must be able to log in without a question"),
    SSH_KEYFILE("--ssh_keyfile", "FILE", "with --ssh: the private key to log in with"),
    TIMEOUT("--timeout", "SECONDS", "how long to wait for the reply (default: 5)"),
    WAIT("--wait", "SECONDS", "so long circusd may take to be there before --timeout counts (default: 0)"),
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
