#!/bin/sh
# A plugin in the shell: writes down each start of a process, and how many watchers there are when it is greeted. It reads and writes lines
# of JSON, so a real one is better written in a language that knows JSON.
while read -r line; do
    case $line in
        *'"type": "hello"'*) echo '{"id": "1", "command": "numwatchers"}' ;;
        *'"type": "reply"'*) echo "$line" >> notes.txt ;;
        *'"action": "spawn"'*) echo "$line" >> notes.txt ;;
    esac
done
