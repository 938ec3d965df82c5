/** Figures, not tests: run by {@code bench/run}. Each figure stands beside what others reach in the same run. */
@NullMarked
package circus.bench;

import org.jspecify.annotations.NullMarked;
