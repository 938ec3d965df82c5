"""Exceptions of users' code, as they are told to circusd."""

import os
import traceback

_OWN = os.path.dirname(os.path.abspath(__file__))


def describe(call, error):
    """What came of a call that has raised something."""
    trace = error.__traceback__
    # From the user's code on.
    while trace is not None and os.path.dirname(os.path.abspath(trace.tb_frame.f_code.co_filename)) == _OWN:
        trace = trace.tb_next
    text = ''.join(traceback.format_exception(type(error), error, trace or error.__traceback__))
    return {'failed': call, 'error': str(error) or type(error).__name__, 'traceback': text}


def stack(frame):
    """Where a thread is, from the user's code on."""
    frames = traceback.extract_stack(frame) if frame is not None else []
    begin = max((i + 1 for i, each in enumerate(frames) if os.path.dirname(os.path.abspath(each.filename)) == _OWN), default=0)
    return ''.join(traceback.format_list(frames[begin:] or frames))
