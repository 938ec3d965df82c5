/** Papa as a service of systemd, and as the first process of a container: real processes. */
@NullMarked
package circus.tests.service;

import org.jspecify.annotations.NullMarked;
