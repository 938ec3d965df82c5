package papa.kernel;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import papa.loop.Signals;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.upgrade.Program;
import papa.wire.Words;

/** {@code papa --daemonize}: starts papa once more, in the background, and waits until it answers. */
final class Daemonizer {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private Daemonizer() {}

    /** The exit code. */
    static int run(Posix posix, Path socket) throws IOException, InterruptedException {
        List<String> command = command(Program.own(posix));
        Path log = Path.of(socket + ".log");
        int opened = new OwnLog(posix, Words.utf8(socket.toString())).open();
        if (opened < 0) {
            System.err.println("papa: cannot open " + log + ": "
                    + (Errno.ELOOP.is(opened) ? "it is a symbolic link; remove it" : Errno.of(opened)));
            return 1;
        }
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File("/proc/self/fd/" + opened)))
                .redirectErrorStream(true)
                .start();
        posix.close(opened);
        posix.signals().unblock(Signals.KEPT); // the child has them blocked; who waits here may be interrupted
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (System.nanoTime() < deadline) {
            if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                System.err.print(lastLine(log));
                return process.exitValue();
            }
            if (answers(socket, process.pid())) {
                System.out.println("papa runs in the background: pid " + process.pid() + ", " + socket);
                return 0;
            }
        }
        process.destroy();
        System.err.println("cannot start papa: it did not answer at " + socket + " within 15 seconds; see " + log);
        return 1;
    }

    /** All words of this process, which ProcessHandle cuts after 4096 bytes, as the one in the background is to have them. */
    private static List<String> command(Program own) {
        List<String> command = new ArrayList<>();
        command.add(Words.text(own.path()));
        for (String word : own.argv().subList(1, own.argv().size())) {
            if (!word.equals("--daemonize")) {
                command.add(Words.text(word));
            }
        }
        command.add("--detached");
        return command;
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1) + "\n";
    }

    /** Whether the papa at that socket is the one with this pid, and not one that was there before. */
    private static boolean answers(Path socket, long pid) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(4096);
            String text = "";
            while (!text.contains("capabilities=") && channel.read(answer) > 0) {
                text = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
            }
            return text.contains(" pid=" + pid + " ");
        } catch (IOException notYet) {
            return false;
        }
    }
}
