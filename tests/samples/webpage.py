"""Writes a sample article as a publisher's HTML page: citation_* metadata, figure and figcaption, images beside it."""
import journal
from text import escape, inline

TAGS = {"i": "i", "sub": "sub", "sup": "sup"}


def _mark(text):
    return inline(text, TAGS, lambda id, shown: '<a href="#%s">%s</a>' % (id, escape(shown)), lambda tokens: " ".join(tokens))


def _meta(article):
    pairs = [("citation_title", article.title), ("citation_journal_title", journal.TITLE),
             ("citation_publication_date", "%s/06/01" % article.year), ("citation_doi", article.doi),
             ("citation_language", article.language), ("citation_volume", article.volume),
             ("citation_firstpage", article.first), ("citation_lastpage", article.last), ("citation_publisher", journal.PUBLISHER)]
    pairs += [("citation_author", ", ".join(reversed(name))) for name in journal.names(article)]
    pairs += [("citation_keywords", k) for k in article.list("keywords")]
    pairs += [("dc.rights", journal.LICENSES[article.license]), ("robots", "noindex")]
    return "\n".join('<meta name="%s" content="%s">' % (name, escape(value)) for name, value in pairs)


def _block(article, block):
    if block.kind == "section":
        return "<h2>%s</h2>" % _mark(block.sentences[0])
    if block.kind == "paragraph":
        return "<p>%s</p>" % article.join([_mark(s) for s in block.sentences])
    if block.kind == "figure":
        return ('<figure id="%s">\n<img src="%s" alt="">\n<figcaption><strong>%s.</strong> <strong>%s</strong> %s</figcaption>\n'
                "</figure>" % (block.id, block.file, block.label, _mark(block.title), _mark(block.caption)))
    raise ValueError("%s: no HTML for a %s" % (article.name, block.kind))


def write(article, articles):
    abstract, keywords, references = journal.WORDS[article.language]
    lines = ["<!DOCTYPE html>", '<html lang="%s">' % article.language, "<head>", '<meta charset="utf-8">',
             "<title>%s | %s</title>" % (escape(article.title), journal.TITLE), _meta(article),
             '<link rel="license" href="%s">' % journal.LICENSES[article.license], "</head>", "<body>",
             '<nav><a href="/">%s</a></nav>' % journal.TITLE, "<article>", "<h1>%s</h1>" % escape(article.title),
             '<p class="authors">%s</p>' % ", ".join(article.list("authors")),
             '<p class="affiliation">%s</p>' % escape(article.affiliation),
             '<section class="abstract"><h2>%s</h2><p>%s</p><p><b>%s:</b> %s</p></section>' % (
                 abstract, _mark(article.abstract), keywords, "; ".join(article.list("keywords")))]
    lines += [_block(article, b) for b in article.blocks]
    lines += ["<h2>%s</h2>" % references, '<ol class="references">']
    lines += ['<li id="r%d">%s</li>' % (i, escape(journal.cite(cited)))
              for i, cited in enumerate(journal.references(article, articles), 1)]
    lines += ["</ol>", "</article>", '<footer><p lang="en">%s <a rel="license" href="%s">%s</a></p></footer>' % (
        journal.NOTE, journal.LICENSES[article.license], journal.LICENSE_TEXT[article.license]), "</body>", "</html>"]
    return ("\n".join(lines) + "\n").encode()
