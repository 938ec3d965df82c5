package circus.manager;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Signals to the daemon. The JDK's only way to hear of one is {@code sun.misc.Signal}, whose use no compiler option of Java 17 lets pass
 * without a warning; so it is reached by name. Any thread; handlers run on threads of the JVM.
 */
final class SystemSignals {
    private SystemSignals() {}

    /**
     * @param name without SIG
     * @param handler gets the name
     * @return false if the JVM keeps the signal to itself
     */
    static boolean on(String name, Consumer<String> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Constructor<?> constructor = signal.getConstructor(String.class);
            Method handle = signal.getMethod("handle", signal, handlerType);
            Object proxy = Proxy.newProxyInstance(
                    SystemSignals.class.getClassLoader(), new Class<?>[] {handlerType}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            handler.accept(name);
                        }
                        return method.getName().equals("hashCode") ? (Object) System.identityHashCode(self) : null;
                    });
            handle.invoke(null, constructor.newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException unavailable) {
            return false;
        }
    }
}
