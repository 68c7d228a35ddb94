#!/usr/bin/env python3
"""How often figmill tells the language of a text right: usage: bench_language.py FOLDER [TEXTS [COMMAND...]]

FOLDER holds articles/ID/ with the files of an article, and index.tsv with the columns id, language and pdf_text. All is
imported and extracted into a corpus of its own. Captions, sub-captions, mentions and titles, and sentences of the XML's
paragraphs, go with what language they are in to bench_language, which prints the tables. TEXTS keeps them:
`bench_language -e < TEXTS` lists those told wrong: read each.

The truth is the language of the document (.en. or .pt. in its name, else the index), or what it states of the text itself
(xml:lang). By rule, for every language alike, left out as no truth are
  garbled   documents whose PDF text the index calls garbled, or a scan
  mixed     mentions and sub-captions of an XML with sub-articles in other languages, if they do not state theirs
  quoted    texts in Latin letters alone of Chinese, Japanese, Korean and Russian documents: names and English
  sources   sentences of XML paragraphs with a reference, an address or markup in them (years, URLs, initials): lists of
            literature that old files have as paragraphs, in whatever language each title is
  wordless  texts of alphabets without three letters in a row: numbers of figures

Some of what is left is doubtful: a Portuguese article has captions that are French names of films. The tables give both
numbers, with and without what is by rule
  names     texts in Latin letters with a capital in the second word or later, and no other word of four letters or more but
            the first that has none
  opinions  texts of which all COMMANDs say the same other language: two or more detectors that have nothing to do with
            figmill, each a shell command that reads texts, one a line, and prints a tag for each
"""
import csv
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

XML_LANG = '{http://www.w3.org/XML/1998/namespace}lang'
NOT_LATIN = ('zh', 'ja', 'ko', 'ru')
WORD = re.compile(r'[^\W\d_]{3}|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]')
SOURCE = re.compile(r'https?:|www[.]|[<>]|\b(19|20)\d\d\b|\b[A-Z]\.|\b[A-Z]{2}\b|;\s*\d')
QUERIES = (
    ('caption', 'SELECT document_id, c.language, c.text FROM caption c JOIN figure f USING (figure_id) '
                'ORDER BY 1, figure_id, c.ordinal'),
    ('panel', 'SELECT document_id, (SELECT language FROM caption c WHERE c.figure_id = p.figure_id AND c.ordinal = 0), '
              "p.caption FROM panel p JOIN figure f USING (figure_id) WHERE p.caption <> '' "
              'ORDER BY 1, figure_id, p.ordinal'),
    ('mention', 'SELECT document_id, m.language, m.text FROM mention m JOIN figure f USING (figure_id) '
                'ORDER BY 1, figure_id, m.ordinal'),
    ('title', "SELECT document_id, NULL, title FROM front WHERE title <> '' ORDER BY 1"))


class Texts:
    def __init__(self):
        self.rows, self.seen, self.left_out = [], set(), {}

    def leave_out(self, rule):
        self.left_out[rule] = self.left_out.get(rule, 0) + 1

    def add(self, language, article, kind, where, text):
        text = ' '.join(text.split())
        if not text or (language, text) in self.seen:
            return
        self.seen.add((language, text))
        if language in NOT_LATIN and not re.search('[\u0400-\u04ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]', text):
            self.leave_out('quoted')
        elif kind == 'sentence' and SOURCE.search(text):
            self.leave_out('sources')
        elif not WORD.search(text):
            self.leave_out('wordless')
        else:
            self.rows.append((language, article, kind, where, 'names' if is_names(text) else '', text))

    def doubt(self, commands):
        """Marks the texts of which all the commands say another language, and the same."""
        lines = ''.join(row[-1] + '\n' for row in self.rows)
        answers = [subprocess.run(c, shell=True, input=lines, stdout=subprocess.PIPE, text=True, encoding='utf-8',
                                  check=True).stdout.split('\n') for c in commands]
        for i, row in enumerate(self.rows):
            said = {re.split('[-_\\s]', a[i])[0] for a in answers}
            if len(answers) > 1 and len(said) == 1 and not said & {row[0], 'un', 'und', ''}:
                self.rows[i] = (*row[:4], 'opinions', row[5])


