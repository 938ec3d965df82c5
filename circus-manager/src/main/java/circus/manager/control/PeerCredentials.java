package circus.manager.control;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Whose process is at the other end of a Unix socket, as the system wrote it down when the two were connected (SO_PEERCRED, unix(7)). Any
 * thread.
 *
 * <p>The JDK tells the user. Of the pid it says nothing, though it reads it: the number is got from its own way to the system, which
 * {@code bin/circusd} opens to us ({@code --add-opens java.base/sun.nio.ch=ALL-UNNAMED}). Where that is not open, or another JDK is
 * different inside, the pid stays unknown.
 */
final class PeerCredentials {
    private static final System.Logger LOG = System.getLogger(PeerCredentials.class.getName());
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;

    /** More users than that do not come. */
    private static final int MOST_REMEMBERED = 1_000;

    private static final Map<UserPrincipal, OptionalInt> UIDS = new ConcurrentHashMap<>();
    private static final @Nullable Descent DESCENT = Descent.find();

    private PeerCredentials() {}

    static OptionalInt uid(SocketChannel channel) throws IOException {
        return uid(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
    }

    /** Of a user by name or number, as the system finds it. */
    static OptionalInt uidOf(String user) {
        try {
            return uid(FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user));
        } catch (IOException unknown) {
            return OptionalInt.empty();
        }
    }

    private static OptionalInt uid(UserPrincipal user) {
        OptionalInt known = UIDS.get(user);
        if (known != null) {
            return known;
        }
        OptionalInt uid = findUid(user);
        if (UIDS.size() < MOST_REMEMBERED) {
            UIDS.put(user, uid);
        }
        return uid;
    }

    /** The JDK keeps the number to itself, but two principals are equal only if theirs are: the guess is proved by that. */
    private static OptionalInt findUid(UserPrincipal user) {
        int guess = user.hashCode();
        try {
            UserPrincipal proof = FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(Integer.toString(guess));
            return guess >= 0 && proof.equals(user) ? OptionalInt.of(guess) : OptionalInt.empty();
        } catch (IOException wrongGuess) {
            return OptionalInt.empty();
        }
    }

    /** Of who connected; at the end that connected, of who listens. */
    static OptionalInt pid(SocketChannel channel) {
        return DESCENT == null ? OptionalInt.empty() : DESCENT.pid(channel);
    }

    /** Into the JDK: struct ucred begins with the pid, and getsockopt(2) gives the first four bytes to who asks for an int. */
    private record Descent(MethodHandle descriptor, MethodHandle option) {
        static @Nullable Descent find() {
            try {
                Class<?> net = Class.forName("sun.nio.ch.Net");
                Class<?> channel = Class.forName("sun.nio.ch.SelChImpl");
                MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(net, MethodHandles.lookup());
                MethodType getOption =
                        MethodType.methodType(int.class, FileDescriptor.class, boolean.class, int.class, int.class);
                return new Descent(
                        lookup.findVirtual(channel, "getFD", MethodType.methodType(FileDescriptor.class)),
                        lookup.findStatic(net, "getIntOption0", getOption));
            } catch (ReflectiveOperationException closed) {
                LOG.log(Level.DEBUG, "the pid of who connects to a Unix socket stays unknown: {0}", closed);
                return null;
            }
        }

        OptionalInt pid(SocketChannel channel) {
            try {
                int pid = (int)
                        option.invoke((FileDescriptor) descriptor.invoke(channel), false, SOL_SOCKET, SO_PEERCRED);
                return pid > 0 ? OptionalInt.of(pid) : OptionalInt.empty();
            } catch (IOException closed) {
                return OptionalInt.empty();
            } catch (Throwable mistake) {
                throw new IllegalStateException("cannot ask for the peer of a Unix socket", mistake);
            }
        }
    }
}
