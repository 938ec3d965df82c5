package circus.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and the files they come in; the first two keys are those of zmq_curve(7). */
final class KeyFilesTest {
    private static final String PUBLIC = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
    private static final String SECRET = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
    private static final String SERVER = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
    private static final String ODD = "Yne@$w-vo=fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";

    @TempDir
    Path directory;

    @Test
    void a_key_is_40_letters_and_32_bytes() {
        CurveKey key = CurveKey.parse(PUBLIC);
        assertThat(key.bytes()).hasSize(32).startsWith(0xBB, 0x88, 0x47, 0x1D);
        assertThat(key.z85()).isEqualTo(PUBLIC);
        assertThat(CurveKey.of(key.bytes())).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(key.toString()).doesNotContain(PUBLIC);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI",
                "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID0",
                "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI~",
                "#####w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
            })
    void anything_else_is_none(String text) {
        assertThat(CurveKey.isKey(text)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> CurveKey.parse(text));
    }

    @Test
    void a_secret_certificate_has_both_keys_and_may_name_the_server() throws Exception {
        KeyFile keys = KeyFile.readSecret(secret("""
                #   ****  Generated on 2026-11-21 by pyzmq  ****
                #   ZeroMQ CURVE **Secret** Certificate

                metadata
                    name = "a = b"
                curve
                    public-key = "%s"
                    secret-key = '%s'
                    server-public-key = %s
                """.formatted(PUBLIC, SECRET, SERVER)));
        assertThat(keys.publicKey().z85()).isEqualTo(PUBLIC);
        assertThat(keys.secretKey()).contains(CurveKey.parse(SECRET));
        assertThat(keys.serverKey()).contains(CurveKey.parse(SERVER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw----", "rwx--x---"})
    void a_secret_that_others_can_read_is_refused(String mode) throws IOException {
        Path file = secret("curve\n public-key = \"" + PUBLIC + "\"\n secret-key = \"" + SECRET + "\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThatExceptionOfType(KeyFileException.class)
                .isThrownBy(() -> KeyFile.readSecret(file))
                .withMessageStartingWith("its secret key can be read or replaced by others (mode 0")
                .withMessageEndingWith("; use `chmod 600 " + file + "`");
    }

    @Test
    void what_is_wrong_with_a_file_is_told_without_telling_the_secret() throws IOException {
        assertMessage(directory.resolve("none"), "there is no such file");
        assertMessage(
                secret("curve\n secret-key = \"" + SECRET + "\"\n"),
                "it has no public-key, so it is no certificate of ZeroMQ's");
        assertMessage(
                secret("public-key = " + PUBLIC + "\n"),
                "it has no secret-key; the file of a key pair is needed, as `circusctl keygen` makes it");
        assertMessage(
                secret("public-key = " + PUBLIC + "\nsecret-key = \"" + SECRET.substring(1) + "\"\n"),
                "its secret-key is no key: that is 40 letters of Z85, and this has 39");
        assertMessage(secret("x".repeat(KeyText.MOST_BYTES + 1)), "it is larger than 1 MiB");
        assertMessage(directory, "it cannot be read: Is a directory");
    }

    @Test
    void clients_come_from_a_directory_a_certificate_or_a_list() throws Exception {
        Files.writeString(directory.resolve("alice.key"), "curve\n    public-key = \"" + PUBLIC + "\"\n");
        Files.writeString(directory.resolve("alice.key_secret"), "nothing of ours");
        Files.writeString(directory.resolve("bob.key"), "curve\n    public-key = \"" + SERVER + "\"\n");
        assertThat(ClientKeys.read(directory).names()).containsOnly(entry(PUBLIC, "alice"), entry(SERVER, "bob"));
        assertThat(ClientKeys.read(directory.resolve("bob.key")).names()).containsOnly(entry(SERVER, "bob"));
        Path list = Files.writeString(
                directory.resolve("list"),
                "# those of ours\n\n" + PUBLIC + " alice of ops\n" + ODD + "\n#" + SERVER + "\n");
        assertThat(ClientKeys.read(list).names()).containsOnly(entry(PUBLIC, "alice of ops"), entry(ODD, ""));
    }

    @Test
    void clients_that_nobody_could_be_and_everybody_could_become_are_refused() throws IOException {
        assertClients(directory, "it has no key, so that nobody could connect");
        Path list = Files.writeString(directory.resolve("list"), "# none\n");
        assertClients(list, "it has no key, so that nobody could connect");
        Files.writeString(list, PUBLIC + "\nnonsense\n");
        assertClients(list, "line 2 does not begin with a key, 40 letters of Z85");
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertClients(list, "others could add keys to it (mode 0666); use `chmod go-w " + list + "`");
        Files.writeString(directory.resolve("x.key"), "curve\n    public-key = \"\"\n");
        assertClients(directory, "x.key: its public-key is no key: that is 40 letters of Z85, and this has 0");
        assertClients(directory.resolve("none"), "there is no such file");
    }

    @Test
    void there_is_a_bound_to_the_number_of_clients() throws IOException {
        Path list = directory.resolve("list");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= ClientKeys.MOST; i++) {
            text.append(String.format(Locale.ROOT, "%05d", i))
                    .append(PUBLIC, 5, 40)
                    .append('\n');
        }
        Files.writeString(list, text);
        assertClients(list, "it has more than 10000 keys");
    }

    private static Map.Entry<CurveKey, String> entry(String key, String name) {
        return Map.entry(CurveKey.parse(key), name);
    }

    private Path secret(String text) throws IOException {
        Path file = directory.resolve("x.key_secret");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static void assertMessage(Path file, String message) {
        assertThatExceptionOfType(KeyFileException.class)
                .isThrownBy(() -> KeyFile.readSecret(file))
                .withMessage(message);
    }

    private static void assertClients(Path place, String message) {
        assertThatExceptionOfType(KeyFileException.class)
                .isThrownBy(() -> ClientKeys.read(place))
                .withMessage(message);
    }
}
