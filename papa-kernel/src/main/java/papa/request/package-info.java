@NullMarked
package papa.request;

import org.jspecify.annotations.NullMarked;
