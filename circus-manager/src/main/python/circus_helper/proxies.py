"""What hooks see as `watcher`, `arbiter` and processes: what Circus documents of them, carried out by circusd.

A watcher's options are as they were when the hook was called. Its status and its processes are asked for when they are looked at, and
whatever changes something is a command that circusd carries out meanwhile. What waits for the end of the very start, stop or restart that
the hook belongs to waits for itself, until hook_timeout.
"""

import sys
import time
from collections.abc import Mapping

# How the texts of options are to be read, by their names.
_INTEGERS = {'numprocesses', 'max_retry', 'max_age', 'max_age_variance', 'priority'}
_FLOATS = {'warmup_delay', 'graceful_timeout', 'hook_timeout'}
_BOOLEANS = {
    'shell', 'copy_env', 'copy_path', 'send_hup', 'stop_children', 'singleton', 'use_sockets', 'on_demand', 'respawn', 'autostart',
    'close_child_stdin', 'close_child_stdout', 'close_child_stderr', 'use_papa', 'async_kill'}

# The numbers of circus.process.
RUNNING, DEAD_OR_ZOMBIE, UNEXISTING, OTHER = range(4)


class CallError(Exception):
    """circusd could not do it, or would not."""


def _value(key, text):
    if key in _BOOLEANS:
        return text.strip().lower() in ('1', 'true', 'yes', 'on')
    try:
        return int(text) if key in _INTEGERS else float(text) if key in _FLOATS else text
    except ValueError:
        return text


class _Commands:
    """Whoever can give commands."""

    def __init__(self, owner, call):
        self._owner = owner
        self._call = call

    def _ask(self, what, **details):
        return self._owner.ask(self._call, what, **details)

    def _command(self, command, **properties):
        reply = self._ask('command', command=command, properties=properties)
        if reply.get('status') == 'error':
            raise CallError(reply.get('reason', 'error'))
        return reply


class Watcher(_Commands):
    """A watcher. `name`, `cmd`, `numprocesses`, … are attributes; `_options` has what is no option of Circus, and the options too."""

    def __init__(self, owner, call, name, options=None):
        super().__init__(owner, call)
        self.name = name
        self.res_name = name.lower().replace(' ', '_')
        # With options: the watcher that the hook is of.
        self._own = options is not None
        self._texts = options

    @property
    def _options(self):
        if self._texts is None:
            self._texts = dict(self._command('options', name=self.name)['options'])
        return self._texts

    @property
    def arbiter(self):
        return Arbiter(self._owner, self._call, self)

    def __getattr__(self, key):
        # Called for what is not there otherwise.
        if key.startswith('__') or key in ('_own', '_texts', '_owner', '_call', 'name'):
            raise AttributeError(key)
        texts = self._options
        if key not in texts:
            raise AttributeError('the watcher %s has no %s' % (self.name, key))
        value = texts[key]
        return _value(key, value) if isinstance(value, str) else value

    def __repr__(self):
        return '<Watcher %r>' % self.name

    def __len__(self):
        return len(self.processes)

    def __bool__(self):
        return True

    # ---- what is asked for each time

    def _state(self):
        """Status, processes, number of processes and environment."""
        if self._own:
            return self._ask('describe')
        stats = self._command('stats', name=self.name)['info']
        processes = {}
        for pid, facts in stats.items():
            if isinstance(facts, dict):
                processes[pid] = {'wid': facts.get('wid'), 'started': facts.get('create_time')}
        return {
            'status': self._command('status', name=self.name)['status'],
            'processes': processes,
            'numprocesses': self._options.get('numprocesses'),
            'environment': self._options.get('env'),
        }

    @property
    def processes(self):
        """The processes by pid, as they are now."""
        return Processes(self, self._state()['processes'])

    @property
    def numprocesses(self):
        return int(self._state()['numprocesses'])

    @property
    def env(self):
        return self._state()['environment']

    @property
    def pids(self):
        return list(self.processes)

    def get_active_processes(self):
        return [process for process in self.processes.values() if process.is_alive()]

    def get_active_pids(self):
        return [process.pid for process in self.get_active_processes()]

    def status(self):
        return self._state()['status']

    def is_stopping(self):
        return self.status() == 'stopping'

    def is_stopped(self):
        return self.status() == 'stopped'

    def is_active(self):
        return self.status() == 'active'

    def options(self, *_args):
        return sorted(self._command('options', name=self.name)['options'].items())

    def info(self, extended=False):
        info = self._command('stats', name=self.name, extended=extended)['info']
        return {int(pid): facts for pid, facts in info.items()}

    def process_info(self, pid, extended=False):
        return self._command('stats', name=self.name, process=int(pid), extended=extended)['info']

    # ---- what it can be told to do

    def send_signal(self, pid, signum):
        """Sends a signal to one of its processes. No hook is asked."""
        if self._own:
            self._ask('signal', pid=int(pid), signum=int(signum))
        else:
            self._command('signal', name=self.name, pid=int(pid), signum=int(signum))

    def send_signal_child(self, pid, child_id, signum):
        self._command('signal', name=self.name, pid=int(pid), childpid=int(child_id), signum=int(signum))

    def send_signal_children(self, pid, signum, recursive=False):
        self._command('signal', name=self.name, pid=int(pid), signum=int(signum), children=True, recursive=recursive)

    def notify_event(self, topic, msg):
        raise CallError('cannot publish %s of %s: events are those of circusd' % (topic, self.name))

    def start(self):
        self._command('start', name=self.name)

    def stop(self):
        self._command('stop', name=self.name)

    def restart(self):
        self._command('restart', name=self.name)

    def reload(self, graceful=True, sequential=False):
        self._command('reload', name=self.name, graceful=graceful, sequential=sequential)

    def incr(self, nb=1):
        return self._command('incr', name=self.name, nb=nb).get('numprocesses')

    def decr(self, nb=1):
        return self._command('decr', name=self.name, nb=nb).get('numprocesses')

    def set_opt(self, key, val):
        self._command('set', name=self.name, options={key: val})


