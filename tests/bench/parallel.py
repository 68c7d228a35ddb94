"""Parallel text for the benches: two versions of one article, cut into sentences and aligned.

Sentences are aligned by length (Gale and Church 1993, https://aclanthology.org/J93-1004) and by words: IBM's model 1
(Brown et al. 1993), learned from the same articles, says how well the words of one side explain those of the other.
Digits take no part in it, nor does anything that translate/checks.c looks at. Beads that are not well explained are given
up: translators of whole papers summarise, reorder and leave out.
"""
import collections
import math
import re

WORD = re.compile(r"[^\W\d_]+")
ABBREVIATED = re.compile(r"(?:\b(?:figs?|tabs?|al|vs|dr|dra|drs|prof|ca|cf|no|nos|nº|approx|resp|refs?|eqs?|ed|eds|vol|pp|inc|st|sr|i\.e"
                         r"|e\.g|p\.ex|ex|[A-Z]))\.$", re.I)
# A citation may stand behind the stop, "0.4, P" is none.
STOP = re.compile(r"(?:[.!?][\])”\"']*|(?<=[^\W\d])[\])”\"']?[.!?]\(?\d[\d,\-–]*\)?)\s+(?=[A-ZÀ-ÖØ-Þ“\"(\d])")
# A journal's own reference in a text that was taken out of its pages, "(J Bras Pneumol 2009;92(4):278-284)": a part of the
# page and of one language's file only.
RUNNING = re.compile(r"\((?:[A-Z][\w.]*\s){1,6}[^()]{0,12}\d{4}\s?;[^()]*(?:\([^()]*\)[^()]*)*\)")
NULL = ""


def sentences(text):
    """The sentences of a text; a wide gap ends one too, and what has no words belongs to the one before."""
    found = []
    for part in re.split(r"\s{3,}|\n", RUNNING.sub("", text)):
        start = 0
        for match in STOP.finditer(part):
            head = part[start:match.start() + 1]
            if ABBREVIATED.search(head):
                continue
            found.append(part[start:match.end()].strip())
            start = match.end()
        if part[start:].strip():
            found.append(part[start:].strip())
    joined = []
    for sentence in found:
        if joined and not words(sentence):  # "(p = 0.025)."
            joined[-1] += " " + sentence
        else:
            joined.append(sentence)
    return joined


def words(sentence):
    return [w.lower()[:7] for w in WORD.findall(sentence) if len(w) > 1]


class Lexicon:
    """Word translation probabilities of IBM model 1."""

    def __init__(self, pairs, rounds=4):
        self.table = None
        for _ in range(rounds):
            counts = collections.defaultdict(lambda: collections.defaultdict(float))
            for source, target in pairs:
                source = source + [NULL]
                for t in target:
                    weights = [self.table.get(s, {}).get(t, 0.0) if self.table else 1.0 for s in source]
                    total = sum(weights)
                    if total <= 0:
                        continue
                    for s, w in zip(source, weights):
                        if w > 1e-4 * total:
                            counts[s][t] += w / total
            self.table = {}
            for s, row in counts.items():
                total = sum(row.values())
                self.table[s] = {t: c / total for t, c in row.items() if c / total > 1e-3}
        # A pair that one bead alone speaks for would only say that the bead is there.
        self.likely = {s: {t for t, c in row.items() if c >= 1.2 and self.table[s].get(t, 0) > 0.03} | {s}
                       for s, row in counts.items()}

    def reach(self, source):
        """All words that some word of the source explains."""
        return set().union(*(self.likely.get(s, {s}) for s in source))

    def explained(self, reach, target):
        """The share of the target's words that lie within reach; articles and prepositions prove little."""
        common = self.table.get(NULL, {})
        met = total = 0.0
        for t in target:
            weight = 1.0 if common.get(t, 0) < 0.004 else 0.2
            total += weight
            if t in reach:
                met += weight
        return met / total if total else 0.0


# Beads (sentences of the source, of the target) and the cost of each, -100 log of its share.
UNLIKELY = -100 * math.log(0.05)
BEADS = {(1, 1): 0, (1, 0): 450, (0, 1): 450, (2, 1): 230, (1, 2): 230, (2, 2): 440, (3, 1): 500, (1, 3): 500}


def length_cost(a, b):
    if not a or not b:
        return 0
    z = abs(a - b) / math.sqrt(6.8 * (a + b) / 2)
    tail = math.erfc(z / math.sqrt(2))
    return -100 * math.log(max(tail, 1e-12))


