"""The look of exported Word files: pandoc's own reference document, set as an office sets its papers."""

from __future__ import annotations

import io

# A serif text face and a plain one for headings that Windows, macOS and LibreOffice all have or replace by one of the
# same widths.
_TEXT_FACE = "Cambria"
_HEADING_FACE = "Calibri"
_SIZES = {"Title": 20, "Heading 1": 15, "Heading 2": 13, "Heading 3": 11.5}


def office_reference(pandoc_reference: bytes) -> bytes:
    """A reference document for pandoc: A4, dark headings, indented quotes, small footnotes, page numbers.

    Args:
        pandoc_reference: The reference document that pandoc carries; it has the styles that pandoc uses.
    """
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt, RGBColor

    document = Document(io.BytesIO(pandoc_reference))
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.5)
    for restart in section._sectPr.xpath("./w:footnotePr/w:numRestart"):  # noqa: SLF001  # There is no call for it.
        restart.getparent().remove(restart)  # LibreOffice would count from 1 again in each chapter.
    styles = document.styles
    for name in ("Normal", "Body Text", "First Paragraph", "Block Text", "Footnote Text"):
        _set_face(styles[name], _TEXT_FACE, 9 if name == "Footnote Text" else 11)
        styles[name].font.color.rgb = RGBColor(0, 0, 0)
    for name in ("Body Text", "First Paragraph", "Block Text"):
        styles[name].paragraph_format.space_after = Pt(7)
        styles[name].paragraph_format.space_before = Pt(0)
        styles[name].paragraph_format.line_spacing = 1.1
    styles["Block Text"].paragraph_format.left_indent = Cm(0.9)
    styles["Block Text"].paragraph_format.right_indent = Cm(0.5)
    styles["Footnote Text"].paragraph_format.space_after = Pt(2)
    for name, size in _SIZES.items():
        _set_face(styles[name], _HEADING_FACE, size)
        styles[name].font.bold = True
        styles[name].font.italic = False
        styles[name].font.color.rgb = RGBColor(0x1F, 0x2A, 0x44)
        styles[name].paragraph_format.space_before = Pt(14)
        styles[name].paragraph_format.space_after = Pt(5)
        styles[name].paragraph_format.keep_with_next = True
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_page_number(footer)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _set_face(style: object, face: str, size: float) -> None:
    """Sets a face for all scripts; theme fonts would win over it."""
    from docx.oxml.ns import qn
    from docx.shared import Pt
    from docx.styles.style import ParagraphStyle

    assert isinstance(style, ParagraphStyle)  # noqa: S101  # Narrows the type for mypy: all names are paragraph styles.
    style.font.name = face
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    fonts.set(qn("w:cs"), face)
    fonts.set(qn("w:eastAsia"), face)


def _add_page_number(paragraph: object) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt
    from docx.text.paragraph import Paragraph

    assert isinstance(paragraph, Paragraph)  # noqa: S101  # Narrows the type for mypy.
    run = paragraph.add_run()
    run.font.size = Pt(9)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001  # python-docx has no call for fields.
    field.append(run._r)  # noqa: SLF001
    run.text = "1"
