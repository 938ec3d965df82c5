"""The errors of Circus."""


class CallError(Exception):
    """circusd could not be asked, or has refused."""


class AlreadyExist(Exception):
    """There is one of that name."""


class MessageError(Exception):
    """A message is not what it should be."""


class ArgumentError(Exception):
    """An argument is not what it should be."""


class ConflictError(Exception):
    """Something else is under way."""
