"""Tells which names of a configuration can be used. They are imported for that, in a process that ends at once.

In:  {"path": [DIRECTORY…], "names": [{"name": N, "kind": "hook" | "stream" | "plugin"}…]}
Out: {"name": N, "kind": K, "refused": TEXT or null} for each; so it is known which one did not come back.
"""

import os
import threading

from circus_helper import lines, names


def main(_words):
    lines.settle()
    channel = lines.Channel()
    question = channel.read()
    if question is None:
        return 1
    threading.Thread(target=_end_with_circusd, args=(channel,), daemon=True).start()
    names.add_paths(question['path'])
    for each in question['names']:
        channel.write({'name': each['name'], 'kind': each['kind'], 'refused': refusal(each['name'], each['kind'])})
    # Not by the usual way: what was imported may have started threads that do not end.
    os._exit(0)


def _end_with_circusd(channel):
    while channel.read() is not None:
        pass
    os._exit(1)


def refusal(name, kind):
    """Why it cannot be used; None if it can."""
    try:
        found = names.resolve(name)
    except (Exception, SystemExit) as error:  # whatever a module raises is its own affair
        return 'cannot import it: ' + names.describe(error)
    if not callable(found):
        return 'found that it is no function and no class'
    if kind == 'plugin' and not isinstance(found, type):
        return 'found that it is no class'
    return None
