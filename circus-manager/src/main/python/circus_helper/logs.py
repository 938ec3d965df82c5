"""What Python code logs by `circus.logger`, on its way to circusd's log."""

import logging


class ToCircusd(logging.Handler):
    """Hands records on, with their level."""

    def __init__(self, channel):
        super().__init__()
        self._channel = channel

    def emit(self, record):
        try:
            self._channel.write({'log': record.levelname, 'text': self.format(record)})
        except Exception:  # as every handler: a bad record must not harm who logs
            self.handleError(record)


def attach(channel):
    """From here on circusd's log has what is logged as `circus`. What is logged elsewhere goes where logging.basicConfig says."""
    logger = logging.getLogger('circus')
    logger.addHandler(ToCircusd(channel))
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
