package circus.manager.extension;

import circus.command.spi.Command;

/**
 * Where a command that is added comes from. Any thread.
 *
 * @param type the name of its class
 * @param maker makes an object of it, which runs code of its author
 */
public record CommandSource(String type, Maker maker) {
    /** Makes one. */
    @FunctionalInterface
    public interface Maker {
        Command make() throws Exception;
    }
}
