#!/usr/bin/env python3
"""How often figmill tells the language of a text right: usage: bench_language.py FOLDER

FOLDER holds articles/ID/ with the files of an article and index.tsv, whose columns `id`, `language` and `pdf_text` say
which language each is in. All is imported and extracted into a corpus of its own; its captions, sub-captions, mentions and
titles, and what else in the files is known to be in one language, go to build/tests/bench/bench_language, which prints the
tables. --texts FILE keeps the texts with their truth, --errors FILE the ones told wrong: read each.

The truth is the language of the document, or what it states of the text itself (xml:lang of a sub-article or title). By
rule, and for every language alike, these are no truth and are left out:
  garbled    documents whose index says that the PDF's text is garbled, or a scan
  mixed      articles in several languages whose text does not say which (mentions of a JATS file with sub-articles)
  foreign    non-Latin documents: a text in Latin letters only is whatever its author quotes; it has no known language
  wordless   texts with less than two words of three letters
  borrowed   texts of English words in documents of another language: at least two of a list of English function words
             and none of the document's language
  named      texts with no function word of any language and a capital on each word: names of programs and species
"""
import argparse
import csv
import html
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
