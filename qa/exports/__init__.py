"""Briefings as files: Word, Markdown, HTML, Excel, and the cited documents as RIS, BibTeX and CSL-JSON."""

from __future__ import annotations

from qa.exports.briefing import Briefing, Heading, Note, briefing_of, without_digests
from qa.exports.clipboard import Copied, copied
from qa.exports.writing import FORMATS, FORMS, Form, Format, export

__all__ = [
    "FORMATS",
    "FORMS",
    "Briefing",
    "Copied",
    "Form",
    "Format",
    "Heading",
    "Note",
    "briefing_of",
    "copied",
    "export",
    "without_digests",
]
