#!/usr/bin/env python3
"""Make the C trie of the label words out of extract/labels.tsv, whose head says what the columns mean.

usage: label_table.py LABELS.tsv OUT.c

Every code point that folds to a letter of some form (by case, accent, width, compatibility, or as a Persian or Turkish
spelling of it) gets that letter's number, so that matching needs no normalisation at run time. The declarations that
the output fits are in extract/label_table.h.
"""
import sys
import unicodedata

KINDS = "figure table scheme chart plate photo map video supplement abstract box algorithm".split()
ROOTS = "prefix suffix circumfix alone qualifier behind number_word continued and to tail cue".split()
ROLES = ROOTS[ROOTS.index("qualifier"):]
# Letters that Unicode keeps apart but print mixes up, or whose decomposition has no plain letter.
ALIKE = {"ı": "i", "đ": "d", "ł": "l", "ø": "o", "ک": "ك", "ی": "ي", "ى": "ي", "ς": "σ", "’": "'", "׳": "'", "‘": "'",
         "״": "'", "º": "°", "˚": "°"}
LIGATURES = ["ffi", "ffl", "ff", "fi", "fl"]
# Scripts that put no space between words, by the start of their characters' names.
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "KHMER")


def fold_letter(c):
    """The letter that stands for c; c itself where there is no simpler one."""
    c = ALIKE.get(c, c)
    if unicodedata.name(c, "").startswith(("HANGUL", "HIRAGANA", "KATAKANA LETTER")) or c == "№":
        return c
    folded = unicodedata.normalize("NFKC", c).casefold()
    plain = "".join(m for m in unicodedata.normalize("NFD", folded) if not ("\u0300" <= m <= "\u036f" or "\u0653" <= m <= "\u0655"))
    plain = plain if len(plain) == 1 else folded
    return ALIKE.get(plain, plain) if len(plain) == 1 else c


def fold(form):
    form = unicodedata.normalize("NFC", form).replace("\u200c", "")
    return "".join(" " if c == " " else fold_letter(c) for c in form)


def variants(folded):
    """The form, and the form as it looks with typographic ligatures."""
    yield folded
    for ligature in LIGATURES:
        if ligature in folded:
            yield folded.replace(ligature, unicodedata.lookup("LATIN SMALL LIGATURE " + ligature.upper()))


class Sense:
    """What a form means in one place (root) of a label."""
    FLAGS = ("plural", "cite", "dot", "short", "number_dot", "before", "unspaced", "glued", "english", "numbered")

    def __init__(self, kind, mark, flags, languages):
        self.kind, self.mark, self.flags, self.languages = kind, mark, flags, languages

    def join(self, other, form, root):
        if (self.kind, self.mark) != (other.kind, other.mark):
            raise SystemExit("label_table: %s \"%s\" means %s and %s: give it one kind"
                             % (root, form, (self.kind, self.mark), (other.kind, other.mark)))
        self.flags = (self.flags & other.flags) | ({"english"} & (self.flags | other.flags)) # others hold where all have them
        self.languages |= other.languages

    def key(self):
        one = "".join(self.languages) if self.kind and len(self.languages) == 1 else ""
        return (self.kind, self.mark, one, tuple(f for f in self.FLAGS if f in self.flags))


def read(path):
    """{root: {folded form: Sense}}"""
    tries = {root: {} for root in ROOTS}
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        if line.startswith("#"):
            continue
        cells = line.split("\t") + [""]
        if len(cells) < 4:
            raise SystemExit("label_table: %s:%d: language, kind, forms and notes are wanted" % (path, number))
        kind, forms, notes = cells[1], cells[2].split(", "), cells[3].split()
        if kind not in KINDS and kind not in ROLES:
            raise SystemExit("label_table: %s:%d: unknown kind \"%s\"" % (path, number, kind))
        mark = "".join(n[5:] for n in notes if n.startswith("mark="))
        places = [p for p in ("prefix", "suffix", "suffix-dot", "circumfix", "both", "both-dot", "alone") if p in notes]
        place = places[0] if places else "prefix"
        roots = [kind] if kind in ROLES else ["prefix", "suffix"] if place.startswith("both") else [place.replace("-dot", "")]
        for form in forms:
            text = fold(form.rstrip("."))
            flags = {n for n in notes if n in ("plural", "cite", "dot", "before", "glued", "numbered")}
            if form.endswith("."):
                flags.add("short")
            if unicodedata.name(text[-1], "").startswith(UNSPACED):
                flags.add("unspaced")
            if cells[0] == "en":
                flags.add("english")
            for root in roots:
                sense = Sense(kind if kind in KINDS else "", mark,
                              flags | ({"number_dot"} if root == "suffix" and place.endswith("-dot") else set()), {cells[0]})
                for spelling in variants(text):
                    if spelling in tries[root]:
                        tries[root][spelling].join(sense, spelling, root)
                    else:
                        tries[root][spelling] = Sense(sense.kind, sense.mark, set(sense.flags), set(sense.languages))
    return tries


