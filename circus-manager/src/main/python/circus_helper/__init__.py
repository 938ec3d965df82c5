"""The part of circusd that runs code in Python: hooks, stream classes and plugins that were written for Circus.

circusd is a Java program. Where a configuration names something that is no Java class, it starts `python3 circus_helper MODE` and talks
to it over its stdin and stdout, in lines of JSON:

    check          is asked which names can be imported, answers, ends                     check.py
    hooks          runs hooks                                                              hooks.py
    streams        takes output                                                            streams.py
    plugin CLASS   is a plugin, a worker as any other; speaks the lines of exec: plugins   plugin.py

Only the standard library is used, of Python 3.8 and later. Nothing in here outlives circusd: at the end of its stdin the process ends.

Version history of the lines: 1, with circusd 0.3.
"""