class Processes(Mapping):
    """Processes by pid. One that is just about to go, or gone, can still be looked up."""

    def __init__(self, watcher, facts):
        self._processes = {int(pid): Process(watcher, int(pid), **each) for pid, each in facts.items()}

    def __getitem__(self, pid):
        return self._processes[int(pid)]

    def __iter__(self):
        return iter(self._processes)

    def __len__(self):
        return len(self._processes)


class Process:
    """A process of a watcher."""

    def __init__(self, watcher, pid, wid=None, started=None):
        self.watcher = watcher
        self.name = watcher.name
        self.pid = pid
        self.wid = wid
        self.started = started

    def __repr__(self):
        return '<Process %s of %s>' % (self.pid, self.name)

    def __eq__(self, other):
        return isinstance(other, Process) and self.pid == other.pid

    def __hash__(self):
        return hash(self.pid)

    def __lt__(self, other):
        return self.started < other.started

    def __gt__(self, other):
        return self.started > other.started

    @property
    def status(self):
        try:
            with open('/proc/%d/stat' % self.pid, 'rb') as file:
                state = file.read().rpartition(b')')[2].split()[0]
        except OSError:
            return UNEXISTING
        return DEAD_OR_ZOMBIE if state in (b'Z', b'X') else RUNNING if state in (b'R', b'S', b'D', b'I') else OTHER

    def is_alive(self):
        return self.status not in (DEAD_OR_ZOMBIE, UNEXISTING)

    def age(self):
        return time.time() - self.started

    def info(self):
        return self.watcher.process_info(self.pid)

    def children(self, recursive=False):
        return [child['pid'] for child in self.info().get('children', [])]

    def send_signal(self, sig):
        self.watcher.send_signal(self.pid, sig)

    def send_signal_child(self, pid, signum):
        self.watcher.send_signal_child(self.pid, pid, signum)

    def send_signal_children(self, signum, recursive=False):
        self.watcher.send_signal_children(self.pid, signum, recursive)

    def stop(self):
        self.watcher._command('kill', name=self.name, pid=self.pid)


class Arbiter(_Commands):
    """circusd. `name`, `endpoint`, `pubsub_endpoint`, … are attributes."""

    def __init__(self, owner, call, watcher):
        super().__init__(owner, call)
        self._watcher = watcher

    def __getattr__(self, key):
        # Called for what is not there otherwise.
        options = {} if key.startswith('_') else self._command('globaloptions')['options']
        if key not in options:
            raise AttributeError('the arbiter has no %s' % key)
        return options[key]

    def __repr__(self):
        return '<Arbiter>'

    def get_watcher(self, name):
        """The watcher of that name, whatever its case. KeyError if there is none, as in Circus."""
        if name.lower() == self._watcher.name.lower():
            return self._watcher
        for watcher in self.watchers:
            if watcher.name.lower() == name.lower():
                return watcher
        raise KeyError(name.lower())

    @property
    def watchers(self):
        own = self._watcher.name
        names = self._command('list')['watchers']
        return [self._watcher if name.lower() == own.lower() else Watcher(self._owner, self._call, name) for name in names]

    def iter_watchers(self, reverse=True):
        return iter(sorted(self.watchers, key=lambda watcher: watcher.priority, reverse=reverse))

    def statuses(self):
        return self._command('status')['statuses']

    def numprocesses(self):
        return self._command('numprocesses')['numprocesses']

    def numwatchers(self):
        return self._command('numwatchers')['numwatchers']

    def add_watcher(self, name, cmd, **kw):
        self._command('add', name=name, cmd=cmd, options=kw)
        return Watcher(self._owner, self._call, name)

    def rm_watcher(self, name, nostop=False):
        self._command('rm', name=name, nostop=nostop)

    def start_watcher(self, watcher):
        watcher.start()

    def start_watchers(self, watcher_iter_func=None):
        self._command('start')

    def stop_watchers(self, *_args, **_kw):
        self._command('stop')

    def reload(self, graceful=True, sequential=False):
        self._command('reload', graceful=graceful, sequential=sequential)

    def stop(self):
        self._command('quit')


def offer_client(owner):
    """Lets our `circus.client.CircusClient` speak with circusd by way of us. Nothing to do where the package is the real one."""

    def send(message):
        return owner.ask(None, 'command', command=message['command'], properties=message.get('properties', {}))

    try:
        import circus
    except ImportError:
        return
    # Ours has this name; and is not asked for its client before somebody wants it.
    if hasattr(circus, '_use_transport'):
        sys.modules['circus']._use_transport(send)
