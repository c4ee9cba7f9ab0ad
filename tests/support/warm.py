"""Workers that outlive a proof: tests that prove one network after another import frameworks once."""

from pathlib import Path
from types import TracebackType

from archc.proof.workers import Pool
from archc.targets.isolation import environment as _ENVIRONMENT


class WarmPools:
    """Pools by backend; a call stands in for the class `Pool` and hands out the one that is there."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._pools: dict[str, _WarmPool] = {}

    def __call__(self, targets: tuple[str, ...], backend: str, scratch: Path) -> Pool:
        pool = self._pools.get(backend)
        if pool is None or pool.spoilt:
            home = self._home / backend
            home.mkdir(exist_ok=True)
            pool = self._pools[backend] = _WarmPool((), backend, home)
        pool.need(targets)
        return pool

    @staticmethod
    def environment(home: Path, backend: str) -> dict[str, str]:
        """That of a worker; JAX compiles each layer of each network, which takes longer than it runs."""
        return _ENVIRONMENT(home, backend) | {"XLA_FLAGS": "--xla_backend_optimization_level=0"}

    def stop(self) -> None:
        """End all workers."""
        for pool in self._pools.values():
            pool.stop()


class _WarmPool(Pool):
    """A pool whose workers stay, unless a proof ended in the middle of a job."""

    spoilt = False

    def need(self, targets: tuple[str, ...]) -> None:
        """Start the workers that are missing."""
        self.peak = 0
        for name in targets:
            if name not in self.workers:
                self._run(name)

    def stop(self) -> None:
        super().__exit__()

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        if kind is not None or self._waiting:
            self.spoilt = True
            self.stop()
