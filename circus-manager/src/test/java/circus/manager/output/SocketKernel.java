package circus.manager.output;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;
import papa.wire.FrameEncoder;
import papa.wire.Words;
import papa.wire.WordsException;

/** A kernel on a real socket, as far as a pump talks with it. Says what it is told to, and keeps what is committed. */
final class SocketKernel implements AutoCloseable {
    private static final String HELLO = "Papa is home. Type \"help\" for commands.\n> "
            + "papa 0.1.0 wire=1 instance=0123456789abcdef pid=42 started=1795209723000000"
            + " capabilities=quoted,framed,signal,follow,commit,lease,annotate\n> ";

    /** @param text byte string; null for bytes that are lost */
    private record Said(
            StreamId stream, long offset, @Nullable String text, long lost) {
        long length() {
            return text == null ? lost : text.length();
        }

        Said from(int done) {
            String rest = text == null ? null : text.substring(done);
            return new Said(stream, offset + done, rest, text == null ? lost - done : 0);
        }
    }

    private final ServerSocketChannel server;
    private final Map<Long, String> names = new TreeMap<>();
    private final List<Long> ended = new ArrayList<>();
    private final List<Said> said = new ArrayList<>();
    private final Map<StreamId, Long> committed = new LinkedHashMap<>();
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<String> requests = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private @Nullable String refusal;

    SocketKernel(Path path) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        new Thread(this::accept, "socket-kernel").start();
    }

    private void accept() {
        try {
            while (true) {
                Connection connection = new Connection(server.accept());
                synchronized (this) {
                    connections.add(connection);
                }
                new Thread(connection, "socket-kernel-connection").start();
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    // ---- what a test says ----

    synchronized StreamId process(long incarnation, String name) throws IOException {
        names.put(incarnation, name);
        for (Connection connection : connections) {
            connection.announce(incarnation);
        }
        return new StreamId(incarnation, Channel.OUT);
    }

    synchronized void say(StreamId stream, String text) throws IOException {
        add(new Said(stream, end(stream), Words.utf8(text), 0));
    }

    synchronized void lose(StreamId stream, long bytes) throws IOException {
        add(new Said(stream, end(stream), null, bytes));
    }

    private void add(Said piece) throws IOException {
        said.add(piece);
        for (Connection connection : connections) {
            connection.send(piece);
        }
    }

    private long end(StreamId stream) {
        return said.stream()
                .filter(piece -> piece.stream().equals(stream))
                .mapToLong(Said::length)
                .sum();
    }

    synchronized void end(long incarnation) throws IOException {
        ended.add(incarnation);
        for (Connection connection : connections) {
            connection.end(incarnation);
        }
    }

    synchronized long committed(StreamId stream) {
        return committed.getOrDefault(stream, 0L);
    }

    synchronized Map<String, String> values() {
        return Map.copyOf(values);
    }

    synchronized void put(String name, String value) {
        values.put(name, value);
    }

    /** What was asked on all connections. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    synchronized void refuseCommits(String reason) {
        refusal = reason;
    }

    synchronized void hangUp() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        connections.clear();
    }

    @Override
    public void close() throws IOException {
        server.close();
        hangUp();
    }

    /** One client. */
    private final class Connection implements Runnable {
        private final SocketChannel channel;
        private boolean follows;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void run() {
            try {
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.ISO_8859_1));
                lines.readLine();
                write(HELLO);
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    synchronized (SocketKernel.this) {
                        request(line);
                    }
                }
            } catch (IOException | WordsException e) {
                // The client has gone, or the test is over.
            }
        }

        private void request(String line) throws IOException, WordsException {
            List<String> words = Words.splitQuoted(line);
            String tag = words.remove(0);
            String request = String.join(" ", words);
            requests.add(request);
            String reason = refusal;
            if (words.get(0).equals("commit") && reason != null) {
                reply(tag, false, reason);
                return;
            }
            reply(tag, true, answer(words));
            if (request.startsWith("follow output")) {
                follow(words.get(2));
            } else if (request.startsWith("follow resume")) {
                for (String word : words.subList(2, words.size())) {
                    String[] parts = word.split("=");
                    resume(StreamId.parse(parts[0]), Long.parseLong(parts[1]));
                }
            }
        }

        /** Sends a stream again; that it was paused was of no interest. */
        private void resume(StreamId stream, long offset) throws IOException {
            for (Said piece : said) {
                long done = offset - piece.offset();
                if (piece.stream().equals(stream) && done < piece.length()) {
                    send(piece.from((int) Math.max(0, done)));
                }
            }
        }

        private String answer(List<String> words) {
            StringBuilder answer = new StringBuilder();
            if (words.get(0).equals("commit")) {
                commit(words);
            } else if (words.get(1).equals("values")) {
                values.forEach((name, value) -> answer.append(name)
                        .append(' ')
                        .append(Words.quote(value))
                        .append('\n'));
            } else if (words.get(1).equals("processes")) {
                names.forEach((incarnation, name) -> answer.append(name)
                        .append(" incarnation=" + incarnation + " pid=42 state=")
                        .append(ended.contains(incarnation) ? "ended" : "running")
                        .append(" started=1\n"));
            }
            return answer.toString();
        }

        private void commit(List<String> words) {
            for (int at = 1; at < words.size(); at += 3) {
                if (words.get(at).equals("set")) {
                    values.put(words.get(at + 1), words.get(at + 2));
                } else {
                    StreamId stream = StreamId.parse(words.get(at + 1) + "." + words.get(at));
                    committed.put(stream, Long.parseLong(words.get(at + 2)));
                }
            }
        }

        private void follow(String pattern) throws IOException {
            follows = true;
            String prefix = pattern.replace("*", "");
            for (Map.Entry<Long, String> each : names.entrySet()) {
                if (each.getValue().startsWith(prefix)) {
                    announce(each.getKey());
                }
            }
            for (Said piece : said) {
                long done = committed(piece.stream()) - piece.offset();
                if (done < piece.length()) {
                    send(piece.from((int) Math.max(0, done)));
                }
            }
            for (long incarnation : ended) {
                end(incarnation);
            }
        }

        void announce(long incarnation) throws IOException {
            String name = names.getOrDefault(incarnation, "");
            ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.announcedRoom(name));
            FrameEncoder.announced(frame, incarnation, 42, 1, name);
            frame(frame);
        }

        void send(Said piece) throws IOException {
            String text = piece.text();
            StreamId stream = piece.stream();
            ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM + (text == null ? 0 : text.length() + 1));
            if (text == null) {
                FrameEncoder.gap(
                        frame,
                        stream.incarnation(),
                        stream.channel(),
                        piece.offset(),
                        piece.lost(),
                        1_000_000,
                        2_000_000);
            } else {
                FrameEncoder.data(
                        frame, stream.incarnation(), stream.channel(), piece.offset(), 1_500_000, text.length());
                frame.put(text.getBytes(StandardCharsets.ISO_8859_1)).put(FrameEncoder.PAYLOAD_END);
            }
            frame(frame);
        }

        void end(long incarnation) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM);
            FrameEncoder.end(frame, incarnation);
            frame(frame);
        }

        private void frame(ByteBuffer frame) throws IOException {
            if (follows && channel.isOpen()) {
                try {
                    write(frame.flip());
                } catch (IOException e) {
                    // The client has gone.
                    channel.close();
                }
            }
        }

        private void reply(String tag, boolean ok, String text) throws IOException {
            ByteBuffer header = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM);
            FrameEncoder.reply(header, ok, tag, text.length());
            write(header.flip());
            write(text + "\n");
        }

        private void write(String text) throws IOException {
            write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        }

        private void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
