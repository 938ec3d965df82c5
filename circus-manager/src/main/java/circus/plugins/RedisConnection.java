package circus.plugins;

import circus.options.RedisAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Redis server on which it can be asked how it is: {@code AUTH}, {@code SELECT} and {@code INFO} of RESP2
 * (redis.io/docs/latest/develop/reference/protocol-spec). One thread uses it and waits; {@link #close} on any other ends the wait.
 *
 * <p>Why no library: Jedis 6.2.0 brings five more jars, one of them a beta, counts its time-outs anew with each byte that comes, and has no Unix
 * sockets. What is needed of the protocol is one kind of question and three of answers.
 */
final class RedisConnection implements Closeable {
    private static final int LONGEST_LINE = 8192;

    /** {@code INFO} has some 6 KB. */
    private static final int LONGEST_BULK = 4 << 20;

    private final InputStream in;
    private final OutputStream out;

    /** What is closed to end a wait; known before anything is waited for. */
    static final class Handle implements Closeable {
        private @Nullable Closeable transport;
        private boolean closed;

        synchronized void hold(Closeable opened) throws IOException {
            if (closed) {
                opened.close();
                throw new IOException("closed");
            }
            transport = opened;
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            if (transport != null) {
                transport.close();
            }
        }
    }

    private final Handle handle;

    private RedisConnection(Handle handle, InputStream in, OutputStream out) {
        this.handle = handle;
        this.in = new BufferedInputStream(in);
        this.out = out;
    }

    /** Connects and logs in. */
    static RedisConnection open(RedisAddress address, Handle handle) throws IOException {
        RedisConnection connection = address.path().isEmpty() ? tcp(address, handle) : unix(address, handle);
        if (address.password().isPresent()) {
            connection.ask(
                    address.user().isPresent()
                            ? List.of(
                                    "AUTH",
                                    address.user().get(),
                                    address.password().get())
                            : List.of("AUTH", address.password().get()));
        }
        if (address.database() != 0) {
            connection.ask(List.of("SELECT", Integer.toString(address.database())));
        }
        return connection;
    }

    private static RedisConnection unix(RedisAddress address, Handle handle) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        handle.hold(channel);
        channel.connect(UnixDomainSocketAddress.of(address.path()));
        return new RedisConnection(handle, Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    private static RedisConnection tcp(RedisAddress address, Handle handle) throws IOException {
        IOException failure = new UnknownHostException(address.host());
        for (InetAddress one : InetAddress.getAllByName(address.host())) {
            Socket socket = new Socket();
            handle.hold(socket);
            try {
                socket.connect(new InetSocketAddress(one, address.port()));
            } catch (IOException notHere) {
                failure = notHere;
                continue;
            }
            socket.setTcpNoDelay(true);
            // The bare socket is what is closed: to end TLS in good form may take a while.
            Socket used = address.isSecure() ? secured(socket, address) : socket;
            return new RedisConnection(handle, used.getInputStream(), used.getOutputStream());
        }
        throw failure;
    }

    private static Socket secured(Socket socket, RedisAddress address) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(
                    address.authorities().isEmpty()
                            ? null
                            : store(Path.of(address.authorities().get())));
            context.init(null, trust.getTrustManagers(), null);
            SSLSocket secured =
                    (SSLSocket) context.getSocketFactory().createSocket(socket, address.host(), address.port(), true);
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
            secured.startHandshake();
            return secured;
        } catch (GeneralSecurityException unusable) {
            throw new RedisErrorException("cannot use TLS: " + unusable.getMessage());
        }
    }

    private static KeyStore store(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(file)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("authority" + store.size(), each);
            }
        } catch (IOException unreadable) {
            throw new RedisErrorException("cannot read ssl_ca_certs " + file + ": " + unreadable);
        }
        return store;
    }

    /** What the server tells of itself, {@code NAME:VALUE} by line. */
    Map<String, String> info() throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : ask(List.of("INFO")).split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith("#")) {
                values.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return values;
    }

    private String ask(List<String> words) throws IOException {
        ByteArrayOutputStream question = new ByteArrayOutputStream();
        question.writeBytes(bytes("*" + words.size() + "\r\n"));
        for (String word : words) {
            byte[] text = bytes(word);
            question.writeBytes(bytes("$" + text.length + "\r\n"));
            question.writeBytes(text);
            question.writeBytes(bytes("\r\n"));
        }
        out.write(question.toByteArray());
        out.flush();
        String first = line();
        String rest = first.isEmpty() ? "" : first.substring(1);
        return switch (first.isEmpty() ? ' ' : first.charAt(0)) {
            case '+' -> rest;
            case '-' -> throw new RedisErrorException("it answers " + words.get(0) + " by: " + rest);
            case '$' -> bulk(rest);
            default -> throw new RedisErrorException("it is no Redis server: it says " + first);
        };
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next != '\n') {
            if (next < 0) {
                throw new EOFException("it hangs up");
            }
            if (line.size() == LONGEST_LINE) {
                throw new RedisErrorException("it is no Redis server: it says too much");
            }
            line.write(next);
            next = in.read();
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private String bulk(String length) throws IOException {
        int size;
        try {
            size = Integer.parseInt(length);
        } catch (NumberFormatException none) {
            size = -1;
        }
        if (size < 0 || size > LONGEST_BULK) {
            throw new RedisErrorException("its answer has an odd length: " + length);
        }
        byte[] text = in.readNBytes(size + 2);
        if (text.length < size + 2) {
            throw new EOFException("it hangs up");
        }
        return new String(text, 0, size, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Any thread. */
    @Override
    public void close() throws IOException {
        handle.close();
    }
}
