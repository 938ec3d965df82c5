/** The configuration file: reading it, checking all of it, and what it says about watchers and sockets. */
@NullMarked
package circus.manager.config;

import org.jspecify.annotations.NullMarked;
