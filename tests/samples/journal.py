"""What all sample articles have in common: the journal, the licences, the note that everything is invented."""
TITLE = "Sample Journal of Low-Dose Radiation"
ABBREVIATION = "Sample J Low-Dose Radiat"
PUBLISHER = "figmill"
ISSN = "0000-0000"
NOTE = "This article, its authors and all its data are invented; it was written to test software and is no medical evidence."
LICENSES = {"CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
            "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/"}
LICENSE_TEXT = {"CC BY 4.0": "This is an open access article under the Creative Commons Attribution 4.0 licence (CC BY 4.0).",
                "CC0 1.0": "This article is dedicated to the public domain under CC0 1.0."}
# The headings that a renderer adds by itself.
WORDS = {
    "en": ("Abstract", "Keywords", "References"), "es": ("Resumen", "Palabras clave", "Bibliografía"),
    "pt": ("Resumo", "Palavras-chave", "Referências"), "de": ("Zusammenfassung", "Schlüsselwörter", "Literatur"),
    "fr": ("Résumé", "Mots-clés", "Références"), "zh": ("摘要", "关键词", "参考文献"),
    "ja": ("要旨", "キーワード", "文献"), "ru": ("Резюме", "Ключевые слова", "Литература")}


def names(article):
    """[(given name, surname)]; Chinese and Japanese names are written whole, as a surname."""
    if article.language in ("zh", "ja"):
        return [("", name) for name in article.list("authors")]
    return [tuple(name.rsplit(" ", 1)) for name in article.list("authors")]


def pages(article):
    return article.first if article.first == article.last else article.first + "–" + article.last


def references(article, articles):
    """The two articles that this one cites as r1 and r2: the next ones in the order of their DOIs."""
    ordered = sorted(articles, key=lambda a: a.doi)
    at = [a.doi for a in ordered].index(article.doi)
    return [ordered[(at + step) % len(ordered)] for step in (1, 2)]


def cite(article):
    """One line that names the article in a list of references."""
    authors = ", ".join((surname + " " + given[:1]).strip() for given, surname in names(article))
    return "%s. %s. %s %s;%s:%s. doi:%s" % (authors, article.title, ABBREVIATION, article.year, article.volume,
                                           pages(article), article.doi)
