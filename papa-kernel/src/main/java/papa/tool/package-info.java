/** Commands of {@code papa} that ask a running kernel for something. They need no native code, and nothing of the kernel's. */
@NullMarked
package papa.tool;

import org.jspecify.annotations.NullMarked;
