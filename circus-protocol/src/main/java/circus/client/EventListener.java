package circus.client;

/** Gets what a manager publishes. Called on the thread that subscribed. */
public interface EventListener {
    /**
     * Something happened.
     *
     * @param body JSON as it came
     * @return false to end the subscription
     */
    boolean event(String topic, byte[] body);

    /**
     * Nothing answers at the endpoint, or no longer; the client goes on trying. Called once for each loss.
     *
     * @return false to give up
     */
    default boolean waiting(String reason) {
        return true;
    }
}
