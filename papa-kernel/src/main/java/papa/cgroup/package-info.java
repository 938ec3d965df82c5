@NullMarked
package papa.cgroup;

import org.jspecify.annotations.NullMarked;
