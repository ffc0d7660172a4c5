"""Countries by sources on one topic, as text, CSV, workbook and picture."""
