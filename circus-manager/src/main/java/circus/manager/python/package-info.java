/**
 * Python, where a configuration names what is no Java class: the interpreter, what it can import, and helper processes that run hooks,
 * stream classes and plugins ({@code src/main/python}). Knows lines of JSON and processes, but nothing of watchers; each class says on which
 * threads it may be used.
 */
@NullMarked
package circus.manager.python;

import org.jspecify.annotations.NullMarked;
