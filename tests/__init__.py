"""Tests mirror app/ and schemas/: the file is the behaviour, the function finishes its sentence.

This file makes ``from tests.builders import ...`` mean this folder and no other
package of that name; the folders below need none.
"""
