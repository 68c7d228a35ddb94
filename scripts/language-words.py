#!/usr/bin/env python3
"""Makes translate/words/TAG.txt, the word frequencies by which figmill tells languages apart.

usage: language-words.py WORDFREQ FREQUENCYWORDS FOLDER

WORDFREQ is the folder `data` of the Python package wordfreq 3.1.1; FREQUENCYWORDS the folder content/2018 of
hermitdave/FrequencyWords, for languages that wordfreq does not have. Serbian is Serbo-Croatian put into Cyrillic letters.
Needs python3-msgpack. The format and the licences stand in translate/words/README.md.
"""
import gzip
import sys
from collections import defaultdict
from pathlib import Path

import msgpack

MANY = {'en': 12000, 'es': 10000, 'pt': 10000, 'fr': 10000, 'de': 10000, 'ru': 8000}
FEW = 4000
WORDFREQ = {'hr': 'sh', 'no': 'nb'}
LANGUAGES = ('en es pt fr de it ca nl sv da no fi pl cs sk hu ro tr hr sl id vi lt lv is '
             'ru uk bg mk ar fa ur').split()
OTHERS = ('et', 'gl')
SCRIPTS = {'ru': 'Ѐӿ', 'uk': 'Ѐӿ', 'bg': 'Ѐӿ', 'mk': 'Ѐӿ', 'sr': 'Ѐӿ', 'ar': '؀ۿ', 'fa': '؀ۿ', 'ur': '؀ۿ'}
TO_CYRILLIC = [('lj', 'љ'), ('nj', 'њ'), ('dž', 'џ')] + list(zip('abvgdđežzijklmnoprstćufhcčš',
                                                                 'абвгдђежзијклмнопрстћуфхцчш'))


def wordfreq(folder, tag):
    code = WORDFREQ.get(tag, tag)
    path = folder / f'large_{code}.msgpack.gz'
    if not path.exists():
        path = folder / f'small_{code}.msgpack.gz'
    bins = msgpack.unpackb(gzip.open(path).read(), raw=False)
    for centibels, words in enumerate(bins[1:]):
        for word in words:
            yield word, centibels


def frequency_words(folder, tag):
    import math
    rows = [line.split(' ') for line in open(folder / tag / f'{tag}_50k.txt', encoding='utf-8')]
    total = sum(int(count) for _, count in rows)
    for word, count in rows:
        yield word, round(-100 * math.log10(int(count) / total))


def fits(word, tag):
    low, high = SCRIPTS.get(tag, 'aɏ')
    latin = tag not in SCRIPTS
    return all(low <= c <= high or (latin and 'Ḁ' <= c <= 'ỿ') for c in word) and len(word) < 24 and word.isalpha()


def cyrillic(words):
    for word, centibels in words:
        for latin, letter in TO_CYRILLIC:
            word = word.replace(latin, letter)
        yield word, centibels


def write(path, words, tag, most):
    classes, n = defaultdict(list), 0
    for word, centibels in words:
        word = word.lower()
        if n < most and fits(word, tag):
            classes[centibels].append(word)
            n += 1
    with open(path, 'w', encoding='utf-8') as out:
        for centibels in sorted(classes):
            out.write(f'{centibels} {" ".join(classes[centibels])}\n')


def main():
    data, more, out = (Path(p) for p in sys.argv[1:4])
    for tag in LANGUAGES:
        write(out / f'{tag}.txt', wordfreq(data, tag), tag, MANY.get(tag, FEW))
    for tag in OTHERS:
        write(out / f'{tag}.txt', frequency_words(more, tag), tag, FEW)
    write(out / 'sr.txt', cyrillic(wordfreq(data, 'hr')), 'sr', FEW)


main()
