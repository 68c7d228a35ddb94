#!/usr/bin/env python3
"""Make a C file that holds text files as strings.

usage: embed.py migrations OUT FILE...   a table `const char *const db_migrations[]` of the files in order
       embed.py texts NAME OUT FILE...   a table `const struct embedded NAME[]` of {path, text}, ended by {0}
       embed.py text NAME OUT FILE       `const char NAME[]` and `const size_t NAME_len`
"""
import os
import sys


def literal(data):
    """C string literal of bytes, a line of the file a line."""
    lines = []
    for line in data.split(b"\n"):
        out = []
        for byte in line + b"\n":
            if byte == 10:
                out.append("\\n")
            elif byte in b'"\\?' or byte < 32 or byte > 126:
                out.append("\\%03o" % byte)
            else:
                out.append(chr(byte))
        lines.append('    "%s"' % "".join(out))
    text = "\n".join(lines)
    return text[:-3] + '"' if text.endswith('\\n"') else text


def read(path):
    with open(path, "rb") as f:
        return f.read()


def main():
    kind, rest = sys.argv[1], sys.argv[2:]
    name = rest.pop(0) if kind != "migrations" else None
    out, files = rest[0], rest[1:]
    with open(out, "w", encoding="ascii") as f:
        if kind == "migrations":
            f.write('#include "db/migrations.h"\nconst char *const db_migrations[] = {\n')
            f.write(",\n".join(literal(read(p)) for p in files))
            f.write("};\n")
        elif kind == "texts":
            f.write('#include "base/embedded.h"\nextern const struct embedded %s[];\nconst struct embedded %s[] = {\n' % (name, name))
            for p in files:
                parts = p.split(os.sep)
                f.write('{"%s",\n%s},\n' % ("/".join(parts[parts.index("prompts") + 1:] if "prompts" in parts else parts[-1:]),
                                            literal(read(p))))
            f.write("{0, 0}};\n")
        else:
            f.write("#include <stddef.h>\nextern const char %s[];\nextern const size_t %s_len;\n" % (name, name))
            f.write("const char %s[] =\n%s;\nconst size_t %s_len = sizeof %s - 1;\n" % (name, literal(read(files[0])), name, name))


main()
