"""Lines of JSON over what were stdin and stdout, which nobody else can get hold of."""

import json
import os
import sys
import threading


class Channel:
    """To and from circusd. One thread reads; any thread may write."""

    def __init__(self):
        """Takes stdin and stdout: what hooks print goes to stderr from here on, and what they read is empty."""
        self._in = os.fdopen(os.dup(0), 'rb')
        self._out = os.fdopen(os.dup(1), 'wb', buffering=0)
        self._writing = threading.Lock()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        # As on a terminal: a line is told when it is printed, not when the process ends.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, 'reconfigure'):
                stream.reconfigure(line_buffering=True, errors='backslashreplace')

    def fileno(self):
        """What becomes readable when there is a line."""
        return self._in.fileno()

    def read(self):
        """The next message, a dict; None at the end. What is no object in JSON is passed over."""
        while True:
            line = self._in.readline()
            if not line.endswith(b'\n'):
                return None
            try:
                message = json.loads(line.decode('utf-8'))
            except ValueError:
                continue
            if isinstance(message, dict):
                return message

    def write(self, message):
        """Sends a dict. Raises TypeError or ValueError for what JSON has no word for; nothing is sent then."""
        line = encode(message)
        with self._writing:
            try:
                self._write(line)
            except BrokenPipeError:
                # circusd has gone, and nobody is there to be told.
                os._exit(0)

    def _write(self, line):
        rest = memoryview(line)
        while rest:
            rest = rest[self._out.write(rest):]


def encode(message):
    """A line, as bytes."""
    return json.dumps(message, allow_nan=False, separators=(',', ':')).encode('ascii') + b'\n'


def settle():
    """Makes this process the leader of a session of its own, so that circusd can end it with all that it has started."""
    try:
        os.setsid()
    except OSError:
        pass
