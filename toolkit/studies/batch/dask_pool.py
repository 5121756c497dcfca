"""The workers of a Dask cluster as a pool for a batch; the one place that connects to one.

Nothing is contacted but the scheduler that the user has named, and this process listens to nobody.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Final

from toolkit.base import egress
from toolkit.base.errors import InputDataError

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_S: Final = 30
_RETRIES: Final = 2
"""How often Dask itself gives a task to another worker after an error of the network."""


class DaskPool:
    """The workers of a cluster.

    Parameters
    ----------
    client
        A connection to its scheduler.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        # Tasks write files and check what is there: none is pure in the sense of Dask, which
        # would otherwise give back what it remembers of an earlier run.
        self._executor: Executor = client.get_executor(pure=False, retries=_RETRIES)

    def room(self) -> int:
        """Return how many tasks the workers can run at once; one if none has come yet."""
        return max(1, sum(int(n) for n in self._client.ncores().values()))

    def executor(self) -> Executor:
        """Return what takes tasks."""
        return self._executor

    def broken(self, error: BaseException) -> bool:
        """Return False: Dask gives the task of a worker that has died to another by itself."""
        del error
        return False


@contextlib.contextmanager
def connect(address: str, *, announce: Callable[[str], None]) -> Iterator[DaskPool]:
    """Connect to a scheduler, after saying so.

    Parameters
    ----------
    address
        Address such as ``tcp://10.0.0.5:8786``.
    announce
        Gets the sentence that says what is contacted and what it gets.

    Raises
    ------
    UsageError
        If it is no such address.
    InputDataError
        If the scheduler does not answer.
    """
    scheduler = egress.scheduler_address(address)
    announce(scheduler.announcement)
    egress.forbid_connections(allowed_host=scheduler.host)
    import dask
    from distributed import Client

    with dask.config.set({"distributed.admin.tick.limit": "1h"}):  # no warnings of a busy machine
        try:
            client = Client(scheduler.text, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            msg = f"The scheduler {scheduler.text} does not answer. Check the address, start it."
            raise InputDataError(msg) from error
        try:
            yield DaskPool(client)
        finally:
            client.close()
