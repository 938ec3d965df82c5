# fish completion of circusctl; made of what circusctl --help says.

# Runs circusctl with the options that are on the line.
function __circusctl_ask
    set -l options
    set -l words (commandline -opc)
    for i in (seq 2 (count $words))
        switch $words[$i]
            case --endpoint --curve --ssh --ssh_keyfile
                set -l next (math $i + 1)
                set -a options $words[$i] $words[$next]
            case '--endpoint=*' '--curve=*' '--ssh=*' '--ssh_keyfile=*'
                set -a options $words[$i]
        end
    end
    circusctl $options --timeout 2 $argv 2>/dev/null
end

function __circusctl_watchers
    __circusctl_ask list | string split ,
end

# How many words that are no options follow the command.
function __circusctl_position
    set -l seen (commandline -opc)
    set -l count 0
    set -l found 0
    for word in $seen[2..-1]
        if test $found = 1
            string match -q -- '-*' $word; or set count (math $count + 1)
        else if test "$word" = $argv[1]
            set found 1
        end
    end
    test $found = 1; and test $count $argv[2] $argv[3]
end

function __circusctl_pids
    set -l words (commandline -opc)
    for i in (seq 2 (count $words))
        if test "$words[$i]" = $argv[1]
            __circusctl_ask list $words[(math $i + 1)] | string split ,
            return
        end
    end
end

