package circus.tests.docs;

import circus.command.CommandSpec;
import circus.tests.harness.Commands;
import circus.tests.harness.Installation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files below {@code share}: manual pages, and what shells complete, of all programs as they are installed, but for the completion of circusctl. */
final class SharedFiles {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CTL = "circusctl";

    /** What each program is, in a few words. */
    private static final Map<String, String> SUMMARIES = summaries();

    private SharedFiles() {}

    private static Map<String, String> summaries() {
        Map<String, String> summaries = new LinkedHashMap<>();
        summaries.put("papa", "holds listening sockets and processes for others, and outlives them");
        summaries.put("circusd", "runs and watches processes and sockets");
        summaries.put(CTL, "controls a circusd");
        summaries.put("circusd-stats", "publishes figures of all processes of a circusd");
        summaries.put("circus-plugin", "runs a plugin for a circusd");
        summaries.put("circus-top", "shows what the processes of a circusd take of the machine");
        return summaries;
    }

    /** By path. */
    static Map<String, String> all() {
        Map<String, String> files = new LinkedHashMap<>();
        Map<String, HelpPage> commands = new LinkedHashMap<>();
        for (CommandSpec command : CommandSpec.values()) {
            commands.put(command.word(), HelpPage.parse(help(CTL, "--help", command.word())));
        }
        SUMMARIES.forEach((program, summary) -> {
            HelpPage help = HelpPage.parse(help(program, "--help"));
            boolean isCtl = program.equals(CTL);
            files.put(
                    "share/man/man1/" + program + ".1",
                    ManualPage.of(program, summary, help, isCtl ? commands : Map.of()));
            if (isCtl) {
                return; // Its completion asks circusctl, and is written by hand.
            }
            files.put("share/bash-completion/completions/" + program, Completions.bash(program, help));
            files.put("share/zsh/site-functions/_" + program, Completions.zsh(program, help));
            files.put("share/fish/vendor_completions.d/" + program + ".fish", Completions.fish(program, help));
        });
        return files;
    }

    private static String help(String program, String... words) {
        String[] command = new String[words.length + 1];
        command[0] = Installation.launcher(program).toString();
        System.arraycopy(words, 0, command, 1, words.length);
        return Commands.run(LIMIT, command).mustSucceed().output();
    }
}
