package circus.manager.kernel;

import papa.client.ReplyListener;

/** An answer that nobody reads. */
final class Unread {
    static final ReplyListener REPLY = new ReplyListener() {
        @Override
        public void ok(String text) {}

        @Override
        public void failed(String reason) {}
    };

    private Unread() {}
}
