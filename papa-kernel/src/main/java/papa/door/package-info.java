/**
 * Who gets in: the doors that connections come through, the peer at the other end of one, and who is admitted. What a
 * connection says is none of its business. Loop thread; the tables that tell who owns a TCP connection are read on another
 * one.
 */
@NullMarked
package papa.door;

import org.jspecify.annotations.NullMarked;
