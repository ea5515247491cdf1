"""All of vidkit in one run: one video, four services, one folder of results.

Without an argument it renders a clip and uses a local cloud: real HTTP, real signatures, no
account. ``--help`` says how to use a video of your own, and how to use the real services. The steps
themselves are in ``_demo.py``.
"""

import os
import sys
from typing import NoReturn


def main(arguments: list[str] | None = None) -> int:
    """Run the demo.

    Args:
        arguments: the command line without the program's name; by default that of the process.

    Returns:
        0 on success, 1 after an error of a service or the file system, 2 if the file is not a
        video. Ctrl-C ends the process with 130.
    """
    try:
        # The imports take long enough to be interrupted, too.
        from _board import DemoConsole
        from _demo import run
        from _options import parse_options

        from vidkit import VidKitError
        from vidkit.local.video.media import NotAVideoError
    except ModuleNotFoundError as error:
        return _fail(f"{error}; install vidkit[demo]", 1)
    except KeyboardInterrupt:
        _stop()
    try:
        run(parse_options(arguments), DemoConsole())
    except NotAVideoError as error:
        return _fail(error, 2)
    except (VidKitError, OSError) as error:
        return _fail(error, 1)
    except KeyboardInterrupt:
        _stop()
    return 0


def _fail(reason: object, status: int) -> int:
    text = " ".join(str(reason).split())
    sys.stderr.write(f"quickstart: {text}\n")
    return status


def _stop() -> NoReturn:
    """Exit at once; a normal exit would wait for a video that is still being analysed."""
    _fail("stopped", 130)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(130)


if __name__ == "__main__":
    sys.exit(main())