class Aligner:
    def __init__(self, documents):
        """documents: pairs of texts, all in the same two languages."""
        self.documents = [(sentences(a), sentences(b)) for a, b in documents]
        self.forth = self.back = None
        pairs = []
        for a, b in self.documents:
            for i, m, j, n in self.path(a, b):
                if m and n:
                    pairs.append((words(" ".join(a[i:i + m])), words(" ".join(b[j:j + n]))))
        for _ in range(2):
            self.forth = Lexicon(pairs)
            self.back = Lexicon([(t, s) for s, t in pairs])
            pairs = []
            for a, b in self.documents:
                for i, m, j, n in self.path(a, b):
                    x, y = words(" ".join(a[i:i + m])), words(" ".join(b[j:j + n]))
                    if m and n and self.agreement(x, y) > 0.35:
                        pairs.append((x, y))

    def agreement(self, x, y):
        return min(self.forth.explained(self.forth.reach(x), y), self.back.explained(self.back.reach(y), x))

    def path(self, a, b):
        """The cheapest way through both texts: (i, m, j, n) for each bead."""
        ratio = sum(map(len, a)) / max(1, sum(map(len, b)))
        best = {(0, 0): (0.0, None)}
        band = 8 + abs(len(a) - len(b))
        a_words, b_words = [words(s) for s in a], [words(s) for s in b]
        a_reach = [self.forth.reach(w) for w in a_words] if self.forth else []
        b_reach = [self.back.reach(w) for w in b_words] if self.forth else []
        for i in range(len(a) + 1):
            middle = i * len(b) // max(1, len(a))
            for j in range(max(0, middle - band), min(len(b), middle + band) + 1):
                if (i, j) not in best:
                    continue
                cost = best[i, j][0]
                for (m, n), prior in BEADS.items():
                    if i + m > len(a) or j + n > len(b):
                        continue
                    c = cost + prior + length_cost(sum(map(len, a[i:i + m])), ratio * sum(map(len, b[j:j + n])))
                    if self.forth and m and n:
                        met = min(self.forth.explained(set().union(*a_reach[i:i + m]), sum(b_words[j:j + n], [])),
                                  self.back.explained(set().union(*b_reach[j:j + n]), sum(a_words[i:i + m], [])))
                        c += 900 * (0.55 - met)
                    if (i + m, j + n) not in best or c < best[i + m, j + n][0]:
                        best[i + m, j + n] = (c, (m, n))
        at, beads = (len(a), len(b)), []
        while best.get(at, (0, None))[1]:
            m, n = best[at][1]
            at = (at[0] - m, at[1] - n)
            beads.append((at[0], m, at[1], n))
        return beads[::-1]

    def beads(self, document):
        """The document's beads as (source sentences, target sentences, agreement). Agreement is 0 where a part may belong
        elsewhere or be left out: where lengths differ as only those of one in twenty do, and where the first or last
        sentence is better explained by the bead beside it."""
        a, b = self.documents[document]
        ratio = sum(map(len, a)) / max(1, sum(map(len, b)))
        beads = [(a[i:i + m], b[j:j + n]) for i, m, j, n in self.path(a, b)]
        found = []
        for k, (s, t) in enumerate(beads):
            sure = s and t and length_cost(sum(map(len, s)), ratio * sum(map(len, t))) <= UNLIKELY
            for other, end in ((k - 1, 0), (k + 1, -1)):
                if sure and 0 <= other < len(beads):
                    sure = (self.belongs(self.forth, s, beads[other][0], t[end]) and
                            self.belongs(self.back, t, beads[other][1], s[end]))
            found.append((s, t, self.agreement(words(" ".join(s)), words(" ".join(t))) if sure else 0.0))
        return found

    @staticmethod
    def belongs(lexicon, own, beside, sentence):
        explained = [lexicon.explained(lexicon.reach(words(" ".join(x))), words(sentence)) for x in (own, beside)]
        return explained[0] >= explained[1]


def units(beads, sure=0.5, most=2):
    """Runs of well-aligned beads as units of 1 to `most` source sentences, the lengths taking turns. A bead beside one that
    is not well aligned is left out: a part of it may lie over there."""
    good = [bool(s and t) and agreement >= sure for s, t, agreement in beads]
    found, unit, wanted = [], [], 1
    for k, (source, target, _) in enumerate(beads):
        neighbours = all(beads[n][0] and beads[n][1] and beads[n][2] >= sure - 0.15
                         for n in (k - 1, k + 1) if 0 <= n < len(beads))
        if not (good[k] and neighbours):
            unit = []
            continue
        unit.append((source, target))
        if len(unit) >= wanted:
            found.append(unit)
            unit = []
            wanted = wanted % most + 1
    return found
