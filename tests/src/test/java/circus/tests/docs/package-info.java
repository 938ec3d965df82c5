/** The documentation is true: its commands do what it says, its reference pages are what the declarations say. */
@NullMarked
package circus.tests.docs;

import org.jspecify.annotations.NullMarked;
