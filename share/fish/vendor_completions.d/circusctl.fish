# fish completion of circusctl: it asks circusctl what may stand there, and that asks circusd.

function __circusctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (env CIRCUS_BUILD=never circusctl --complete-words $words[2..-1] "$current" 2>/dev/null </dev/null)
    # Files may stand there, too.
    test $status = 3; and __fish_complete_path "$current"
    test (count $found) -gt 0; and printf '%s\n' $found
end

complete -c circusctl -f -a '(__circusctl_complete)'
