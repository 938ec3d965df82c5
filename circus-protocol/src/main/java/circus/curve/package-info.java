/** Keys of CURVE, ZeroMQ's encryption: how they are written, kept in files, and used. Any thread, if a class does not say otherwise. */
@NullMarked
package circus.curve;

import org.jspecify.annotations.NullMarked;
