"""What an ordinary OpenSSH does, without this program."""

import subprocess
from pathlib import Path


def sign_as(key: Path, namespace: str, data: bytes) -> bytes:
    """A signature with a private key, for any purpose."""
    words = ["ssh-keygen", "-Y", "sign", "-q", "-f", str(key), "-n", namespace]
    return subprocess.run(words, input=data, capture_output=True, check=True, timeout=60).stdout
