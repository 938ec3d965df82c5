package papa.kernel;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;

/** The machine's calls, but some descriptors cannot be watched, as when fs.epoll.max_user_watches is reached. */
final class NoRoomToWatch {
    final AtomicInteger refused = new AtomicInteger();
    volatile IntPredicate refuses = fd -> false;

    Posix posix() {
        Posix real = new NativePosix();
        return (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(), new Class<?>[] {Posix.class}, (proxy, call, words) -> {
                    boolean adds = call.getName().equals("epollControl") && (Integer) words[1] == 1;
                    if (adds && refuses.test((Integer) words[2])) {
                        refused.incrementAndGet();
                        return Errno.ENOSPC.negated();
                    }
                    try {
                        return call.invoke(real, words);
                    } catch (InvocationTargetException failed) {
                        throw failed.getTargetException();
                    }
                });
    }
}
