"""The streams of Circus, for classes that are derived from them. Each is called with {'data': bytes, 'pid', 'name', 'timestamp'}."""

import os
import queue
import sys
import tempfile
from datetime import datetime

from circus.util import to_str

__all__ = ['FancyStdoutStream', 'FileStream', 'QueueStream', 'StdoutStream', 'WatchedFileStream']


class QueueStream(queue.Queue):
    """Keeps it."""

    def __init__(self, **kwargs):
        super().__init__()

    def __call__(self, data):
        self.put(data)

    def close(self):
        pass


class StdoutStream:
    """Prints it; in circusd that is its log."""

    def __init__(self, **kwargs):
        pass

    def __call__(self, data):
        sys.stdout.write(to_str(data['data']))
        sys.stdout.flush()

    def close(self):
        pass


class _Timed:
    """What puts time and pid before each line."""

    now = datetime.now
    fromtimestamp = datetime.fromtimestamp

    def _prefix(self, data, time_format):
        time = self.fromtimestamp(data['timestamp']) if 'timestamp' in data else self.now()
        return '%s [%s] | ' % (time.strftime(time_format), data['pid'])


class FancyStdoutStream(StdoutStream, _Timed):
    """Prints it in a colour, line by line."""

    colors = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']
    out = sys.stdout

    def __init__(self, color=None, time_format=None, **kwargs):
        super().__init__(**kwargs)
        self.time_format = time_format or '%Y-%m-%d %H:%M:%S'
        self.color_code = (self.colors.index(color) if color in self.colors else 0) + 1

    def prefix(self, data):
        return '\033[0;3%s;40m%s' % (self.color_code, self._prefix(data, self.time_format))

    def __call__(self, data):
        for line in to_str(data['data']).split('\n'):
            if line:
                self.out.write('%s%s\033[0m\n' % (self.prefix(data), line))
                self.out.flush()


class _File(_Timed):
    """A file that is appended to."""

    def __init__(self, filename, time_format):
        if filename is None:
            descriptor, filename = tempfile.mkstemp()
            os.close(descriptor)
        self._filename = filename
        self._time_format = time_format
        self._file = self._open()

    def _open(self):
        return open(self._filename, 'a+', errors='replace')

    def open(self):
        if self._file.closed:
            self._file = self._open()

    def close(self):
        self._file.close()

    def write_data(self, data):
        text = to_str(data['data'])
        if self._time_format is not None:
            prefix = self._prefix(data, self._time_format)
            text = prefix + text.rstrip('\n').replace('\n', '\n' + prefix) + '\n'
        self._file.write(text)
        self._file.flush()


class FileStream(_File):
    """A file that is rotated before it has `max_bytes`."""

    def __init__(self, filename=None, max_bytes=0, backup_count=0, time_format=None, **kwargs):
        super().__init__(filename, time_format)
        self._max_bytes = int(max_bytes)
        self._backup_count = int(backup_count)

    def __call__(self, data):
        if self._should_rollover(data['data']):
            self._do_rollover()
        self.write_data(data)

    def _should_rollover(self, raw_data):
        if self._max_bytes <= 0:
            return False
        self._file.seek(0, os.SEEK_END)
        return self._file.tell() + len(raw_data) >= self._max_bytes

    def _do_rollover(self):
        self._file.close()
        for number in range(self._backup_count - 1, 0, -1):
            if os.path.exists('%s.%d' % (self._filename, number)):
                os.replace('%s.%d' % (self._filename, number), '%s.%d' % (self._filename, number + 1))
        if self._backup_count > 0:
            os.replace(self._filename, self._filename + '.1')
        self._file = self._open()


class WatchedFileStream(_File):
    """A file that others may rotate."""

    def __init__(self, filename=None, time_format=None, **kwargs):
        super().__init__(filename, time_format)

    def __call__(self, data):
        try:
            there = os.stat(self._filename)
            ours = os.fstat(self._file.fileno())
            same = (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
        except FileNotFoundError:
            same = False
        if not same:
            self._file.close()
            self._file = self._open()
        self.write_data(data)
