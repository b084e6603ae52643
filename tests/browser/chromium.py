"""Find Chromium, which is installed if there is none."""

import os
import shutil
import subprocess
import sys

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome")


def installed():
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def find_chromium():
    """Return Chromium's path, or None for Playwright's own, which is installed if need be.

    On Debian and Ubuntu the package is used, because Playwright's download may be out of reach.
    """
    if installed():
        return installed()
    if shutil.which("apt-get") and os.geteuid() == 0:
        for command in (["update"], ["install", "-y", "chromium", "fonts-dejavu-core"]):
            subprocess.run(["apt-get", "-qq", *command], check=True, stdout=subprocess.DEVNULL)
        return installed()
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return None
