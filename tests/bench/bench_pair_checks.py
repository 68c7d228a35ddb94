#!/usr/bin/env python3
"""What the checks of pairs find, and whom they blame.

usage: bench_pair_checks.py [-v] [--assert]

Good pairs are those of pairs/figures.txt: of each figure and language the caption itself, a description and two questions.
Bad ones are made of them: by the texts of pairs/faults.tsv, and by damage that needs no language (a changed number, another
unit, the caption as the answer, ...), each with the check that has to find it. Half of the figures (and of the texts of
faults) are those that the checks were tuned on, the others were held out; both are reported. A check's false alarms are the good
pairs that it alone would drop, of those that it looks at.

-v prints every miss and every false alarm; --assert makes it a test: in either half at least 95 % of the faults found by
the check that they belong to, for each check, and at most 5 % of the good pairs dropped.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("FIGMILL_BUILD", os.path.join(HERE, "..", "..", "build"))
LEAST_RECALL, MOST_ALARMS = 0.95, 0.05
WORDS = 40
HALVES = ("tuned on", "held out")

Pair = collections.namedtuple("Pair", "half kind language caption mention question answer earlier fault",
                              defaults=(("", ""), None))
ALIGN = {"en": "Describe the image.", "es": "Describa la imagen.", "de": "Beschreiben Sie das Bild.", "fr": "Décrivez l'image."}
DESCRIBE = {"en": "What does the figure show?", "es": "¿Qué muestra la figura?", "de": "Was zeigt die Abbildung?",
            "fr": "Que montre la figure ?"}
UNITS = {"Gy": "mg", "%": "Gy", "mm": "kg", "µm": "mg", "months": "days", "weeks": "years", "h": "weeks", "meses": "días",
         "semanas": "años", "horas": "semanas", "Monate": "Tage", "Wochen": "Jahre", "Stunden": "Wochen", "mois": "jours",
         "semaines": "ans", "heures": "semaines", "ml": "kg", "mg": "ml", "cm": "kg", "years": "days", "años": "días",
         "Jahre": "Tage", "ans": "jours"}
TOKENS = ("<image> %s", "%s<|im_end|>", "[INST] %s", "%s </s>", "**%s**", "Assistant: %s", "<think>%s", "%s https://example.org/")


def read_good(path):
    pairs, figures = [], 0
    blocks = re.split(r"^# (\d+) (\w\w)\n", open(path, encoding="utf-8").read(), flags=re.M)[1:]
    numbers = sorted({int(n) for n in blocks[::3]})
    for number, language, text in zip(blocks[::3], blocks[1::3], blocks[2::3]):
        caption, mention, description, *rest = text.strip().split("\n")
        half = numbers.index(int(number)) % 2
        common = (language, caption, mention)
        pairs.append(Pair(half, "alignment", *common, ALIGN[language], caption))
        pairs.append(Pair(half, "detailed_description", *common, DESCRIBE[language], description))
        for question, answer in zip(rest[::2], rest[1::2]):
            pairs.append(Pair(half, "complex_reasoning", *common, question, answer))
        figures += 1
    return pairs, figures


def read_faults(path):
    """{(language, check): (texts of the half to tune on, of the other)}"""
    found = collections.defaultdict(lambda: ([], []))
    counts = collections.Counter()
    for line in open(path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        language, check, text = line.rstrip("\n").split("\t")
        found[language, check][counts[language, check] % 2].append(text)
        counts[language, check] += 1
    return found


def wrong_number(pair):
    """A number with digits becomes one that the source has not."""
    source = pair.caption + " " + pair.mention
    match = re.search(r"(?<![\w,.-])\d+(?:[.,]\d+)?(?![\w])", pair.answer)
    if not match:
        return None
    for more in (7, 13, 29):
        digits = re.sub(r"\d+$", lambda m: str(int(m.group(0)) + more), match.group(0))
        if digits not in source:
            return pair._replace(answer=pair.answer[:match.start()] + digits + pair.answer[match.end():], fault="numbers")
    return None


def wrong_unit(pair):
    """The first number with a unit gets one that it has nowhere in the source."""
    for match in re.finditer(r"(\d)( ?)(%s)(?!\w)" % "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)), pair.answer):
        answer = pair.answer[:match.start()] + match.group(1) + " " + UNITS[match.group(3)] + pair.answer[match.end():]
        return pair._replace(answer=answer, fault="units")
    return None


def other_language(pair, good, i):
    languages = [p for p in good if p.half == pair.half and p.kind == pair.kind and p.caption != pair.caption]
    others = [p for p in languages if p.language != pair.language]
    return pair._replace(answer=others[i % len(others)].answer, fault="language")


def same_again(pair):
    words = pair.answer.split(" ")
    return pair._replace(earlier=(pair.question, pair.answer), answer=" ".join(words[:-3] + words[-2:]), fault="duplicate")


def same_question(pair, good):
    other = next((p for p in good if p.caption == pair.caption and p.kind == pair.kind and p.answer != pair.answer), None)
    return other and pair._replace(earlier=(pair.question, other.answer), fault="duplicate")


def repeated(pair, i):
    if i % 2:
        return pair._replace(answer=pair.answer + " " + pair.answer, fault="repeated")
    tail = " ".join(pair.answer.rstrip(".").split(" ")[-5:])
    return pair._replace(answer=pair.answer.rstrip(".") + ", " + ", ".join([tail] * 4) + ".", fault="repeated")


def by_texts(pair, faults, i):
    for check in ("leak", "refusal", "advice", "hedging", "terms", "panels", "grounded", "questions"):
        texts = faults[pair.language, check][pair.half]
        text = texts[i % len(texts)]
        if check == "questions":
            if pair.kind == "complex_reasoning":
                yield pair._replace(question=text, fault="question")
        elif check == "grounded":
            yield pair._replace(answer=text, fault="grounded")
        else:
            joined = (text + " " + pair.answer) if i // len(texts) % 2 else (pair.answer + " " + text)
            yield pair._replace(answer=joined, fault=check)


def by_form(pair, good, i):
    reasoning = pair.kind == "complex_reasoning"
    yield wrong_number(pair)
    yield wrong_unit(pair)
    yield pair._replace(answer=pair.caption, fault="copied")
    yield pair._replace(answer=TOKENS[i % len(TOKENS)] % pair.answer, fault="tokens")
    yield other_language(pair, good, i)
    if i % 2:
        yield pair._replace(answer=" ".join(pair.answer.split(" ")[:5]), fault="length")
    else:
        rest = [p.answer for p in good if p.language == pair.language and p.half == pair.half and p.kind != "alignment"]
        yield pair._replace(answer=" ".join(rest[:6]), fault="length")
    yield same_again(pair)
    yield repeated(pair, i)
    if reasoning:
        yield pair._replace(question=pair.question.rstrip(" ?") + ".", fault="question")
        yield same_question(pair, good)


def make_bad(good, faults):
    """Of every good pair by a model some of the faults, in turn, so that there are about as many of each."""
    bad, turn = [], collections.Counter()
    for pair in good:
        if pair.kind == "alignment":
            continue
        i = turn[pair.half, pair.language]
        turn[pair.half, pair.language] += 1
        bad += [p for p in by_texts(pair, faults, i) if p]
        bad += [p for p in by_form(pair, good, i) if p]
    return bad


def run_checks(pairs):
    rows = "".join("\t".join((p.kind, p.language, str(WORDS), p.caption, p.mention, p.question, p.answer) + p.earlier) + "\n"
                   for p in pairs)
    done = subprocess.run([os.path.join(BUILD, "tests", "bench", "check_pairs")], input=rows.encode(), stdout=subprocess.PIPE,
                          check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def report(good, bad, verbose):
    """Prints the table. Whether all is as it should be."""
    found, all_of, alarms, looked, dropped, n_good = (collections.Counter() for _ in range(6))
    for pair, outcome in zip(bad, run_checks(bad)):
        all_of[pair.half, pair.fault] += 1
        found[pair.half, pair.fault] += outcome.get(pair.fault, "pass") != "pass"
        if verbose and outcome.get(pair.fault, "pass") == "pass":
            print("miss (%s) %s %s: %s | %s" % (HALVES[pair.half], pair.fault, pair.language, pair.question, pair.answer))
    for pair, outcome in zip(good, run_checks(good)):
        failed = {check: why for check, why in outcome.items() if why != "pass"}
        n_good[pair.half] += 1
        dropped[pair.half] += bool(failed)
        for check in outcome:
            looked[pair.half, check] += 1
            alarms[pair.half, check] += check in failed
        if verbose and failed:
            print("alarm (%s) %s: %s | %s | %s" % (HALVES[pair.half], pair.language, failed, pair.question, pair.answer))
    checks = sorted({check for _, check in all_of} | {check for _, check in looked})
    print("%-14s%s" % ("check", "".join("%14s%16s" % ("recall", "false alarms") for _ in HALVES)))
    fine = True
    for check in checks:
        cells = []
        for half in (0, 1):
            n, hit = all_of[half, check], found[half, check]
            cells.append("%14s%16s" % ("%d/%d" % (hit, n) if n else "-", "%d/%d" % (alarms[half, check], looked[half, check])))
            fine = fine and (not n or hit >= LEAST_RECALL * n)
        print("%-14s%s" % (check, "".join(cells)))
    for half in (0, 1):
        n, hit = sum(v for k, v in all_of.items() if k[0] == half), sum(v for k, v in found.items() if k[0] == half)
        fine = fine and dropped[half] <= MOST_ALARMS * n_good[half]
        print("%s: %d of %d faults found (%.3f), %d of %d good pairs dropped (%.3f)" % (
            HALVES[half], hit, n, hit / n, dropped[half], n_good[half], dropped[half] / n_good[half]))
    return fine


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1][7:])
    parser.add_argument("-v", action="store_true", dest="verbose")
    parser.add_argument("--assert", action="store_true", dest="asserting")
    options = parser.parse_args()
    good, figures = read_good(os.path.join(HERE, "pairs", "figures.txt"))
    bad = make_bad(good, read_faults(os.path.join(HERE, "pairs", "faults.tsv")))
    print("%d figures, %d good pairs, %d bad ones" % (figures, len(good), len(bad)))
    fine = report(good, bad, options.verbose)
    sys.exit(1 if options.asserting and not fine else 0)


main()
