package papa.kernel;

import java.lang.reflect.Proxy;
import papa.posix.Posix;

/**
 * What the kernel does on a signal. The JDK's only way to hear of one is {@code sun.misc.Signal}, whose use no compiler
 * option of Java 17 lets pass without a warning; so it is reached by name.
 */
final class Signals {
    /** The JVM keeps USR2 for itself, and ends of one that comes from outside, unless it is told another number. */
    private static final String MOVED = "_JAVA_SR_SIGNUM";

    private Signals() {}

    /**
     * HUP, QUIT, USR1, USR2 and PIPE mean nothing to the kernel, and are to hurt it no more than that. The launcher
     * ignores them from its first moment on, but QUIT is the JVM's: it would print all threads, and wait for who reads
     * that. Children get all signals at their defaults.
     */
    static void ignoreHarmless(Posix posix) {
        for (int number : new int[] {Posix.SIGHUP, Posix.SIGQUIT, Posix.SIGUSR1, Posix.SIGPIPE}) {
            posix.ignoreSignal(number);
        }
        if (System.getenv(MOVED) == null) {
            Log.info("SIGUSR2 would end this papa: it was not started by bin/papa, which sets " + MOVED);
        } else {
            posix.ignoreSignal(Posix.SIGUSR2);
        }
    }

    /** Runs a task, on a thread of the JVM, whenever a signal comes; false if the JVM keeps the signal to itself. */
    static boolean on(String name, Runnable task) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onSignal = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            task.run();
                        }
                        return method.getName().equals("hashCode") ? (Object) System.identityHashCode(proxy) : null;
                    });
            handle(name, onSignal);
            return true;
        } catch (ReflectiveOperationException unavailable) {
            return false;
        }
    }

    /** Lets the system do what it does on a signal of which it was not told anything; false if the JVM does not let it. */
    static boolean byDefault(String name) {
        try {
            handle(
                    name,
                    Class.forName("sun.misc.SignalHandler").getField("SIG_DFL").get(null));
            return true;
        } catch (ReflectiveOperationException unavailable) {
            return false;
        }
    }

    private static void handle(String name, Object onSignal) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), onSignal);
    }
}
