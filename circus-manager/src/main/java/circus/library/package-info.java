/**
 * A process manager inside a program of yours: what {@code circusd} does, in your own JVM.
 *
 * <pre>{@code
 * try (Circus circus = Circus.manage(Watcher.of("python myprogram.py").numprocesses(4))) {
 *     circus.join();
 * }
 * }</pre>
 *
 * <p>{@link circus.library.Circus#manage} starts watchers and manages them until {@link circus.library.Circus#close}; {@link
 * circus.library.Circus#setup()} is for whoever wants to say more: a name, sockets, endpoints, plugins, any option of {@code [circus]}, or a
 * whole configuration file. {@link circus.library.Circus#client()} drives it from inside, as {@code circusctl} does from outside.
 *
 * <p>Workers are no children of your program: they run in a kernel, papa, which is started where none answers, and live on if your program is
 * killed. When it is started again under the same name, it has them back. Nothing is taken from the process that this runs in: no signal, no
 * exit, no standard stream, no logging; what there is to tell goes to {@link java.lang.System.Logger}s whose names begin with {@code
 * circus.manager}.
 */
@NullMarked
package circus.library;

import org.jspecify.annotations.NullMarked;
