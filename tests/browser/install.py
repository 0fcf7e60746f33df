"""Gets Chromium, Chinese fonts and nginx for the tests that use them, or says how.

Run by ``make test``. Installs only as root on a Debian-like system; otherwise it prints
what to do and ends well: those tests then skip and give the same reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
NGINX = Path("/usr/sbin/nginx")
PACKAGES = ("chromium", "fonts-noto-cjk", "nginx-light")
HOW = (
    "The tests of pages need Chromium and Chinese fonts, those of deployment nginx. "
    "On Debian or Ubuntu: "
    f"sudo apt-get install {' '.join(PACKAGES)}"
)
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y")


def missing() -> list[str]:
    """The packages whose contents this machine lacks."""
    found = {
        "chromium": CHROMIUM.exists(),
        "fonts-noto-cjk": _has_chinese_fonts(),
        "nginx-light": NGINX.exists(),
    }
    return [package for package, there in found.items() if not there]


def _has_chinese_fonts() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    fonts = subprocess.run(
        [lister, ":lang=zh-cn", "family"], capture_output=True, check=False, text=True
    )
    return bool(fonts.stdout.strip())


def main() -> int:
    """Install what is missing where that is possible."""
    wanted = missing()
    if not wanted:
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.stdout.write(f"{HOW}\nThey are skipped for now.\n")
        return 0
    sys.stdout.write(f"Installing {' and '.join(wanted)} for the tests ...\n")
    sys.stdout.flush()
    for step in (["update"], ["install", "--no-install-recommends", *wanted]):
        done = subprocess.run(
            [*APT, *step], check=False, capture_output=True, text=True
        )
        if done.returncode:
            sys.stdout.write(f"{done.stderr}\n{HOW}\nThey are skipped for now.\n")
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
