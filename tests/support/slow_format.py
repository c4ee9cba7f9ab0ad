"""A format whose files are read as their names say: for ever, until memory ends, or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from archc.targets.torch.target import Torch
from archc.weights.checkpoint import Checkpoint, Readers, Tensor
from archc.weights.limits import Allowed


def read(path: Path, allowed: Allowed) -> Checkpoint:
    """Do what the file's name says."""
    match path.stem:
        case "loop":
            while True:
                pass
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(3)
        case "memory":
            bytearray(8 * 2**30)
        case "nonsense":
            tensor = Tensor("a", "a", "a", ("x",), "float32", read=lambda: None)  # type: ignore
            return Checkpoint(Torch(), (tensor,))
        case "daemon":
            code = f"import os, time; open({str(path.with_suffix('.pid'))!r}, 'w').write(str(os.getpid())); time.sleep(600)"
            middle = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}], start_new_session=True)"
            subprocess.run([sys.executable, "-c", middle], check=True, start_new_session=True)
            while not path.with_suffix(".pid").exists() or not path.with_suffix(".pid").read_text():
                pass
    raise ValueError("nobody knows")


READERS: Readers = {".slow": ((), read)}
