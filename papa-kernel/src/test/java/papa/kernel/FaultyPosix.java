package papa.kernel;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import papa.posix.AccountException;
import papa.posix.Accounts;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;

/**
 * The machine's calls, all of them counted by their names, of which one can be made to fail: it is not done, and answers
 * what it would answer then. From any thread.
 */
final class FaultyPosix {
    /** The n-th call of a method from now on, counted from 1. */
    record Fault(String method, int n, Errno errno) {
        @Override
        public String toString() {
            return "call " + n + " of " + method + " fails with " + errno;
        }
    }

    /** What would change the test's own JVM for good. */
    private static final Set<String> NOT_DONE = Set.of(
            "setSession",
            "lowerOomScore",
            "redirect",
            "signalCalls.block",
            "signalCalls.ignore",
            "programCalls.keepOomScore",
            "programCalls.endWithParent");

    private final NativePosix real = new NativePosix();
    private final Map<Method, Object> parts = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private volatile boolean counting;
    private volatile @Nullable Fault armed;
    private volatile boolean fired;
    private volatile boolean halted;
    private volatile ToIntFunction<List<String>> program = words -> Errno.ENOEXEC.negated();

    /** For the kernel. */
    final Posix posix = (Posix) Proxy.newProxyInstance(
            FaultyPosix.class.getClassLoader(),
            new Class<?>[] {Posix.class},
            (proxy, method, words) -> call(method, real, words));

    /** All methods of the seam: {@code open}, {@code attributes.setUser}, and the first type where a name is there twice. */
    static Set<String> methods() {
        Set<String> names = new TreeSet<>();
        addMethods(Posix.class, names);
        return names;
    }

    private static void addMethods(Class<?> part, Set<String> names) {
        for (Method method : part.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                names.add(name(method));
                if (isPart(method)) {
                    addMethods(method.getReturnType(), names);
                }
            }
        }
    }

    /** Whether it gives calls that belong together. */
    private static boolean isPart(Method method) {
        return method.getParameterCount() == 0
                && method.getReturnType().isInterface()
                && method.getReturnType().getPackage() == Posix.class.getPackage();
    }

    private static String name(Method method) {
        Class<?> part = method.getDeclaringClass();
        String where = part.getSimpleName();
        String name =
                (part == Posix.class ? "" : where.substring(0, 1).toLowerCase(Locale.ROOT) + where.substring(1) + ".")
                        + method.getName();
        boolean twice = Arrays.stream(part.getMethods())
                        .filter(each -> each.getName().equals(method.getName()))
                        .count()
                > 1;
        return twice ? name + "(" + method.getParameterTypes()[0].getSimpleName() + ")" : name;
    }

    private Object call(Method method, Object target, Object[] words) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return method.invoke(target, words);
        }
        String name = name(method);
        Fault fault = armed;
        if (counting) {
            int n = counts.computeIfAbsent(name, each -> new AtomicInteger()).incrementAndGet();
            if (fault != null && fault.method.equals(name) && fault.n == n) {
                fired = true;
                if (name.equals("close")) {
                    method.invoke(target, words); // Linux closes it whatever it answers (close(2))
                }
                return failure(method, fault.errno);
            }
        }
        if (halted && name.equals("epollWait")) {
            throw new Halted();
        }
        if (NOT_DONE.contains(name)) {
            return 0;
        }
        if (name.equals("programCalls.execute")) {
            @SuppressWarnings("unchecked")
            List<String> argv = (List<String>) words[1];
            return program.applyAsInt(argv);
        }
        if (name.equals("programCalls.childrensOomScore")) {
            ((int[]) words[0])[0] = 0; // as if our own had been lowered
            return 0;
        }
        if (name.equals("attributes.ambientCapabilities")) {
            return List.of(10); // as if papa had been started with CAP_NET_BIND_SERVICE for its children
        }
        if (isPart(method)) {
            return parts.computeIfAbsent(method, each -> part(each, target));
        }
        try {
            return method.invoke(target, words);
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
        }
    }

    private Object part(Method method, Object target) {
        try {
            Object part = method.invoke(target);
            Class<?> type = method.getReturnType();
            InvocationHandler handler = (proxy, called, words) -> call(called, part, words);
            return Proxy.newProxyInstance(FaultyPosix.class.getClassLoader(), new Class<?>[] {type}, handler);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError(impossible.getMessage(), impossible);
        }
    }

    private static Object failure(Method method, Errno errno) throws AccountException {
        if (method.getDeclaringClass() == Accounts.class) {
            throw AccountException.of(errno);
        }
        if (method.getName().equals("allocate")) {
            throw new OutOfMemoryError(Errno.of(errno.negated()));
        }
        if (method.getReturnType() == String.class) {
            return "";
        }
        if (method.getReturnType() == boolean.class) {
            return false;
        }
        boolean answersZero = method.getName().matches("peekEnded|capabilities");
        int result = answersZero ? 0 : errno.negated();
        return method.getReturnType() == long.class ? (Object) (long) result : (Object) result;
    }

    /** What happens in place of execve(2), of whose words it is told; without it that fails with ENOEXEC. */
    void onExecute(ToIntFunction<List<String>> whatHappens) {
        program = whatHappens;
    }

    /** Who waits for events never gets any more: a kernel that did not end would reap the children of the next one. */
    void halt() {
        halted = true;
    }

    private static final class Halted extends Error {
        private static final long serialVersionUID = 1;
    }

    /** Begins to count, from 0, and has one call fail; null for none. */
    void begin(@Nullable Fault fault) {
        counts.clear();
        fired = false;
        armed = fault;
        counting = true;
    }

    /** Nothing fails any more. How often each method was called since {@link #begin}. */
    Map<String, Integer> end() {
        counting = false;
        armed = null;
        Map<String, Integer> result = new TreeMap<>();
        counts.forEach((name, count) -> result.put(name, count.get()));
        return result;
    }

    /** Whether it was called since {@link #begin}. */
    boolean wasCalled(String name) {
        return counts.containsKey(name);
    }

    /** Whether the call that was to fail has come. */
    boolean hasFired() {
        return fired;
    }
}
