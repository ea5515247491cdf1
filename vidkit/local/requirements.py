"""Says what is missing when the local cloud is imported without its extra.

It is imported first, so that it is said here and not by whichever module misses its package.
"""

from importlib.util import find_spec

for _package in ("aiohttp", "av", "PIL"):
    if find_spec(_package) is None:
        raise ModuleNotFoundError(
            f"the local cloud needs {_package}: pip install 'vidkit[local]'", name=_package
        )
