#!/usr/bin/env python3
"""What the checks of translations find, and whom they blame.

usage: bench_translation_checks.py [-v] [--assert] [--most N] [--pairs FILE | FOLDER]

FOLDER holds articles with portuguese_text.txt and human_translation.txt (and *_translation.txt of machines). Both are cut
into sentences and aligned (parallel.py); well-aligned runs of 1 or 2 sentences are the units, good as they are. Every unit is
damaged once in each way that it can be (damage.py). Articles of even index are those that rules may be tuned on, the
others are held out; both are reported. --pairs takes units from a table instead: source language, target language, source,
translation, sentences divided by " | ". Default: pairs.tsv beside this file.

--most N makes units of at most N sentences (default 2), as captions are: of 919 of real articles more than half are one sentence,
84 % at most two, and a unit more than twice as long is blamed more often, as it has more to err in.

-v prints every false alarm and every miss; --assert makes it a test: at most 3 % of good units blamed, at least 97 % of the
damage of every kind found (a kind with fewer than 30 cases may have one miss).
"""
import argparse
import collections
import glob
import os
import random
import re
import subprocess
import sys

import damage
import parallel

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("FIGMILL_BUILD", os.path.join(HERE, "..", "..", "build"))
ALARMS, CAUGHT, FEW = 0.03, 0.97, 30


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def flat(text):
    return re.sub(r"\s+", " ", text).strip()


def run_checks(rows):
    """What failed of each (language, target, source, translation): {check: why}."""
    lines = "".join("\t".join(map(flat_field, row)) + "\n" for row in rows)
    done = subprocess.run([os.path.join(BUILD, "tests", "bench", "check_translations")], input=lines.encode(),
                          stdout=subprocess.PIPE, check=True)
    return done.stdout.decode(errors="replace").split("\n")[:-1]


def flat_field(text):
    return text.replace("\t", " ").replace("\n", " ")


def failed_names(line):
    return re.findall(r"(?:^|; )(reply|placeholders|empty|copy|untranslated|language|numbers|units|labels|references|length|"
                      r"sentences|repetition|refusal|markup|glossary|back): ", line)


def radiology_units(folder, most):
    """(units of even articles, units of odd ones, share of the source's sentences kept, machine units)"""
    folders = sorted(os.path.dirname(p) for p in glob.glob(os.path.join(folder, "*", "portuguese_text.txt")))
    if not folders:
        sys.exit("bench_translation_checks: no folder in %s holds portuguese_text.txt and human_translation.txt" % folder)
    documents = [(read(os.path.join(d, "portuguese_text.txt")), read(os.path.join(d, "human_translation.txt"))) for d in folders]
    halves, sentences, kept = ([], []), 0, 0
    aligner = parallel.Aligner(documents)
    for i, d in enumerate(folders):
        sentences += len(aligner.documents[i][0])
        for beads in parallel.units(aligner.beads(i), most=most):
            kept += sum(len(source) for source, _ in beads)
            halves[i % 2].append(damage.Unit(os.path.basename(d), "pt", "en",
                                             [([flat(s) for s in source], [flat(t) for t in target]) for source, target in beads]))
    print("%d articles, %d sentences of the source, %d in %d units (%.1f %%)" % (
        len(folders), sentences, kept, len(halves[0]) + len(halves[1]), 100.0 * kept / sentences))
    return halves


def machine_units(folder, most):
    """Units of the machines' translations, by machine."""
    found = {}
    for machine in ("google", "unbabel", "yandex"):
        paths = sorted(glob.glob(os.path.join(folder, "*", machine + "_translation.txt")))
        documents = [(read(os.path.join(os.path.dirname(p), "portuguese_text.txt")), read(p)) for p in paths]
        aligner = parallel.Aligner(documents)
        found[machine] = [damage.Unit(os.path.basename(os.path.dirname(p)), "pt", "en",
                                      [([flat(s) for s in source], [flat(t) for t in target]) for source, target in beads])
                          for i, p in enumerate(paths) for beads in parallel.units(aligner.beads(i), most=most)]
    return found


