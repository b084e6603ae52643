"""The one way kernels are compiled, and the folder their compiled code is kept in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numba
import platformdirs

# sums may be reordered (so that loops over rows use vector instructions) and a multiplication
# fused with an addition; nothing may assume that there are no NaNs or infinities
FAST_MATH = {"reassoc", "contract", "nsz"}


def _cache_folder() -> Path:
    """Return a folder named by a hash of all kernel sources.

    numba's own key covers one source file only: after an edit in one module it would go on using
    the compiled callers in another. A hash over all of them, and the plan's constants that are
    compiled in, cannot go stale.
    """
    folder = Path(__file__).parent
    sources = [*sorted(folder.glob("*.py")), folder.parent / "plan.py"]
    digest = hashlib.sha256(b"\0".join(p.read_bytes() for p in sources)).hexdigest()[:16]
    base = numba.config.CACHE_DIR or platformdirs.user_cache_dir("tutorkit", appauthor=False)
    return Path(base) / "kernels" / digest


CACHE_FOLDER = _cache_folder()


def kernel(function: Callable) -> Callable:
    """Compile a function that only other kernels call.

    Leaving out its Python wrapper halves the time to compile: plan and state are some hundred
    arrays. It is not kept, for to keep it machine code would have to be made of it and of all that
    it calls.
    """
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def step(function: Callable) -> Callable:
    """Compile and keep a kernel that is called at its address, see `tutorkit.kernels.steps`."""
    return _compile(function, cache=True, no_cpython_wrapper=True)


def inlined(function: Callable) -> Callable:
    """Paste a short formula into every kernel that uses it, so that their loops vectorise."""
    return _compile(function, inline="always")


def entry_point(function: Callable) -> Callable:
    """Compile and keep a kernel that Python calls."""
    return _compile(function, cache=True, no_cfunc_wrapper=True)


def is_compiled(function: Callable, types: tuple[numba.types.Type, ...]) -> bool:
    """Return whether calling a kept kernel with such arguments would not compile anything."""
    if types in function.overloads:
        return True
    if not hasattr(function._cache, "_cache_file"):  # nowhere to keep it
        return False
    files = function._cache._cache_file
    key = function._cache._index_key(types, function.targetctx.codegen())
    name = files._load_index().get(key)
    return name is not None and Path(files._data_path(name)).exists()


def _compile(function: Callable, **options: bool | str) -> Callable:
    """Compile on first use, without the GIL; what is kept is kept in CACHE_FOLDER.

    Where no folder at all can be written it is not kept, and every process compiles it anew.
    """
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(CACHE_FOLDER)  # read when the decorator runs, never later
    try:
        options |= {"nogil": True, "error_model": "numpy", "fastmath": FAST_MATH}
        try:
            return numba.njit(**options)(function)
        except RuntimeError:  # numba finds no place for its cache
            return numba.njit(**options | {"cache": False})(function)
    finally:
        numba.config.CACHE_DIR = before
