"""What the page shows and does that is not Gradio's: the HTML of answers and documents, adding files, style, scripts.

Everything that is shown of documents and questions is escaped here; nothing of it is rendered as Markdown or run.
"""

from __future__ import annotations
