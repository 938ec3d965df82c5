package circus.tests.workers;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.wire.Frame;

/**
 * What a manager says to its kernel, from hello to the exit of a process: {@code WireTrial SOCKET}. Run with the client of one release
 * and a kernel of another. Says {@code understood}, or how far it came.
 */
public final class WireTrial {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final KernelChannel channel;
    private final StringBuilder output = new StringBuilder();
    private long incarnation;
    private long end;
    private int code = -1;
    private boolean ended;

    private WireTrial(Path socket) throws PapaException {
        channel = KernelChannel.open(socket, this::frame);
    }

    public static void main(String[] arguments) throws PapaException {
        new WireTrial(Path.of(arguments[0])).run();
        System.out.println("understood");
    }

    private void run() throws PapaException {
        demand(!channel.hello().instance().isEmpty(), "hello");
        call("lease", "take", "trial");
        call("follow", "output", "trial.*");
        call("set", "trial.value", "two words");
        demand(call("get", "trial.value").equals("two words"), "get");
        String made = call(
                "make",
                "process",
                "trial.one",
                "env.X=a b",
                "annotate.slot=3",
                "--",
                "/bin/sh",
                "-c",
                "echo $X; exit 3");
        demand(made.startsWith("trial.one incarnation="), "make: " + made);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!ended || code < 0) {
            demand(System.nanoTime() < deadline, "no end, after " + output);
            channel.pump(LIMIT);
        }
        demand(output.toString().equals("a b\n"), "output: " + output);
        demand(code == 3, "exit: " + code);
        demand(call("list", "processes", "trial.*").contains(" annotate.slot=3"), "list");
        String number = Long.toString(incarnation);
        call("commit", "out", number, Long.toString(end), "exit", number, "set", "trial.value", "done");
        demand(call("list", "processes", "trial.*").isEmpty(), "it is not forgotten");
        call("remove", "values", "trial.value");
        call("lease", "drop", "trial");
        channel.close();
    }

    private String call(String... words) throws PapaException {
        return channel.call(List.of(words), LIMIT);
    }

    private static void demand(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    private void frame(Frame frame) {
        incarnation = frame.incarnation();
        if (frame instanceof Frame.Data data) {
            end = data.offset() + data.bytes().remaining();
            output.append(StandardCharsets.ISO_8859_1.decode(data.bytes()));
        } else if (frame instanceof Frame.Exit exit) {
            code = exit.code();
        } else if (frame instanceof Frame.End) {
            ended = true;
        }
    }
}