def pair_units(path):
    units = []
    for number, line in enumerate(read(path).split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        language, target, source, translation = line.split("\t")
        sources, targets = source.split(" | "), translation.split(" | ")
        if len(sources) != len(targets):
            sys.exit("%s:%d: %d sentences and %d" % (path, number, len(sources), len(targets)))
        units.append(damage.Unit("line %d" % number, language, target, [([s], [t]) for s, t in zip(sources, targets)]))
    return units


def foreign_texts():
    """Sentences of many languages, for translations into the wrong one."""
    texts = collections.defaultdict(list)
    for unit in pair_units(os.path.join(HERE, "pairs.tsv")):
        texts[unit.language].append(unit.source)
        texts[unit.target_language].append(unit.target)

    def choose(unit, rng):
        language = rng.choice(sorted(set(texts) - {unit.language, unit.target_language}))
        text = ""
        wanted = min(max(len(unit.target), 80), 600) // (2 if language in ("zh", "ja", "ko") else 1)
        while len(text) < wanted or len(text) < 20:
            text += " " + rng.choice(texts[language])
        return language, text[:wanted].strip()
    return choose


class Table:
    def __init__(self, verbose):
        self.verbose, self.bad = verbose, []

    def blame(self, name, units):
        """The share of good units that are blamed."""
        lines = run_checks([(u.language, u.target_language, u.source, u.target) for u in units])
        by = collections.Counter(n for line in lines for n in failed_names(line))
        blamed = sum(1 for line in lines if line)
        share = blamed / len(units)
        print("%-10s %5d units, blamed %4d (%.2f %%)  %s" % (name, len(units), blamed, 100 * share,
                                                             " ".join("%s %d" % n for n in by.most_common())))
        if self.verbose:
            for u, line in zip(units, lines):
                if line:
                    print("  ALARM %s %s\n    %s\n    %s" % (u.name, line, u.source, u.target))
        return share

    def damaged(self, name, units, foreign):
        rows, kinds = [], []
        for kind, (function, own) in damage.KINDS.items():
            rng = random.Random("%s %s" % (name, kind))
            for u in units:
                if kind == "sentence dropped" and len(u.beads) < 2:
                    continue
                broken = function(u, rng, foreign)
                if broken is not None and broken != u.target:
                    rows.append((u.language, u.target_language, u.source, broken))
                    kinds.append((kind, own))
        lines = run_checks(rows)
        seen, caught, by = collections.Counter(), collections.Counter(), collections.defaultdict(collections.Counter)
        for row, (kind, own), line in zip(rows, kinds, lines):
            names = failed_names(line)
            hit = bool(set(names) & set(own)) if own else bool(names)
            seen[kind] += 1
            caught[kind] += hit
            by[kind].update(names)
            if self.verbose and not hit:
                print("  MISS %s: %s\n    %s\n    %s" % (kind, line, row[2], row[3]))
        return seen, caught, by

    def report(self, name, seen, caught, by):
        for kind in damage.KINDS:
            n = seen[kind]
            if not n:
                continue
            share = caught[kind] / n
            if share < CAUGHT and n - caught[kind] > (1 if n < FEW else 0):
                self.bad.append("%s: %s: %.3f of %d found" % (name, kind, share, n))
            print("  %-26s %5d  found %.3f   by %s" % (kind, n, share, " ".join("%s %d" % x for x in by[kind].most_common(4))))
        total, all_caught = sum(seen.values()), sum(caught.values())
        print("  %-26s %5d  found %.4f" % ("all", total, all_caught / total))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-v", action="store_true")
    parser.add_argument("--assert", dest="must", action="store_true")
    parser.add_argument("--pairs")
    parser.add_argument("--machines", action="store_true")
    parser.add_argument("--most", type=int, default=2)
    parser.add_argument("folder", nargs="?")
    o = parser.parse_args()
    if o.folder:
        even, odd = radiology_units(o.folder, o.most)
        sets = [("tuned", even), ("held out", odd)]
    else:
        sets = [("pairs", pair_units(o.pairs or os.path.join(HERE, "pairs.tsv")))]
    table, foreign = Table(o.v), foreign_texts()
    blamed = 0.0
    for name, units in sets:
        share = table.blame(name, units)
        blamed += share * len(units)
        if share > ALARMS:
            table.bad.append("%s: %.4f of good units are blamed" % (name, share))
        table.report(name, *table.damaged(name, units, foreign))
    print("blamed in all: %.2f %%" % (100 * blamed / sum(len(units) for _, units in sets)))
    if o.machines and o.folder:
        for machine, units in machine_units(o.folder, o.most).items():
            table.blame(machine, units)
    print("\n".join(table.bad) or "all marks are met")
    return 1 if table.bad and o.must else 0


if __name__ == "__main__":
    sys.exit(main())
