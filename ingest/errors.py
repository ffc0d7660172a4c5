"""The errors that Pincite raises, by what the caller does next."""

from __future__ import annotations


class PinciteError(Exception):
    """Root of every error whose message is meant for the person who uses Pincite.

    The message says what failed, with which file or value, and what to do. Only `cli.py` and `ui.py` catch it.
    """


class UnreadableFileError(PinciteError):
    """One file cannot be read: report it and go on with the next file."""


class LibraryError(PinciteError):
    """The library on disk cannot be used as it is: stop and tell the remedy."""


class ModelError(PinciteError):
    """The embedding model cannot be loaded, or is not the one the library was built with."""


class UsageError(PinciteError):
    """What was asked for does not exist or contradicts itself: tell what would be possible."""


class FetchError(PinciteError):
    """One report cannot be downloaded: report it and go on with the next."""


class NoPictureError(PinciteError):
    """A page cannot be shown as a picture: tell why, and show its text."""
