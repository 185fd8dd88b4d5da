"""The pages: what people see in a browser, made on the server and whole without JavaScript.

A section (``decisions``, ``entrance``, ...) has its ``PAGES``, a line for every address, and
``routes(services)``, thin views over the same services and documents as ``app.web.api``: what a role may
not see is not fetched. ``site`` lists the sections; the guard refuses to build an application in which a
page has no line. Words are English in the code and Chinese in ``translations/zh.po``. Babel is imported
with the first page and not with the application, because a server must stand again within moments.
"""