def letters_of(tries):
    """({letter: its number}, [(code point, number, is lower case)]). Georgian writes sentences without capitals."""
    alphabet = sorted({c for trie in tries.values() for form in trie for c in form})
    ids = {c: i + 1 for i, c in enumerate(alphabet)}
    table = []
    for code in list(range(0x21, 0xd800)) + list(range(0xf900, 0x10000)) + list(range(0x1d400, 0x1d800)):
        c = chr(code)
        folded = c if c in ids else fold_letter(c)
        if folded in ids:
            table.append((code, ids[folded], unicodedata.category(c) == "Ll" and not "\u10d0" <= c <= "\u10ff"))
    return ids, table


def trie_nodes(tries, ids):
    """([(letter, first child, number of children, sense)], senses): breadth first, so that children lie side by side;
    node 0 is none and the roots follow it in the order of ROOTS."""
    senses, sense_ids = [], {}
    nodes, queue = [(0, 0, 0, 0)], []
    for root in ROOTS:
        queue.append((len(nodes), 0, tries[root]))
        nodes.append(None)
    while queue:
        at, letter, forms = queue.pop(0)
        sense = 0
        if "" in forms:
            key = forms[""].key()
            if key not in sense_ids:
                senses.append(key)
                sense_ids[key] = len(senses)
            sense = sense_ids[key]
        children = {}
        for form, meaning in forms.items():
            if form:
                children.setdefault(ids[form[0]], {})[form[1:]] = meaning
        nodes[at] = (letter, len(nodes), len(children), sense)
        for child in sorted(children):
            queue.append((len(nodes), child, children[child]))
            nodes.append(None)
    return nodes, senses


def first_node(nodes, root, letter):
    """The node of a root's child, 0 where there is none."""
    _, child, count, _ = nodes[root]
    return next((n for n in range(child, child + count) if letter and nodes[n][0] == letter), 0)


def rows(cells, width=12):
    return "\n".join("    " + " ".join(cells[i:i + width]) for i in range(0, len(cells), width))


def main():
    tries = read(sys.argv[1])
    ids, letters = letters_of(tries)
    nodes, senses = trie_nodes(tries, ids)
    if len(nodes) > 65535 or len(ids) > 32767:
        raise SystemExit("label_table: too many forms for 16-bit numbers")
    ascii_ids = {code: (number, lower) for code, number, lower in letters if code < 128}
    with open(sys.argv[2], "w", encoding="ascii") as f:
        f.write('#include "extract/label_table.h"\n\n')
        f.write("const struct label_letter label_ascii[128] = {\n%s\n};\n" % rows(
            ["{%d, %d, %d}," % (code, *ascii_ids.get(code, (ids[" "] if code == 32 else 0, 0))) for code in range(128)]))
        others = ["{%d, %d, %d}," % row for row in letters if row[0] >= 128]
        f.write("const struct label_letter label_letters[] = {\n%s\n};\n" % rows(others))
        f.write("const size_t label_n_letters = %d;\nconst unsigned short label_space = %d;\n" % (len(others), ids[" "]))
        f.write("const unsigned short label_first[3][128] = {\n%s\n};\n" % ",\n".join(
            "    {%s}" % ", ".join(str(first_node(nodes, ROOTS.index(root) + 1, ascii_ids.get(code, (0,))[0])) for code in range(128))
            for root in ("prefix", "qualifier", "suffix")))
        f.write("const struct label_node label_nodes[] = {\n%s\n};\n" % rows(["{%d, %d, %d, %d}," % n for n in nodes]))
        f.write("const struct label_sense label_senses[] = {\n    {0, \"\", 0, 0},\n%s\n};\n" % "\n".join(
            "    {%s, \"%s\", %s, %s}," % ('"%s"' % kind if kind else "0", mark, '"%s"' % language if language else "0",
                                         " | ".join("LABEL_" + flag.upper() for flag in flags) or "0")
            for kind, mark, language, flags in senses))


main()
