package papa.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import papa.loop.Log;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.request.Refusal;
import papa.upgrade.Handed;
import papa.upgrade.SignalsHeld;
import papa.wire.Words;

/** The kernel's program: puts the parts together, and runs until it is told to end. */
public final class Papa {
    private Papa() {}

    public static void main(String[] words) {
        System.exit(run(words));
    }

    private static int run(String... words) {
        try {
            Handed handed = Handed.of(List.of(words));
            if (!handed.isNothing()) {
                Posix posix = new NativePosix();
                SignalsHeld.ensure(posix);
                return new Successor(posix, handed, System.getenv(), words.length).run();
            }
            Arguments arguments = Arguments.parse(words);
            if (arguments.help()) {
                System.out.print(Arguments.USAGE);
                return 0;
            }
            if (arguments.version()) {
                System.out.println("papa " + Server.VERSION);
                return 0;
            }
            Log.debugging(arguments.debug());
            Posix posix = new NativePosix();
            SignalsHeld.ensure(posix);
            Path socket = socket(posix, arguments);
            if (arguments.daemonize()) {
                return Daemonizer.run(posix, socket);
            }
            return House.anew(posix, arguments, System.getenv(), Words.utf8(socket.toString()), words.length)
                    .live();
        } catch (Arguments.UsageException wrong) {
            System.err.println("papa: " + wrong.getMessage());
            return 2;
        } catch (Refusal | PosixException | IOException failed) {
            System.err.println("papa: " + failed.getMessage());
            return 1;
        } catch (OutOfMemoryError none) {
            System.err.println("papa: cannot start: " + none.getMessage());
            return 1;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static Path socket(Posix posix, Arguments arguments) throws Refusal {
        if (arguments.socketPath().isEmpty()) {
            // Only with --init is whoever needs it told where it is.
            Path folder =
                    arguments.init() ? RuntimeFolder.prepareAnywhere(posix.uid()) : RuntimeFolder.prepare(posix.uid());
            return folder.resolve("papa.sock");
        }
        Path socket = Path.of(arguments.socketPath()).toAbsolutePath();
        Path folder = Objects.requireNonNullElse(socket.getParent(), socket);
        RuntimeFolder.doubt(folder, posix.uid())
                .ifPresent(doubt -> Log.info("warning: the folder " + folder + " " + doubt
                        + ", who could put a socket of his own in the place of " + socket));
        return socket;
    }
}
