/**
 * circus-top: shows the statistics feed of a circusd. {@link circus.top.Model} turns messages into figures, {@link circus.top.Desk} turns
 * keys into what is to be seen, {@link circus.top.Renderer} turns both into lines of text; none of them knows a terminal, and one
 * thread owns all three. Only {@link circus.top.Screen} uses JLine.
 */
@NullMarked
package circus.top;

import org.jspecify.annotations.NullMarked;
