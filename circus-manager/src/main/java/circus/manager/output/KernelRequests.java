package circus.manager.output;

import java.util.List;
import papa.client.ReplyListener;

/** Asks the kernel; the answer comes later, on the same thread. Requests are carried out in the order in which they are made. */
interface KernelRequests {
    void request(List<String> words, ReplyListener reply);

    /** Whether the kernel has told that it knows how to do this. */
    boolean can(String capability);
}
