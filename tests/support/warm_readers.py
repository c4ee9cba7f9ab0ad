"""Processes that read files of others, kept from one test to the next: PyTorch starts but once."""

from archc.weights.reading import Reader


class WarmReaders:
    """A call stands in for the class `Reader`, and hands out the one of a format that is there."""

    def __init__(self) -> None:
        self._readers: dict[str, _WarmReader] = {}

    def __call__(self, module: str) -> Reader:
        found = self._readers.get(module)
        if found is None or not found.alive:
            found = self._readers[module] = _WarmReader(module)
        return found

    def stop(self) -> None:
        """End all processes."""
        for reader in self._readers.values():
            Reader.close(reader)


class _WarmReader(Reader):
    """A process that outlives the file that was read."""

    def close(self) -> None:
        if not self.alive:
            super().close()

    def _end(self, problem: str):  # type: ignore[no-untyped-def]
        super().close()
        return super()._end(problem)
