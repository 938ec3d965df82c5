/**
 * A client of circusd, for programs in Java: what {@code circusctl} is for people.
 *
 * <pre>{@code
 * try (CircusClient client = new CircusClient("tcp://127.0.0.1:5555")) {
 *     Answer answer = client.call("incr", Map.of("name", "web", "waiting", true), Duration.ofSeconds(30));
 *     System.out.println(answer.isError() ? answer.reason() : answer.fields().get("numprocesses"));
 * }
 * }</pre>
 *
 * <p>docs/commands.md has all commands, their properties and their replies, docs/events.md all events. Endpoints are {@code tcp://HOST:PORT} and
 * {@code ipc://PATH}; {@link circus.client.SshTunnel} leads to those of another machine, and {@link circus.curve.KeyFile} reads the keys for those
 * that demand some. A circusd in Python is driven in the same way.
 */
@NullMarked
package circus.client;

import org.jspecify.annotations.NullMarked;
