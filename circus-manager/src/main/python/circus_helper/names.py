"""Names in configurations, and what they stand for."""

import importlib
import importlib.util
import os
import site
import sys

# What Circus itself stands on: without these its package is there, but of no use.
_NEEDED = ('zmq', 'tornado', 'psutil')


def provide_circus(home):
    """Sees to it that `from circus import …` works: by the real package where it is whole, else by ours."""
    if not has_circus():
        sys.path.insert(0, os.path.join(home, 'shim'))
    if importlib.util.find_spec('tornado') is None:
        sys.path.insert(0, os.path.join(home, 'shim_tornado'))


def has_circus():
    """Whether the real package can be used. Imports nothing."""
    try:
        spec = importlib.util.find_spec('circus')
        # A folder that happens to be called circus has no origin.
        return spec is not None and bool(spec.origin) and all(importlib.util.find_spec(each) for each in _NEEDED)
    except (ImportError, ValueError):
        return False


def add_paths(paths):
    """Has modules found in what PYTHONPATH of the configuration names, after all other places, as Circus does."""
    for path in paths:
        if path and path not in sys.path:
            site.addsitedir(path)
            if path not in sys.path:
                # One that does not exist yet.
                sys.path.append(path)
    importlib.invalidate_caches()


def resolve(name, anew=False):
    """What `package.module.thing` or `package.module:thing` is.

    `anew` reads its module again, if it was read before. Raises whatever the module raises; ImportError if there is no such thing.
    """
    module_name, thing = _split(name)
    if anew and module_name in sys.modules:
        importlib.invalidate_caches()
        module = importlib.reload(sys.modules[module_name])
    else:
        module = importlib.import_module(module_name)
    if not thing:
        return module
    found = module
    for part in thing.split('.'):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise ImportError('%s has no %s' % (found.__name__, part)) from None
    return found


def _split(name):
    """The module and what is in it. As in Circus everything before the last dot is the module."""
    if ':' in name:
        return tuple(name.split(':', 1))
    if '.' in name:
        return tuple(name.rsplit('.', 1))
    return name, ''


def describe(error):
    """An exception in one line, for people."""
    text = str(error)
    return type(error).__name__ + (': ' + text if text else '')


def python():
    """This interpreter, for people."""
    return '%s (%s)' % (os.path.realpath(sys.executable), '.'.join(str(part) for part in sys.version_info[:3]))
