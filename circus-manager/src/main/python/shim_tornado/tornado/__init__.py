"""As much of Tornado as plugins use, where it is not installed: `ioloop`."""

version = '0'
version_info = (0, 0, 0, 0)
