"""What hooks, streams and plugins that were written for Circus import, where Circus itself is not installed.

circusd's helper puts this on the module path then. It offers what the manual shows: `logger`, `util`, `stream`, `client`, `plugins`, `exc`.
"""

import logging

__version__ = '0.19.0'

logger = logging.getLogger('circus')

# How circusd is reached from here: a function from a message to the reply. None: not at all.
_transport = None


def _use_transport(transport):
    global _transport
    _transport = transport
