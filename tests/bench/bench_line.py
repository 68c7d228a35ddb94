#!/usr/bin/env python3
"""Articles a second of import and extract.

usage: bench_line.py [N [IMAGES]]    N articles (default 1000), each with IMAGES pictures beside it (default 0)

Makes N different small JATS articles out of the samples, and prints for import, extract and both: seconds, articles a
second, and the largest memory that one process took. FIGMILL_BUILD names the build folder.
"""
import os
import resource
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from corpus import SAMPLES, ask, figmill  # noqa: E402


def make(folder, n, images):
    source = os.path.join(SAMPLES, "en-knee-osteoarthritis")
    with open(os.path.join(source, "article.xml"), encoding="utf-8") as f:
        article = f.read()
    pictures = sorted(name for name in os.listdir(source) if not name.endswith(".xml"))[:images]
    for i in range(n):
        place = os.path.join(folder, "%05d" % i)
        os.mkdir(place)
        with open(os.path.join(place, "article.xml"), "w", encoding="utf-8") as f:
            f.write(article.replace("10.5555/figmill.sample", "10.5555/figmill.bench.%d" % i))
        for name in pictures:
            shutil.copy(os.path.join(source, name), place)
            with open(os.path.join(place, name), "ab") as f:
                f.write(b"%d" % i)  # other bytes, same picture


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    images = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory(prefix="figmill-bench-") as folder:
        articles, corpus = os.path.join(folder, "articles"), os.path.join(folder, "corpus")
        os.mkdir(articles)
        make(articles, n, images)
        total = 0.0
        for stage, options in (("import", [articles]), ("extract", [])):
            result = figmill(corpus, stage, "-q", *options)
            if result.status:
                sys.exit(str(result))
            total += result.seconds
            print("%-8s %6.2f s  %6.0f articles/s  %4d MB at most in one process" % (
                stage, result.seconds, n / result.seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
        print("%-8s %6.2f s  %6.0f articles/s" % ("both", total, n / total))
        if ask(corpus, "SELECT count(*) FROM front")[0][0] != n:
            sys.exit("not every article was extracted")


main()