complete -c circusctl -f
set -l commands status list numprocesses numwatchers options get stats dstats globaloptions listsockets ipython listen events tail postmortem start stop restart reload incr decr kill signal set add rm reloadconfig jobs cancel keygen reopen versions upgrade detach commands quit
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l endpoint -x -d 'where circusd is: tcp://HOST:PORT or ipc://PATH (default: the variable CIRCUSCTL_ENDPOINT, else tcp://127.0.0.1:5555; for listen tcp://127.0.0.1:5556)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l curve -r -F -d 'keys for an endpoint that demands them, as keygen --server makes them (default: the variable CIRCUSCTL_CURVE)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l help -d 'show this text, or that of a command, and exit'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l json -d 'print the reply as JSON, and exit with 0 even if it is an error'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l no-color -d 'no colours, also on a terminal (the same: the variable NO_COLOR, not empty)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l prettify -d 'with --json: indented and sorted, and coloured on a terminal'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l ssh -x -d 'reach the endpoint by way of this machine: it is as seen from there; ssh must be able to log in without a question'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l ssh_keyfile -r -F -d 'with --ssh: the private key to log in with'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l timeout -x -d 'how long to wait for the reply (default: 5)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l wait -x -d 'so long circusd may take to be there before --timeout counts (default: 0)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -l version -d 'show the version and exit'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a status -d 'Get the status of a watcher or all watchers'
complete -c circusctl -n "__fish_seen_subcommand_from status" -l changes -d 'Show what differs from the configuration instead.'
complete -c circusctl -n "__fish_seen_subcommand_from status" -l plain -d 'No table, also on a terminal; circusctl does that.'
complete -c circusctl -n "__circusctl_position status -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a list -d 'Get list of watchers or processes in a watcher'
complete -c circusctl -n "__circusctl_position list -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a numprocesses -d 'Get the number of processes'
complete -c circusctl -n "__circusctl_position numprocesses -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a numwatchers -d 'Get the number of watchers'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a options -d 'Get the value of all options for a watcher'
complete -c circusctl -n "__fish_seen_subcommand_from options" -l changes -d 'Only those that differ from the configuration.'
complete -c circusctl -n "__circusctl_position options -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a get -d 'Get the value of specific watcher options'
complete -c circusctl -n "__circusctl_position get -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "__circusctl_position get -ge 1" -a 'args backoff backoff_max close_child_stderr close_child_stdin close_child_stdout cmd copy_env env gid graceful_timeout hook_timeout max_age max_age_variance max_retry numprocesses respawn send_hup shell singleton stop_children stop_signal uid warmup_delay working_dir'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a stats -d 'Get process infos'
complete -c circusctl -n "__fish_seen_subcommand_from stats" -l extended -d 'Add what the watcher\'s extended_stats hook has to say.'
complete -c circusctl -n "__circusctl_position stats -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "__circusctl_position stats -eq 1" -F
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a dstats -d 'Get circusd stats'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a globaloptions -d 'Get the arbiter options'
complete -c circusctl -n "__circusctl_position globaloptions -eq 0" -F
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a listsockets -d 'Get the list of sockets'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a ipython -d 'Create shell into circusd process'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a listen -d 'Subscribe to a watcher event'
complete -c circusctl -n "__circusctl_position listen -ge 0" -F
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a events -d 'Get the events that a subscriber has missed'
complete -c circusctl -n "__fish_seen_subcommand_from events" -l since -x -d 'Only those with a greater number than this.'
complete -c circusctl -n "__fish_seen_subcommand_from events" -l kind -x -d 'Only those of this kind, as spawn.'
complete -c circusctl -n "__fish_seen_subcommand_from events" -l limit -x -d 'At most so many; never more than 1,000, or 512 KiB.'
complete -c circusctl -n "__fish_seen_subcommand_from events" -l follow -d 'Then print each as it happens; circusctl does that.'
complete -c circusctl -n "__circusctl_position events -ge 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a tail -d 'Show what workers print'
complete -c circusctl -n "__fish_seen_subcommand_from tail" -s f -l follow -d 'Go on with what comes, until interrupted.'
complete -c circusctl -n "__fish_seen_subcommand_from tail" -s n -l lines -x -d 'At most so many lines; 10, unless since is given.'
complete -c circusctl -n "__fish_seen_subcommand_from tail" -l since -x -d 'Only what came since: -60 (seconds), 10m, an ISO time or HH:MM[:SS].'
complete -c circusctl -n "__fish_seen_subcommand_from tail" -l stderr -d 'Only standard error.'
complete -c circusctl -n "__circusctl_position tail -ge 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a postmortem -d 'Show how workers have ended, and their last words'
complete -c circusctl -n "__fish_seen_subcommand_from postmortem" -s n -l lines -x -d 'So many lines of each channel; 20 unless given, 1,000 at most.'
complete -c circusctl -n "__circusctl_position postmortem -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a start -d 'Start the arbiter or a watcher'
complete -c circusctl -n "__fish_seen_subcommand_from start" -l waiting -d 'Answer only when the processes run.'
complete -c circusctl -n "__fish_seen_subcommand_from start" -l match -x -d 'How NAME is compared: glob, regex (from the beginning) or simple; case never counts. (default: glob)'
complete -c circusctl -n "__circusctl_position start -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a stop -d 'Stop watchers'
complete -c circusctl -n "__fish_seen_subcommand_from stop" -l waiting -d 'Answer only when all processes are gone.'
complete -c circusctl -n "__fish_seen_subcommand_from stop" -l match -x -d 'How NAME is compared: glob, regex (from the beginning) or simple; case never counts. (default: glob)'
complete -c circusctl -n "__circusctl_position stop -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a restart -d 'Restart the arbiter or a watcher'
complete -c circusctl -n "__fish_seen_subcommand_from restart" -l waiting -d 'Answer only when the new processes run.'
complete -c circusctl -n "__fish_seen_subcommand_from restart" -l match -x -d 'How NAME is compared: glob, regex (from the beginning) or simple; case never counts. (default: glob)'
complete -c circusctl -n "__circusctl_position restart -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a reload -d 'Reload the arbiter or a watcher'
complete -c circusctl -n "__fish_seen_subcommand_from reload" -l terminate -d 'Restart: the old processes end first, all at once. (default: true)'
complete -c circusctl -n "__fish_seen_subcommand_from reload" -l waiting -d 'Answer only when the old processes are gone.'
complete -c circusctl -n "__fish_seen_subcommand_from reload" -l sequential -d 'One process after the other: the old one ends first.'
complete -c circusctl -n "__circusctl_position reload -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a incr -d 'Increment the number of processes in a watcher'
complete -c circusctl -n "__fish_seen_subcommand_from incr" -l waiting -d 'Answer only when the new processes run.'
complete -c circusctl -n "__circusctl_position incr -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "__circusctl_position incr -eq 1" -F
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a decr -d 'Decrement the number of processes in a watcher'
complete -c circusctl -n "__fish_seen_subcommand_from decr" -l waiting -d 'Answer only when the surplus processes are gone.'
complete -c circusctl -n "__circusctl_position decr -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "__circusctl_position decr -eq 1" -F
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a kill -d 'Kill a specific process'
complete -c circusctl -n "__fish_seen_subcommand_from kill" -l signum -x -d 'The signal; the watcher\'s stop_signal when not given.'
complete -c circusctl -n "__fish_seen_subcommand_from kill" -l graceful_timeout -x -d 'How long it may take; the watcher\'s graceful_timeout when not given.'
complete -c circusctl -n "__fish_seen_subcommand_from kill" -l waiting -d 'Answer only when nothing of them is left.'
complete -c circusctl -n "__circusctl_position kill -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "__circusctl_position kill -eq 1" -a '(__circusctl_pids kill)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a signal -d 'Send a signal'
complete -c circusctl -n "__fish_seen_subcommand_from signal" -l children -d 'All children of the process, not the process itself.'
complete -c circusctl -n "__fish_seen_subcommand_from signal" -l recursive -d 'The process and all its descendants.'
complete -c circusctl -n "__circusctl_position signal -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "__circusctl_position signal -eq 1" -a '(__circusctl_pids signal)'
complete -c circusctl -n "__circusctl_position signal -eq 2" -a 'HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a set -d 'Set a watcher option'
complete -c circusctl -n "__fish_seen_subcommand_from set" -l waiting -d 'Answer only when processes are as they should be.'
complete -c circusctl -n "__circusctl_position set -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "__circusctl_position set -eq 1" -a 'args backoff backoff_max close_child_stderr close_child_stdin close_child_stdout cmd copy_env env gid graceful_timeout hook_timeout max_age max_age_variance max_retry numprocesses respawn send_hup shell singleton stop_children stop_signal uid warmup_delay working_dir'
complete -c circusctl -n "__circusctl_position set -ge 2" -F
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a add -d 'Add a watcher'
complete -c circusctl -n "__fish_seen_subcommand_from add" -l start -d 'Start it at once.'
complete -c circusctl -n "__fish_seen_subcommand_from add" -l waiting -d 'With --start: answer only when it runs.'
complete -c circusctl -n "__circusctl_position add -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "__circusctl_position add -ge 1" -F
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a rm -d 'Remove a watcher'
complete -c circusctl -n "__fish_seen_subcommand_from rm" -l nostop -d 'Let its processes run on; nobody minds them any more.'
complete -c circusctl -n "__fish_seen_subcommand_from rm" -l waiting -d 'Answer only when its processes are gone.'
complete -c circusctl -n "__circusctl_position rm -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a reloadconfig -d 'Reload the configuration file'
complete -c circusctl -n "__fish_seen_subcommand_from reloadconfig" -l waiting -d 'Answer only when all of it is done.'
complete -c circusctl -n "__fish_seen_subcommand_from reloadconfig" -l plan -d 'Only tell what would be done.'
complete -c circusctl -n "__fish_seen_subcommand_from reloadconfig" -l plan_id -x -d 'Do exactly this plan, or nothing when something has changed since.'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a jobs -d 'Show what runs and what waits for its turn'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a cancel -d 'Take a command out of the queue'
complete -c circusctl -n "__circusctl_position cancel -eq 0" -F
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a keygen -d 'Make a key pair for endpoints that demand keys'
complete -c circusctl -n "__fish_seen_subcommand_from keygen" -l server -x -d 'circusd\'s public key (its .key file), for a client\'s pair.'
complete -c circusctl -n "__circusctl_position keygen -eq 0" -a '(__circusctl_watchers)'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a reopen -d 'Open all log files anew by their names'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a versions -d 'Show which version runs where, and what is installed'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a upgrade -d 'Put another circusd, or papa, in the place of the running one'
complete -c circusctl -n "__fish_seen_subcommand_from upgrade" -l to -x -d 'The home of another version; else that of the running one, as it is now.'
complete -c circusctl -n "__fish_seen_subcommand_from upgrade" -l timeout -x -d 'It must stand ready within so many seconds; 60.'
complete -c circusctl -n "__fish_seen_subcommand_from upgrade" -l probation -x -d ''
complete -c circusctl -n "__fish_seen_subcommand_from upgrade" -l apply -d 'Also if that changes what runs.'
complete -c circusctl -n "__fish_seen_subcommand_from upgrade" -l kernel -d 'Replace papa, under the same pid; circusd stays.'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a detach -d 'End the manager and leave every worker, socket and log as it is'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a commands -d 'List the commands that were added to this circusd'
complete -c circusctl -n "not __fish_seen_subcommand_from $commands" -a quit -d 'Quit the arbiter immediately'
complete -c circusctl -n "__fish_seen_subcommand_from quit" -l waiting -d 'Answer only when all watchers have stopped.'
complete -c circusctl -n "__fish_seen_subcommand_from quit" -l terminate -d 'End everything, use_papa or not, and the kernel with it.'
