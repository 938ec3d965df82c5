/** What a changed configuration means for what runs: a plan that can be told, compared and carried out. */
@NullMarked
package circus.manager.plan;

import org.jspecify.annotations.NullMarked;
