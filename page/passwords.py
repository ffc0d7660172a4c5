"""Who may open a page that other computers can reach: a file of `user:hash` lines, hashed with Argon2id."""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from ingest.errors import UsageError

MIN_CHARACTERS: Final = 12
"""Of a password (chosen; NIST SP 800-63B asks for 8 at the very least)."""

_SCHEME: Final = "$argon2id$"


@dataclass(frozen=True, slots=True)
class Passwords:
    """Users with the hashes of their passwords.

    Attributes:
        hashes: By user, in the encoded form of Argon2, which carries its salt and its parameters.
    """

    hashes: dict[str, str]
    # A hash takes 64 MB while it is checked: many guesses at once must not take the computer's memory.
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def admit(self, user: str, password: str) -> bool:
        """Whether this is the user's password; unknown users take as long to be refused as known ones."""
        from argon2 import PasswordHasher
        from argon2.exceptions import VerificationError

        known = self.hashes.get(user)
        with self._one_at_a_time:
            try:
                PasswordHasher().verify(known or next(iter(self.hashes.values())), password)
            except VerificationError:
                return False
        return known is not None


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def passwords_for(host: str, file: Path | None) -> Passwords | None:
    """The users of a page on an address; None for a page without passwords, which only this computer may have.

    Raises:
        UsageError: Other computers could open the page without a password, or the file is not one of passwords.
    """
    if file is not None:
        return read_passwords(file)
    if is_loopback(host):
        return None
    raise UsageError(
        f"On {host} other computers can open the page, so it needs passwords. Write a file of them with "
        "`pincite ui --auth-file FILE --set-password USER`, then name it: --auth-file FILE."
    )


def read_passwords(file: Path) -> Passwords:
    """The users of a file of `user:hash` lines; empty lines and those that begin with # are left out.

    Raises:
        UsageError: The file cannot be read, names nobody, or has a line of another form.
    """
    from argon2 import extract_parameters
    from argon2.exceptions import InvalidHashError

    hashes: dict[str, str] = {}
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        user, _, encoded = line.strip().partition(":")
        try:
            if not user or user in hashes or not encoded.startswith(_SCHEME):
                raise InvalidHashError
            extract_parameters(encoded)
        except InvalidHashError as error:
            # The line is not shown: somebody may have written a password into it.
            raise UsageError(
                f"Line {number} of {file} is not USER:HASH of a user of its own. "
                f"`pincite ui --auth-file {file} --set-password USER` writes such a line."
            ) from error
        hashes[user] = encoded
    if not hashes:
        raise UsageError(f"{file} names nobody. `pincite ui --auth-file {file} --set-password USER` adds a user.")
    return Passwords(hashes)


def write_password(user: str, password: str, file: Path) -> None:
    """Writes the line of a user into a file of passwords, in place of an older one; makes the file if there is none.

    Raises:
        UsageError: The name or the password cannot be, or the file cannot be read or written.
    """
    from argon2 import PasswordHasher

    if not user.strip() or user != user.strip() or user.startswith("#") or ":" in user or not user.isprintable():
        raise UsageError(f"{user!r} cannot be a user's name: no colon, no # before it, no spaces around it.")
    if len(password) < MIN_CHARACTERS:
        raise UsageError(f"The password has {len(password)} characters; it needs at least {MIN_CHARACTERS}.")
    lines = [line for line in _lines(file) if line.partition(":")[0].strip() != user] if file.exists() else []
    written = "\n".join([*lines, f"{user}:{PasswordHasher().hash(password)}", ""])
    try:
        # Made so that only its owner can read it, and moved into place: nobody is locked out by half a file.
        handle, aside = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as new:
            new.write(written)
        Path(aside).replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}.") from error


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise UsageError(f"{file} cannot be read: {reason}.") from error
