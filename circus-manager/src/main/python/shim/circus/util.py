"""The helpers of Circus that hooks, streams and plugins use."""

import functools
import importlib
import os
import signal
import sys
import time

from circus import logger

DEFAULT_ENDPOINT_DEALER = 'tcp://127.0.0.1:5555'
DEFAULT_ENDPOINT_SUB = 'tcp://127.0.0.1:5556'
DEFAULT_ENDPOINT_STATS = 'tcp://127.0.0.1:5557'
DEFAULT_ENDPOINT_MULTICAST = 'udp://237.219.251.97:12027'

_UNITS = 'KMGTPEZY'


def bytes2human(n):
    """1536 is '1.50K'; raises TypeError for what is no integer."""
    if not isinstance(n, int):
        raise TypeError(n)
    for power in range(len(_UNITS), 0, -1):
        if n >= 1 << power * 10:
            return '%.2f%s' % (n / (1 << power * 10), _UNITS[power - 1])
    return '%sB' % n


def human2bytes(s):
    """'1K' is 1024."""
    text = s.strip().upper()
    if text.endswith('B'):
        text = text[:-1]
    power = 0
    if text and text[-1] in _UNITS:
        power = _UNITS.index(text[-1]) + 1
        text = text[:-1]
    return int(float(text) * (1 << power * 10))


def to_bool(s):
    if isinstance(s, bool):
        return s
    text = s.lower().strip()
    if text in ('true', '1', 'on', 'yes'):
        return True
    if text in ('false', '0', 'off', 'no'):
        return False
    raise ValueError('%r is not a boolean' % s)


def to_signum(signum):
    """'9', 'KILL', 'sigkill' and 9 are 9."""
    if isinstance(signum, int):
        return signum
    text = signum.upper()
    if text.isdigit():
        return int(text)
    if not text.startswith('SIG'):
        text = 'SIG' + text
    try:
        return int(getattr(signal, text))
    except AttributeError:
        raise ValueError('signal invalid: %r' % signum) from None


def to_str(s, encoding='utf8', errors='replace'):
    return s.decode(encoding, errors) if isinstance(s, bytes) else s if isinstance(s, str) else str(s)


def to_bytes(s, encoding='utf8'):
    return s if isinstance(s, bytes) else s.encode(encoding)


def get_python_version():
    return sys.version_info[:3]


def get_working_dir():
    return os.environ.get('PWD') or os.getcwd()


def parse_env_str(env_str):
    return dict(pair.split('=', 1) for pair in (env_str or '').split(',') if pair)


def parse_env_dict(env):
    return {str(key): str(value) for key, value in env.items()}


def env_to_str(env):
    return ','.join('%s=%s' % pair for pair in sorted((env or {}).items()))


def resolve_name(import_name, silent=False, reload=False):
    """What `package.module.thing` or `package.module:thing` is."""
    module, _, thing = import_name.partition(':') if ':' in import_name else import_name.rpartition('.')
    try:
        if not module:
            return importlib.import_module(thing)
        found = importlib.import_module(module)
        if reload:
            found = importlib.reload(found)
        return getattr(found, thing) if thing else found
    except (ImportError, AttributeError) as error:
        if silent:
            return None
        raise ImportError('cannot import %r: %s' % (import_name, error)) from error


def debuglog(func):
    """Logs each call of a method."""

    @functools.wraps(func)
    def logged(self, *args, **kw):
        begun = time.time()
        try:
            return func(self, *args, **kw)
        finally:
            logger.debug('%s.%s took %.6f s', type(self).__name__, func.__name__, time.time() - begun)

    return logged


class ObjectDict(dict):
    """A dict whose items are attributes as well."""

    def __getattr__(self, item):
        try:
            return self[item]
        except KeyError:
            raise AttributeError(item) from None
