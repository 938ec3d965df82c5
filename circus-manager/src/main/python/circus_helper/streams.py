"""Takes output, in objects of stream classes. Each object has a thread of its own: one that hangs holds up nobody but itself.

From circusd: {"call": ID, "stream": S, "make": NAME, "anew": BOOL, "path": [DIRECTORY…], "options": {…}}
              {"call": ID, "stream": S, "data": BASE64, "pid": PID, "name": "stdout" | "stderr", "timestamp": SECONDS}
              {"call": ID, "stream": S, "close": true}             the last of that stream
To circusd:   {"returned": ID} | {"failed": ID, "error": TEXT, "traceback": TEXT} for each, in the order of each stream
"""

import base64
import os
import queue
import threading

from circus_helper import failures, lines, logs, names


def main(_words):
    lines.settle()
    channel = lines.Channel()
    logs.attach(channel)
    streams = {}
    while True:
        message = channel.read()
        if message is None:
            os._exit(0)
        number = message['stream']
        if 'make' in message:
            streams[number] = _Stream(channel)
        stream = streams.pop(number) if 'close' in message else streams[number]
        stream.calls.put(message)


class _Stream:
    """One object, and the thread that calls it."""

    _finding = threading.Lock()

    def __init__(self, channel):
        self.calls = queue.Queue()
        self._channel = channel
        self._target = None
        threading.Thread(target=self._run, name='stream', daemon=True).start()

    def _run(self):
        while True:
            message = self.calls.get()
            ends = 'close' in message
            try:
                self._perform(message)
                answer = {'returned': message['call']}
            except BaseException as error:  # SystemExit too is the stream's own affair
                answer = failures.describe(message['call'], error)
                # There is no object; another one is tried for later.
                ends = ends or 'make' in message
            self._channel.write(answer)
            if ends:
                return

    def _perform(self, message):
        if 'make' in message:
            with self._finding:
                names.add_paths(message['path'])
            self._target = names.resolve(message['make'], message['anew'])(**message['options'])
            self._optional('open')
        elif 'close' in message:
            self._optional('close')
        else:
            self._target({
                'data': base64.b64decode(message['data']),
                'pid': message['pid'],
                'name': message['name'],
                'timestamp': message['timestamp'],
            })

    def _optional(self, method):
        found = getattr(self._target, method, None)
        if found is not None:
            found()
