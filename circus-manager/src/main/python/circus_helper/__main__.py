"""Chooses what the process is to be. See the package."""

import os
import sys


def main():
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # Python puts the folder of this file first, where `hooks` or `names` would hide modules of the user.
    sys.path[0] = home
    # An installation may belong to somebody else, and nothing is to appear in it.
    kept = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    mode, words = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ('', [])
    if mode == 'check':
        from circus_helper import check as program
    elif mode == 'hooks':
        from circus_helper import hooks as program
    elif mode == 'streams':
        from circus_helper import streams as program
    elif mode == 'plugin' and len(words) == 1:
        from circus_helper import plugin as program
    else:
        sys.exit('usage: python3 circus_helper check | hooks | streams | plugin CLASS')
    from circus_helper import names
    # What lies beside this package is not for users. Modules in circusd's directory are found, but last: whoever may write there, or a
    # file that happens to be called as one of Python's own, is not to come before Python.
    del sys.path[0]
    try:
        sys.path.append(os.getcwd())
    except FileNotFoundError:
        pass
    sys.argv = ['circusd']
    names.provide_circus(home)
    sys.dont_write_bytecode = kept
    return program.main(words)


if __name__ == '__main__':
    sys.exit(main())
