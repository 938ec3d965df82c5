package papa.passing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.posix.Errno;
import papa.posix.NativePosix;

final class PassingSocketTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final NativePosix posix = new NativePosix();
    private PassingSocket ours;
    private PassingSocket theirs;

    /** The two ends: one that connected, one that was accepted. */
    @BeforeEach
    void connect() throws IOException {
        byte[] address = new byte[110];
        address[0] = 1;
        byte[] name = folder.resolve("raw").toString().getBytes(StandardCharsets.UTF_8);
        System.arraycopy(name, 0, address, 2, name.length);
        int listener = posix.socket(1, 1, 0);
        assertThat(posix.bind(listener, address)).isZero();
        assertThat(posix.listen(listener, 5)).isZero();
        ours = PassingSocket.connect(folder.resolve("raw"));
        int accepted = posix.accept(listener);
        posix.setNonBlocking(accepted, false);
        theirs = PassingSocket.of(accepted);
        posix.close(listener);
    }

    @AfterEach
    void close() {
        ours.close();
        theirs.close();
    }

    @Test
    void a_pipes_reading_end_arrives_and_reads_what_is_in_it() throws IOException {
        int[] ends = new int[2];
        assertThat(posix.pipe(ends)).isZero();
        long memory = posix.allocate(16);
        posix.putBytes(memory, HELLO, 0, HELLO.length);
        assertThat(posix.write(ends[1], memory, HELLO.length)).isEqualTo(HELLO.length);

        ours.send("take".getBytes(StandardCharsets.UTF_8), ends[0]);
        posix.close(ends[0]);
        Parcel parcel = theirs.receive(100, 4);

        assertThat(new String(parcel.bytes(), StandardCharsets.UTF_8)).isEqualTo("take");
        assertThat(parcel.descriptors()).hasSize(1);
        int got = parcel.descriptors().get(0);
        assertThat(posix.read(got, memory, 16)).isEqualTo(HELLO.length);
        PassingSocket.close(got);
        posix.close(ends[1]);
        posix.free(memory);
    }

    @Test
    void as_many_as_a_message_carries_arrive_in_their_order_and_close_on_exec() throws IOException {
        int[] all = new int[PassingSocket.MOST_DESCRIPTORS];
        for (int i = 0; i < all.length; i++) {
            all[i] = posix.eventfd(false);
        }
        long memory = posix.allocate(8);
        posix.putLong(memory, 7);
        posix.write(all[100], memory, 8);

        ours.send(HELLO, all);
        List<Integer> got = theirs.receive(HELLO.length, all.length).descriptors();

        assertThat(got).hasSize(all.length);
        assertThat(posix.read(got.get(100), memory, 8)).isEqualTo(8);
        assertThat(posix.getLong(memory)).isEqualTo(7);
        assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + got.get(5))))
                .containsPattern("flags:\\s+0?2[0-9]{6}");
        posix.free(memory);
        for (int fd : all) {
            posix.close(fd);
        }
        for (int fd : got) {
            posix.close(fd);
        }
    }

    @Test
    void what_is_looked_at_stays_and_can_be_looked_at_again() throws IOException {
        int[] three = {posix.eventfd(false), posix.eventfd(false), posix.eventfd(false)};
        ours.send(HELLO);
        for (int each : three) {
            ours.send(HELLO, each);
        }
        ours.close();
        posix.setNonBlocking(theirs.number(), true);
        for (int i = 0; i < 3; i++) {
            assertThat(posix.setSocketOption(theirs.number(), 1, 42, 0)).isZero(); // SO_PEEK_OFF
            int found = 0;
            for (Parcel next = theirs.peek(100, 4); next.bytes().length > 0; next = theirs.peek(100, 4)) {
                for (int fd : next.descriptors()) {
                    posix.close(fd);
                    found++;
                }
            }
            assertThat(found).isEqualTo(three.length);
        }
        assertThat(theirs.receive(HELLO.length, 4).bytes()).isEqualTo(HELLO);
        for (int fd : three) {
            posix.close(fd);
        }
    }

    @Test
    void bytes_without_descriptors_come_too_and_the_end_is_seen() throws IOException {
        byte[] much = new byte[100_000];
        much[99_999] = 42;
        Thread sender = new Thread(() -> {
            try {
                ours.send(much);
                ours.close();
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
        sender.start();
        int count = 0;
        byte last = 0;
        for (Parcel next = theirs.receive(4096, 1); next.bytes().length > 0; next = theirs.receive(4096, 1)) {
            assertThat(next.descriptors()).isEmpty();
            count += next.bytes().length;
            last = next.bytes()[next.bytes().length - 1];
        }
        assertThat(count).isEqualTo(much.length);
        assertThat(last).isEqualTo((byte) 42);
    }

    @Test
    void more_descriptors_than_there_is_room_for_are_refused_and_none_is_kept() throws IOException {
        int[] three = {posix.eventfd(false), posix.eventfd(false), posix.eventfd(false)};
        ours.send(HELLO, three);
        int before = open();
        assertThatThrownBy(() -> theirs.receive(100, 1)).hasMessageContaining("cannot receive descriptors");
        assertThat(open()).isEqualTo(before);
        ours.send(HELLO, three);
        assertThatThrownBy(() -> theirs.receive(100, 2)).hasMessageContaining("cannot receive descriptors");
        assertThat(open()).isEqualTo(before);
        for (int fd : three) {
            posix.close(fd);
        }
    }

    @Test
    void nobody_there_is_a_failure_with_its_cause() {
        assertThatThrownBy(() -> PassingSocket.connect(folder.resolve("nobody")))
                .hasMessage("cannot connect to " + folder.resolve("nobody") + ": " + Errno.of(-2));
        theirs.close();
        assertThatThrownBy(() -> ours.send(HELLO)).hasMessageContaining("Broken pipe (EPIPE)");
    }

    private int open() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return (int) all.count();
        }
    }
}
