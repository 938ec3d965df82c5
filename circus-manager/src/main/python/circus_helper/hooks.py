"""Runs hooks, each on a thread of its own.

From circusd: {"call": ID, "name": N, "anew": BOOL, "path": [DIRECTORY…], "point": P, "watcher": W, "options": {…},
               "extra": {…}}                        runs a hook
              {"told": N, "reply": …} | {"told": N, "failed": TEXT}      the answer to what a hook has asked
              {"where": ID}                        what is it doing?
To circusd:   {"returned": ID, "result": BOOL, "stats": {…} or null}
              {"failed": ID, "error": TEXT, "traceback": TEXT}
              {"ask": N, "call": ID, "what": …}    a hook wants to know or to do something, see proxies.py
              {"at": ID, "stack": TEXT}
              {"log": LEVEL, "text": TEXT}
"""

import itertools
import os
import sys
import threading

from circus_helper import failures, lines, logs, names, proxies


def main(_words):
    lines.settle()
    channel = lines.Channel()
    logs.attach(channel)
    Hooks(channel).serve()
    # Whatever still runs, it has nobody to run for.
    os._exit(0)


class Hooks:
    """All that is under way. `serve` on the main thread; the rest on threads of calls."""

    def __init__(self, channel):
        self._channel = channel
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._finding = threading.Lock()
        self._running = {}
        self._asked = {}
        self._current = threading.local()

    def serve(self):
        """Until circusd has gone."""
        proxies.offer_client(self)
        while True:
            message = self._channel.read()
            if message is None:
                return
            if 'call' in message:
                # Threads are for what is slow; a name is resolved there too.
                threading.Thread(target=self._run, args=(message,), name='hook-%s' % message['call'], daemon=True).start()
            elif 'told' in message:
                self._told(message)
            elif 'where' in message:
                self._tell_where(message['where'])

    def _run(self, message):
        call = message['call']
        self._current.call = call
        with self._lock:
            self._running[call] = threading.get_ident()
        try:
            answer = self._perform(call, message)
        except BaseException as error:  # SystemExit too ends the hook, and not circusd's helper
            answer = failures.describe(call, error)
        finally:
            with self._lock:
                del self._running[call]
        try:
            self._channel.write(answer)
        except (TypeError, ValueError) as error:
            self._channel.write(failures.describe(call, error))

    def _perform(self, call, message):
        with self._finding:
            names.add_paths(message['path'])
        # Not within the lock: a module that takes its time is to hold up its own hooks only.
        hook = names.resolve(message['name'], message['anew'])
        watcher = proxies.Watcher(self, call, message['watcher'], message['options'])
        arbiter = proxies.Arbiter(self, call, watcher)
        extra = message['extra']
        if message['point'] == 'extended_stats':
            result = hook(watcher, arbiter, 'extended_stats', **extra)
        else:
            result = hook(watcher=watcher, arbiter=arbiter, hook_name=message['point'], **extra)
        return {'returned': call, 'result': bool(result), 'stats': extra.get('stats')}

    # ---- what hooks ask

    def ask(self, call, what, **details):
        """Has circusd do or tell something, and waits for it. `call` None is that of this thread, if it has one."""
        question = next(self._numbers)
        answer = _Answer()
        with self._lock:
            self._asked[question] = answer
        message = {'ask': question, 'call': getattr(self._current, 'call', None) if call is None else call, 'what': what}
        message.update(details)
        try:
            self._channel.write(message)
            answer.came.wait()
        finally:
            with self._lock:
                self._asked.pop(question, None)
        if 'failed' in answer.message:
            raise proxies.CallError(answer.message['failed'])
        return answer.message.get('reply')

    def _told(self, message):
        with self._lock:
            answer = self._asked.get(message['told'])
        if answer is not None:
            answer.message = message
            answer.came.set()

    def _tell_where(self, call):
        with self._lock:
            thread = self._running.get(call)
        frame = sys._current_frames().get(thread)
        self._channel.write({'at': call, 'stack': failures.stack(frame)})


class _Answer:
    def __init__(self):
        self.came = threading.Event()
        self.message = {}