def is_names(text):
    words = re.findall(r'[^\W\d_]+', text)[1:]
    return bool(words) and all(w[0] < '\u0250' for w in words) and any(w[0].isupper() and not w.isupper() for w in words) \
        and all(w[0].isupper() or len(w) < 4 for w in words)


def document(name, index):
    article, file = re.search(r'articles/([^/]+)/(.*)$', name).groups()
    told = re.search(r'\.([a-z]{2})\.(back\.)?(html|pdf)$', file)
    return article, file, told.group(1) if told else index[article]['language']


def add_extracted(texts, corpus, index, folder):
    db = sqlite3.connect(corpus / 'corpus.db')
    documents = {i: document(name, index) for i, name in db.execute('SELECT document_id, name FROM document')}
    for kind, sql in QUERIES:
        for i, stated, text in db.execute(sql):
            article, file, language = documents[i]
            if re.search('garbled|scan', index[article]['pdf_text']):
                texts.leave_out('garbled')
            elif not stated and kind in ('panel', 'mention') and file.endswith('.xml') and \
                    b'<sub-article' in (folder / 'articles' / article / file).read_bytes():
                texts.leave_out('mixed')
            else:
                texts.add((stated or language)[:2], language, kind, f'{article}/{file}', text)


def add_paragraphs(texts, element, language, article, where):
    language = element.get(XML_LANG) or language
    if element.tag in ('ref', 'back', 'response', 'table-wrap', 'fig'):
        return
    if element.tag == 'p':
        for sentence in re.split(r'(?<=[.!?])\s+(?=[A-ZÀ-ÝА-Я])', ' '.join(''.join(element.itertext()).split())):
            texts.add(language, article, 'sentence', where, sentence)
        return
    for child in element:
        add_paragraphs(texts, child, language, article, where)


def add_files(texts, index, folder):
    for path in sorted((folder / 'articles').glob('*/*')):
        article, where = path.parent.name, f'{path.parent.name}/{path.name}'
        language = index.get(article, {}).get('language')
        if path.name == 'fulltext.xml':
            try:
                root = ElementTree.parse(path).getroot()
            except ElementTree.ParseError:
                continue
            add_paragraphs(texts, root, language, language, where)
        elif path.name == 'fulltext.md':
            for line in path.read_text(encoding='utf-8').splitlines():
                caption = re.match(r'[图表] ?\d+(.*)$', re.sub(r'\$[^$]*\$', ' ', line).strip())
                if caption and len(line) < 300:
                    texts.add(language, language, 'caption', where, caption.group(1))
        elif path.name in ('abstract.txt', 'name.txt', 'text.txt', 'portuguese_text.txt', 'human_translation.txt'):
            own = 'en' if path.name == 'human_translation.txt' else language
            text = path.read_text(encoding='utf-8', errors='replace')
            for sentence in re.split(r'(?<=[.!?])\s+(?=[A-ZÀ-ÝА-Я])', text):
                texts.add(own, language, 'title' if path.name == 'name.txt' else 'sentence', where, sentence)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder, build = Path(sys.argv[1]).resolve(), Path(os.environ.get('FIGMILL_BUILD', 'build')).resolve()
    with open(folder / 'index.tsv', encoding='utf-8') as f:
        index = {r['id']: r for r in csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE)}
    texts = Texts()
    with tempfile.TemporaryDirectory() as work:
        corpus = Path(work) / 'corpus'
        figmill = [build / 'stage' / 'figmill']
        subprocess.run([*figmill, 'import', '-q', '--corpus', corpus, folder / 'articles'])
        subprocess.run([*figmill, 'extract', '-q', '--no-images', '--corpus', corpus])
        add_extracted(texts, corpus, index, folder)
    add_files(texts, index, folder)
    texts.doubt(sys.argv[3:])
    lines = ''.join('\t'.join(row) + '\n' for row in texts.rows)
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(lines, encoding='utf-8')
    print('left out:', ', '.join(f'{n} {rule}' for rule, n in sorted(texts.left_out.items())), flush=True)
    doubts = [row[4] for row in texts.rows if row[4] and row[2] != 'sentence']
    print('in doubt, but for sentences:', ', '.join(f'{doubts.count(d)} {d}' for d in sorted(set(doubts))), flush=True)
    subprocess.run([build / 'tests' / 'bench' / 'bench_language'], input=lines, text=True, encoding='utf-8', check=True)


main()
