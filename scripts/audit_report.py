"""Runs pip-audit over the pins, and tells "nothing is known" from "nobody could be asked"."""

import json
import subprocess
import sys
from typing import Any

_COMMAND = (
    *("pip-audit", "--requirement", "constraints.txt", "--no-deps", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off"),
)

_HELP = {"-h", "--help"}
_WRONG_USAGE = 2


def verdict(output: str) -> tuple[int, list[str]]:
    """The exit status and the lines for what pip-audit wrote.

    Without a network it fails, or skips every package and calls that well.
    """
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError):
        packages = []
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        return 0, ["audit: SKIPPED, no vulnerability service could be reached"]
    lines = [
        f"{package['name']} {package['version']}: {found['id']}, mended in "
        f"{', '.join(found.get('fix_versions', ())) or 'no version yet'}"
        for package in asked
        for found in package["vulns"]
    ]
    unknown = [package["name"] for package in packages if "vulns" not in package]
    told = f"audit: {len(asked)} packages, {len(lines)} known vulnerabilities"
    if unknown:
        told += f"; not known there: {', '.join(unknown)}"
    return min(1, len(lines)), [*lines, told]


def main() -> int:
    """Ask, and tell."""
    done = subprocess.run(  # noqa: S603
        [*_COMMAND, *sys.argv[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == _WRONG_USAGE or _HELP & set(sys.argv):
        # Nobody was asked: this is for whoever called.
        sys.stdout.write(done.stdout)
        sys.stderr.write(done.stderr)
        return done.returncode
    status, lines = verdict(done.stdout)
    print("\n".join(lines))
    if not done.stdout:
        # Why it could not, in pip-audit's words.
        print("\n".join(done.stderr.splitlines()[-1:]), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
