package circus.options;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * Where a Redis server is and who asks, as Redis's own clients write it: {@code redis://USER:PASSWORD@HOST:PORT/DATABASE}, {@code rediss://} for
 * TLS, {@code unix:///PATH?db=DATABASE}. A value; any thread.
 *
 * @param place what it is called to people: without the password
 * @param isSecure whether by TLS
 * @param host empty for a Unix socket
 * @param port 0 for a Unix socket
 * @param path of the Unix socket; empty for TCP
 * @param user who asks; none for the server's default user
 * @param authorities a PEM file with the certificates that the server's is judged by; none for those that Java trusts
 */
public record RedisAddress(
        String place,
        boolean isSecure,
        String host,
        int port,
        String path,
        Optional<String> user,
        Optional<String> password,
        int database,
        Optional<String> authorities) {
    private static final int PORT = 6379;
    private static final String FORM =
            "write redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE], rediss://… or unix:///PATH";

    static RedisAddress parse(String text) throws BadValueException {
        URI url = uri(text.strip());
        String scheme = String.valueOf(url.getScheme());
        boolean isUnix = scheme.equals("unix");
        if (!List.of("redis", "rediss", "unix").contains(scheme) || url.isOpaque() || url.getFragment() != null) {
            throw wrong(text);
        }
        String place = text.strip();
        Optional<String> user = Optional.empty();
        Optional<String> password = Optional.empty();
        // The raw authority, since Java takes USER@ alone for a name of no server.
        String authority = Optional.ofNullable(url.getRawAuthority()).orElse("");
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            String who = authority.substring(0, at);
            int colon = who.indexOf(':');
            user = some(decoded(colon < 0 ? who : who.substring(0, colon)));
            password = colon < 0 ? Optional.empty() : some(decoded(who.substring(colon + 1)));
            place = place.replace(who + "@", "");
        }
        String path = Optional.ofNullable(url.getPath()).orElse("");
        int database = isUnix || path.isEmpty() || path.equals("/") ? 0 : database(path.substring(1), text);
        Optional<String> authorities = Optional.empty();
        String query = Optional.ofNullable(url.getRawQuery()).orElse("");
        for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            String value = decoded(pair.substring(pair.indexOf('=') + 1));
            switch (pair.substring(0, Math.max(0, pair.indexOf('=')))) {
                case "db" -> database = database(value, text);
                case "password" -> password = some(value);
                case "username" -> user = some(value);
                case "ssl_ca_certs" -> authorities = some(value);
                default ->
                    throw new BadValueException("'" + place + "' says ?" + pair
                            + ", which is none of db, username, password and ssl_ca_certs");
            }
            if (pair.startsWith("password=")) {
                place = place.replace(pair, "password=…");
            }
        }
        String server = authority.substring(at + 1);
        if (isUnix) {
            if (path.isEmpty() || !server.isEmpty()) {
                throw wrong(text);
            }
            return new RedisAddress(place, false, "", 0, path, user, password, database, Optional.empty());
        }
        int colon = server.lastIndexOf(':');
        boolean hasPort = colon > server.lastIndexOf(']');
        String host = hasPort ? server.substring(0, colon) : server;
        if (host.isEmpty()) {
            throw wrong(text);
        }
        int port = hasPort ? Numbers.integer(server.substring(colon + 1), 1, 65_535, "a port") : PORT;
        return new RedisAddress(place, scheme.equals("rediss"), host, port, "", user, password, database, authorities);
    }

    private static URI uri(String text) throws BadValueException {
        try {
            return new URI(text);
        } catch (URISyntaxException malformed) {
            throw new BadValueException("that is no URL: " + malformed.getReason() + "; " + FORM);
        }
    }

    private static int database(String text, String url) throws BadValueException {
        try {
            return Numbers.integer(text, 0, Integer.MAX_VALUE, "a database");
        } catch (BadValueException none) {
            throw wrong(url);
        }
    }

    private static BadValueException wrong(String text) {
        return new BadValueException("'" + text + "' is not the address of a Redis server (" + FORM + ")");
    }

    private static Optional<String> some(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static String decoded(String text) throws BadValueException {
        return Optional.ofNullable(uri("x:/?" + text).getQuery()).orElse("");
    }

    @Override
    public String toString() {
        return place;
    }
}
