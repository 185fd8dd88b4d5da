"""Rendering: a sheet of words goes in, the bytes of a page or of a PDF come out.

Jinja and Typst live here and nowhere else, with the templates beside them, because the shell renders as
well as HTTP does. A sheet has no language and no policy of its own: whoever makes it has found the words.
What a template is given are words and never markup, so that nothing that somebody wrote can become a
command of either.

The same sheet gives the same bytes: no clock, no font of the machine and no path of it is asked.

Why Typst, and not what makes PDF of HTML: that needs Pango from the machine's packages, and ``make run``
needs no root. Typst comes as one wheel, breaks Chinese lines as they are to be broken, embeds the part of
a typeface that is used, and writes PDF/A-2a and PDF/UA-1: to be kept for years, and to be read aloud. The
typefaces come as wheels, too.
"""
