package circus.manager.kernel;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;

/** A small loop around a {@link PapaKernel}, in place of circus-loop, that notes all it is told. */
final class Turns implements KernelEvents, AutoCloseable {
    final List<String> heard = new ArrayList<>();
    private @Nullable PapaKernel kernel;

    PapaKernel open(FakeKernel fake, String arbiter) throws PapaException {
        PapaKernel opened = new PapaKernel(fake.path(), arbiter, this);
        kernel = opened;
        return opened;
    }

    /** Runs the loop until that many things were heard. */
    void until(int count) throws IOException {
        PapaKernel watched = kernel;
        if (watched == null) {
            throw new IllegalStateException("no kernel is open");
        }
        try (Selector selector = Selector.open()) {
            watched.flush();
            while (heard.size() < count) {
                int write = watched.wantsWrite() ? SelectionKey.OP_WRITE : 0;
                watched.channel().register(selector, SelectionKey.OP_READ | write);
                selector.select();
                selector.selectedKeys().clear();
                watched.onReadable();
                watched.flush();
            }
        }
    }

    SpawnReply reply(String name) {
        return new SpawnReply() {
            @Override
            public void spawned(Launched launched) {
                heard.add(name + " spawned " + launched);
            }

            @Override
            public void failed(String reason) {
                heard.add(name + " failed " + reason);
            }
        };
    }

    static LaunchSpec spec(String name) {
        return new LaunchSpec(name, List.of("app"), Map.of(), "/", "/bin", List.of(), true, true, Map.of());
    }

    @Override
    public void exited(Exit exit) {
        heard.add(exit.toString());
    }

    @Override
    public void gone(long incarnation) {
        heard.add("gone " + incarnation);
    }

    @Override
    public void kernelLost(String reason) {
        heard.add("lost " + reason);
    }

    @Override
    public void close() {
        if (kernel != null) {
            kernel.close();
        }
    }
}
