"""Files that can be rebuilt from the library, each stamped with what it was built from.

Stamp and content are one file, so that neither can be paired with another: a line of JSON, then the content.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
import zlib
from pathlib import Path

_ORPHAN_AGE_S = 3600  # Chosen: no write takes an hour, so an older temporary file was left by a crash.


def read_stamped(path: Path, stamp: dict[str, str | int]) -> memoryview | None:
    """The content of a file that carries exactly this stamp.

    Returns:
        None when there is no such file, when it carries another stamp, or when it is damaged: build it again.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return None
    end = data.find(b"\n")
    content = memoryview(data)[end + 1 :]  # A view: content may have hundreds of megabytes.
    try:
        header = json.loads(data[: max(end, 0)])
    except ValueError:
        return None
    return content if header == {"stamp": stamp, "crc32": zlib.crc32(content)} else None


def write_stamped(path: Path, stamp: dict[str, str | int], content: bytes | memoryview) -> bool:
    """Puts a stamped file in the place of whatever was there, at once or not at all.

    Returns:
        False when it could not be written (a read-only folder, a full disk, a file that another program holds open):
        what was there before still is, and the caller goes on with what it has in memory.
    """
    header = json.dumps({"stamp": stamp, "crc32": zlib.crc32(content)}).encode() + b"\n"
    temporary: Path | None = None
    try:
        _remove_orphans(path)
        descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(header)
            file.write(content)
        temporary.replace(path)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
        return False
    return True


def _remove_orphans(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}.*.tmp"):
        if time.time() - file.stat().st_mtime > _ORPHAN_AGE_S:
            file.unlink(missing_ok=True)
