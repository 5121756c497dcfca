"""Two worker processes and a scheduler on this machine, until standard input closes.

Prints the scheduler's address, then the process ids of the workers.
"""

from __future__ import annotations

import sys

from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        pids = " ".join(str(worker.pid) for worker in cluster.workers.values())
        sys.stdout.write(f"{cluster.scheduler_address}\n{pids}\n")
        sys.stdout.flush()
        sys.stdin.read()
