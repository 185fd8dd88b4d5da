"""A workbook: one sheet a table, every cell a text, and lists to choose from.

The first sheet, ``about``, says which text the workbook was made from, so that a merge
can tell whether somebody changed a table in the meantime. Of every other sheet the first
line names the table, the next three are the head (``when`` or ``then``, the name, the
label), and each line below is a row with its id.
"""

ABOUT = "about"
CHOICES = "choices"
FORMAT = "termwise tables 1"
"""What stands in the first cell of ``about``: another form of workbook will say another number."""

HEAD_LINES = 4
ROW, WHEN, THEN, SOURCE, LABEL_EN, LABEL_ZH = "row", "when", "then", "source", "label en", "label zh"
