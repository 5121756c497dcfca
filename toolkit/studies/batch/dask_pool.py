"""The workers of a Dask cluster as the pool of a batch; the only module that connects to one.

Only the scheduler that the user has named is contacted, and this process listens on no port.
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
"""Times that Dask itself gives a task to another worker after a network error."""


class DaskPool:
    """The workers of a cluster.

    Parameters
    ----------
    client
        A connection to its scheduler.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        # Tasks write files and check existing ones, so none is pure in the sense of Dask, which
        # would otherwise return results it remembers from an earlier run.
        self._executor: Executor = client.get_executor(pure=False, retries=_RETRIES)

    def room(self) -> int:
        """Return the number of tasks that the workers can run at once; one if there is none yet."""
        return max(1, sum(int(n) for n in self._client.ncores().values()))

    def executor(self) -> Executor:
        """Return the executor."""
        return self._executor

    def broken(self, error: BaseException) -> bool:
        """Return False: Dask itself gives the task of a dead worker to another."""
        del error
        return False


@contextlib.contextmanager
def connect(address: str, *, announce: Callable[[str], None]) -> Iterator[DaskPool]:
    """Connect to a scheduler, after announcing it.

    Parameters
    ----------
    address
        Address such as ``tcp://10.0.0.5:8786``.
    announce
        Called with a sentence on what is contacted and what it gets.

    Raises
    ------
    UsageError
        If it is not such an address.
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
