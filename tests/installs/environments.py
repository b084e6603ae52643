"""Fresh environments for a Python and a set of versions, and commands run in them."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# of ours, and of whoever runs the tests
NOT_INHERITED = ("PYTHON", "PYTEST", "NUMBA_", "JUPYTER", "VIRTUAL_ENV", "COVERAGE")


@dataclass(frozen=True)
class Environment:
    """A virtual environment, and a home and working folder of its own."""

    folder: Path

    @property
    def programs(self):
        """The folder of its programs."""
        return self.folder / "venv" / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self):
        """Its Python."""
        return self.programs / "python"

    @property
    def home(self):
        """Where its programs keep what they keep, and run."""
        return self.folder / "home"

    def variables(self, **more):
        """Return what programs run in this environment see of variables."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
        path = os.pathsep.join([str(self.programs), kept["PATH"]])
        cache = {"XDG_CACHE_HOME": str(self.home / ".cache")}
        return kept | cache | {"HOME": str(self.home), "PATH": path} | more

    def run(self, *command, folder=None, **variables):
        """Run a command in the home folder, or another; return what it printed."""
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder or self.home,
            env=self.variables(**variables),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, *what):
        """Install packages, with their bytecode, as pip does; paths start from the home folder."""
        options = ["--python", self.python, "--compile-bytecode"]
        uv("pip", "install", *options, *what, folder=self.home)


def uv(*arguments, folder=ROOT):
    """Run uv, which makes environments and packages quickly."""
    command = [sys.executable, "-m", "uv", "--quiet", "--no-progress", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def environment(folder, version):
    """Return an empty environment of a Python version such as "3.12"; None if there is no such."""
    interpreter = find_python(version)
    if interpreter is None:
        return None
    made = Environment(folder)
    made.home.mkdir(parents=True)
    uv("venv", "--python", interpreter, folder / "venv")
    return made


def find_python(version):
    """Return the path of a Python that works, from PATH, pyenv or uv."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    uvs = Path.home() / ".local/share/uv/python"
    places = [shutil.which(f"python{version}")]
    places += sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)
    places += sorted(uvs.glob(f"cpython-{version}.*/bin/python"), reverse=True)
    return next((place for place in places if place and works(place)), None)


def works(python):
    """Return whether it is a Python that runs; a shim of pyenv may not."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
