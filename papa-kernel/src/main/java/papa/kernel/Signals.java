package papa.kernel;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * What the kernel does on a signal. The JDK's only way to hear of one is {@code sun.misc.Signal}, whose use no compiler
 * option of Java 17 lets pass without a warning; so it is reached by name.
 */
final class Signals {
    private Signals() {}

    /** Runs a task, on a thread of the JVM, whenever a signal comes; false if the JVM keeps the signal to itself. */
    static boolean on(String name, Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Constructor<?> constructor = signal.getConstructor(String.class);
            Method handle = signal.getMethod("handle", signal, handler);
            Object onSignal = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            task.run();
                        }
                        return method.getName().equals("hashCode") ? (Object) System.identityHashCode(proxy) : null;
                    });
            handle.invoke(null, constructor.newInstance(name), onSignal);
            return true;
        } catch (ReflectiveOperationException unavailable) {
            return false;
        }
    }
}
