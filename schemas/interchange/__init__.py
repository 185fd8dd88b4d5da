"""The tables of a ruleset as other programs know them, and back into its text.

A table is a sheet: columns, and rows known by their id, every cell as it is
written. What comes back is merged into the text it came from, cell by cell, so
that nothing else of it changes: not a comment, not the order of a key.

    sheets      the tables of a text as sheets
    merging     sheets into a text: which cells, rows and orders are another
    table_merge one sheet into one table; changes says what became another
    rows_text   the lines of the rows of a table: taken apart, moved, written
    places      single values of a text, by pointer; outline tells an editor which there are (outline_parts)
    excel       a workbook, a sheet a table

Reading decides nothing about the meaning of a cell: the merged text is loaded like
any other, and its faults are the ruleset's own.
"""
