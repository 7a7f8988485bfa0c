"""A worker process: ``python -m evanesce.scans.worker``, started by :mod:`evanesce.scans.executors.processes`."""

from evanesce.scans.executors.processes import serve

if __name__ == "__main__":
    serve()
