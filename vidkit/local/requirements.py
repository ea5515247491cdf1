"""Raises an error that names the extra when the local cloud's packages are not installed.

It is imported first, so that this error comes before the ``ModuleNotFoundError`` of any other
module.
"""

from importlib.util import find_spec

for _package in ("aiohttp", "av", "PIL"):
    if find_spec(_package) is None:
        raise ModuleNotFoundError(
            f"the local cloud needs {_package}: pip install 'vidkit[local]'", name=_package
        )
