#!/usr/bin/env python3
"""Make a C table of HTML's named entities (which the DTDs of JATS and NLM declare too), sorted by name.

usage: entities.py OUT
"""
import html.entities
import sys


def literal(text):
    return "".join("\\%03o" % byte for byte in text.encode("utf-8"))


def main():
    names = sorted((name[:-1], text) for name, text in html.entities.html5.items() if name.endswith(";"))
    with open(sys.argv[1], "w", encoding="ascii") as f:
        f.write('#include "extract/xml_entity.h"\nconst struct xml_entity xml_entities[] = {\n')
        for name, text in names:
            f.write('    {"%s", "%s"},\n' % (name, literal(text)))
        f.write("};\nconst size_t xml_entities_n = %d;\n" % len(names))


main()
