/** circusd and circusctl as an operator meets them. */
@NullMarked
package circus.tests.manager;

import org.jspecify.annotations.NullMarked;
