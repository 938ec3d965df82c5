/** Hooks, streams and plugins in Python, as they were written for Circus, with real daemons and Debian's Python. */
@org.jspecify.annotations.NullMarked
package circus.tests.python;
