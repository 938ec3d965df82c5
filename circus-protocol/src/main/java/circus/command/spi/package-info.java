/**
 * Commands of one's own. A class that implements {@link circus.command.spi.Command} adds one: circusd takes it as one of its own, with checks of
 * its properties, the audit and the numbers of errors, and circusctl has it in its help, completes it and prints its reply.
 *
 * <p>circusd finds it as a service provider of {@code circus.command.spi.Command}, or by its name in {@code [circus] commands}, on its class
 * path and in {@code extension_path}. circusctl learns of it from circusd, and needs no class of it.
 */
@NullMarked
package circus.command.spi;

import org.jspecify.annotations.NullMarked;
