/**
 * The fault suite: what may happen to a machine, an operator or a program, done on purpose while everything works. Each scenario is declared
 * in {@code Fault}, runs a few times in {@code mvn verify} and a thousand times with {@code -Pfaults}, and leaves its figures for
 * docs/reliability.md.
 */
@NullMarked
package circus.tests.faults;

import org.jspecify.annotations.NullMarked;
