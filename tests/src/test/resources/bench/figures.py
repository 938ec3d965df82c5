"""figures.py ROUNDS PID...: the figures that `stats` tells of each process, by psutil, as Circus asks for them; nanoseconds of each round.

With `children` behind it the list of each process's children, once."""
import sys
import time

import psutil

rounds = int(sys.argv[1])
children = sys.argv[-1] == "children"
processes = [psutil.Process(int(pid)) for pid in sys.argv[2:len(sys.argv) - children]]


def figures(process):
    process.memory_info()
    process.cpu_percent()
    process.memory_percent()
    process.cpu_times()
    process.username()
    process.nice()
    process.cmdline()
    process.create_time()
    if children:
        process.children()


for _ in range(rounds):
    began = time.monotonic_ns()
    for process in processes:
        figures(process)
    print(time.monotonic_ns() - began)
