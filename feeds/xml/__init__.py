"""ODF-style XML: whole documents in the manner of the Olympic Data Feed, under a schema of our own.

``schemas/published/podium-odf.xsd`` is that schema. Code tables, dictionaries and marks of the real Games are not part
of Podium; a Games brings its own codes.
"""
