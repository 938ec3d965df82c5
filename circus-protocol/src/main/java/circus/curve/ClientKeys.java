package circus.curve;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Public keys of those who may connect, each with a name for people. They come from a directory of certificates ({@code *.key}, as pyzmq's
 * own {@code configure_curve} reads them; the name is the file's without the ending), from one certificate, or from a list:
 *
 * <pre>
 * # 40 letters, and a name if you like
 * Yne@$w-vo&lt;fVvi]a&lt;NY6T1ed:M$fCG*[IaLV{hID alice
 * </pre>
 *
 * @param names by key
 */
public record ClientKeys(Map<CurveKey, String> names) {
    /** More than that many are refused. */
    static final int MOST = 10_000;

    private static final String ENDING = ".key";
    private static final int WRITABLE_BY_OTHERS = 022;

    public ClientKeys {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
    }

    public static ClientKeys read(Path place) throws KeyFileException {
        demandOwnership(place);
        Map<CurveKey, String> names = Files.isDirectory(place) ? directory(place) : file(place);
        if (names.isEmpty()) {
            throw new KeyFileException("it has no key, so that nobody could connect");
        }
        if (names.size() > MOST) {
            throw new KeyFileException("it has more than " + MOST + " keys");
        }
        return new ClientKeys(names);
    }

    private static void demandOwnership(Path place) throws KeyFileException {
        try {
            int mode = (Integer) Files.getAttribute(place, "unix:mode") & 0777;
            if ((mode & WRITABLE_BY_OTHERS) != 0) {
                throw new KeyFileException(String.format(
                        Locale.ROOT, "others could add keys to it (mode %04o); use `chmod go-w %s`", mode, place));
            }
            int owner = (Integer) Files.getAttribute(place, "unix:uid");
            int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (owner != self && owner != 0) {
                throw new KeyFileException("it belongs to another user (uid " + owner + "), who could add keys to it");
            }
        } catch (IOException unreadable) {
            throw new KeyFileException(KeyText.reason(unreadable));
        }
    }

    private static Map<CurveKey, String> directory(Path directory) throws KeyFileException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path file : all) {
                files.add(file);
                if (files.size() > MOST) {
                    break;
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new KeyFileException(KeyText.reason(unreadable));
        }
        Collections.sort(files);
        Map<CurveKey, String> names = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                demandOwnership(file);
                file(file).forEach(names::putIfAbsent);
            } catch (KeyFileException wrong) {
                throw new KeyFileException(file.getFileName() + ": " + wrong.getMessage());
            }
        }
        return names;
    }

    private static Map<CurveKey, String> file(Path file) throws KeyFileException {
        List<String> lines = KeyText.lines(file);
        Map<String, String> pairs = KeyText.pairs(lines);
        String name = file.getFileName().toString();
        if (pairs.containsKey(KeyFile.PUBLIC)) {
            String own = name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
            return Map.of(KeyFile.of(pairs).publicKey(), own);
        }
        return list(lines);
    }

    private static Map<CurveKey, String> list(List<String> lines) throws KeyFileException {
        Map<CurveKey, String> names = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            if (KeyText.isRemark(lines.get(i))) {
                continue;
            }
            String[] words = lines.get(i).strip().split("\\s+", 2);
            if (!CurveKey.isKey(words[0])) {
                throw new KeyFileException("line " + (i + 1) + " does not begin with a key, 40 letters of Z85");
            }
            names.putIfAbsent(CurveKey.parse(words[0]), words.length > 1 ? words[1] : "");
        }
        return names;
    }
}
