"""Hooks and a stream class, as Circus has them: for examples/python.ini."""

import os
import shutil

from circus import logger
from circus.stream import FileStream


def has_room(watcher, arbiter, hook_name, **kwargs):
    """before_start: is there as much room on the disk as the section's `needs_bytes` says?"""
    free = shutil.disk_usage('.').free
    logger.info('%s: %d bytes are free', watcher.name, free)
    return free >= int(watcher._options.get('needs_bytes', 0))


def open_files(watcher, arbiter, hook_name, pid, stats, **kwargs):
    """extended_stats: the number of open files, and which of the watcher's processes it is."""
    stats['open_files'] = len(os.listdir('/proc/%d/fd' % pid))
    stats['wid'] = watcher.processes[pid].wid
    return True


class Numbered(FileStream):
    """A file with a number in front of each line."""

    def __init__(self, **options):
        super().__init__(**options)
        self.count = 0

    def __call__(self, data):
        self.count += 1
        super().__call__(dict(data, data=b'%d: %s' % (self.count, data['data'])))
