"""Stand-ins of the services that are searched. Each computes its replies from the articles, in its own shape, with its own way
of paging. Search terms are not weighed: every article matches them; clauses on language, openness, date and identifier do count.
"""
import base64
import binascii
import re
from xml.sax.saxutils import escape

from articles import ENGLISH_NAMES, MEDLINE
from message import Reply, as_html, as_json, as_xml, not_found, ranged

ABSTRACT = "Low-dose radiation therapy and low-dose radiation biology."  # in all languages, so that sieves of clients keep it
DOI = re.compile(r"10\.\d{4,9}/[^\s\"')]+")


def token(number):
    """An opaque cursor, with characters that must be escaped in a URL."""
    return base64.b64encode(b"AoE%08d?" % number).decode()


def untoken(text):
    try:
        raw = base64.b64decode(text, validate=True)
        return int(raw[3:-1]) if re.fullmatch(rb"AoE\d{8}\?", raw) else None
    except (binascii.Error, ValueError):
        return None


class Service:
    def __init__(self, articles):
        self.articles = articles
        self.by_doi = {a.doi: a for a in articles if a.doi}
        self.by_pmcid = {a.pmcid: a for a in articles if a.pmcid}

    def by_dates(self, articles, since, until):
        return [a for a in articles if (since or "") <= a.date <= (until or "9999")]


class EuropePmc(Service):
    """www.ebi.ac.uk/europepmc/webservices/rest: cursorMark; the end is told in the three ways that were seen."""

    hosts = ("www.ebi.ac.uk",)
    SEARCH = "/europepmc/webservices/rest/search"

    def found(self, query):
        articles = [a for a in self.articles if a.place != "landing"]
        languages = set(re.findall(r'LANG:"?([a-zA-Z]{2,3})\b', query))
        if languages:
            articles = [a for a in articles if MEDLINE.get(a.language, a.language) in languages or a.language in languages]
        if "OPEN_ACCESS:Y" in query.upper().replace('"', ""):
            articles = [a for a in articles if a.open]
        ids = re.findall(r'PMCID:"?(PMC\d+)', query)
        dois = [d.lower() for d in re.findall(r'DOI:"?(10\.\d+/[^\s")]+)', query)]
        pmids = re.findall(r'EXT_ID:"?(\d+)', query)
        if ids or dois or pmids:
            articles = [a for a in articles if a.pmcid in ids or a.doi in dois or a.pmid in pmids]
        dates = re.search(r"FIRST_PDATE:\[(\S+) TO (\S+?)\]", query)
        if dates:
            articles = self.by_dates(articles, dates.group(1), dates.group(2))
        return articles

    def record(self, a, core):
        out = {"id": a.pmid or a.doi, "source": "MED" if a.pmid else "AGR", "pmid": a.pmid, "pmcid": a.pmcid, "doi": a.doi,
               "title": a.title + ".", "authorString": "Muster A.", "pubYear": str(a.year), "isOpenAccess": "Y" if a.open else "N",
               "inEPMC": "Y" if a.pmcid else "N", "hasPDF": "Y" if a.has_pdf else "N", "hasSuppl": "N",
               "firstPublicationDate": a.date}
        if core:
            out.update(
                language=MEDLINE.get(a.language, a.language), license=a.license and a.license.lower(),
                journalInfo={"yearOfPublication": a.year, "journal": {"title": a.journal, "issn": "0000-0000"}},
                pubTypeList={"pubType": ["Retracted Publication" if a.retracted else "Journal Article"]},
                abstractText=ABSTRACT,
                fullTextUrlList={"fullTextUrl": [{"availability": "Open access", "availabilityCode": "OA", "documentStyle": style,
                                                  "site": "Publisher", "url": url} for style, url in self.urls(a)]})
        else:
            out.update(journalTitle=a.journal, journalIssn="0000-0000; ; ", pubType="journal article")
        return {k: v for k, v in out.items() if v is not None}

    def urls(self, a):
        if a.place == "pdf":
            return [("pdf", a.pdf_url)]
        return [("doi", "https://doi.org/" + a.doi)] if a.place in ("landing", "closed") else []

    def search(self, request):
        form = request.form()
        query, cursor, core = form.get("query", ""), form.get("cursorMark", "*"), form.get("resultType") == "core"
        if form.get("format", "xml") != "json":
            return as_xml("<responseWrapper><version>6.9</version><hitCount>%d</hitCount></responseWrapper>" % len(self.found(query)))
        size = request.number("pageSize", 25, 1, 1000)
        start = 0 if cursor == "*" else untoken(cursor)
        if start is None:
            return as_xml("<errorBean><errCode>404</errCode><errMsg>Invalid cursor</errMsg></errorBean>", 404)
        found = self.found(query)
        page = found[start:start + size]
        out = {"version": "6.9", "hitCount": len(found)}
        if page and start + size < len(found):
            out["nextCursorMark"] = token(start + size)
            out["nextPageUrl"] = "https://www.ebi.ac.uk%s?query=x&cursorMark=%s" % (self.SEARCH, out["nextCursorMark"])
        elif len(found) % 2 and start:
            out["nextCursorMark"] = cursor
        elif start:
            out["nextCursorMark"] = token(start + len(page))
        out["request"] = {"queryString": query, "resultType": form.get("resultType", "lite"), "cursorMark": cursor, "pageSize": size,
                          "sort": form.get("sort", ""), "synonym": False}
        out["resultList"] = {"result": [self.record(a, core) for a in page]}
        return as_json(out)

    def answer(self, request):
        path = request.path
        if path in (self.SEARCH, self.SEARCH + "POST"):
            return self.search(request)
        match = re.fullmatch(r"/europepmc/webservices/rest/(?:MED/|PMC/)?(PMC\d+)/fullTextXML", path)
        article = match and self.by_pmcid.get(match.group(1))
        if article and article.open:
            return Reply(200, article.xml(), "application/xml")
        if path.endswith("/supplementaryFiles"):
            return as_html("<head><title>500</title></head><body>Internal Server Error</body>", 500)
        return as_xml("<errorBean><errCode>404</errCode><errMsg>Not found</errMsg></errorBean>", 404)


class EuropePmcSite(Service):
    """europepmc.org: single figures and rendered PDFs."""

    hosts = ("europepmc.org",)

    def answer(self, request):
        match = re.fullmatch(r"/articles/(PMC\d+)(?:/bin/([^/]+))?/?", request.path)
        article = match and self.by_pmcid.get(match.group(1))
        if article and article.open:
            name = match.group(2)
            if name is None and request.form().get("pdf") == "render" and article.has_pdf:
                return Reply(200, article.pdf(), "application/pdf")
            data = article.media().get(name or "")
            if data:
                return ranged(request, Reply(200, data, "image/png" if data[:4] == b"\x89PNG" else "image/jpeg", [
                    ("ETag", '"%08x"' % binascii.crc32(data)), ("Last-Modified", "Thu, 08 Jan 2026 11:47:59 GMT")]))
        return as_html("<head><title>Europe PMC</title></head><body>Page not found</body>", 404)


class Eutils(Service):
    """eutils.ncbi.nlm.nih.gov: searches are kept under a WebEnv, and read by query key."""

    hosts = ("eutils.ncbi.nlm.nih.gov",)

    def __init__(self, articles):
        super().__init__(articles)
        self.kept = {}  # WebEnv -> (database, articles)

    def uid(self, a, database):
        return a.pmcid[3:] if database == "pmc" else a.pmid

    def found(self, term, database):
        articles = [a for a in self.articles if a.pmid or (database == "pmc" and a.pmcid)]
        if "open_access[filter]" in term.lower():
            articles = [a for a in articles if a.open or (a.manuscript and "author_manuscript[filter]" in term.lower())]
        names = {v: k for k, v in ENGLISH_NAMES.items()}
        names.update({v: k for k, v in MEDLINE.items()})
        languages = {names.get(w.lower().strip('"')) for w in re.findall(r'("?[a-z]+"?)\[(?:la|lang|language)\]', term, re.IGNORECASE)}
        if languages:
            articles = [a for a in articles if a.language in languages]
        ids = set(re.findall(r"(\d+)\[(?:uid|pmid|pmcid)\]", term)) | set(re.findall(r"PMC(\d+)", term))
        dois = {d.lower() for d in re.findall(r'"?(10\.\d+/[^\s"\[\]]+)"?\[(?:doi|aid)\]', term)}
        if ids or dois:
            articles = [a for a in articles if self.uid(a, database) in ids or a.doi in dois]
        dates = re.search(r"(\d{4})(?:/(\d+))?(?:/(\d+))?\"?(?:\[\w+\])?\s*:\s*\"?(\d{4})(?:/(\d+))?(?:/(\d+))?\"?\[(?:dp|pdat|edat|pubdate|crdt)", term)
        if dates:
            y, m, d, y2, m2, d2 = dates.groups()
            articles = self.by_dates(articles, "%s-%02d-%02d" % (y, int(m or 1), int(d or 1)), "%s-%02d-%02d" % (
                y2, int(m2 or 12), int(d2 or 31)))
        return articles

    def chosen(self, form):
        """Database and articles that a request names by history or by ids; None when it names none."""
        if form.get("WebEnv"):
            return self.kept.get((form["WebEnv"], form.get("query_key", "1")))
        database = form.get("db", "pubmed")
        ids = [i.strip().replace("PMC", "") for i in form.get("id", "").split(",") if i.strip()]
        known = {self.uid(a, database): a for a in self.articles if a.pmcid}
        return (database, [known[i] for i in ids if i in known]) if ids else None

    def esearch(self, request):
        form = request.form()
        database, term = form.get("db", "pubmed"), form.get("term", "")
        if not term:
            return as_json({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": {"ERROR": "Empty term and query_key - nothing todo"}})
        articles = self.found(term, database)
        start, most = request.number("retstart", 0), request.number("retmax", 20, 0, 10000)
        out = {"count": str(len(articles)), "retmax": str(most), "retstart": str(start),
               "idlist": [self.uid(a, database) for a in articles[start:start + most]], "translationset": [], "querytranslation": term}
        if form.get("usehistory") == "y":
            name = "MCID_%024x" % (binascii.crc32(("%s %s" % (database, term)).encode()))
            self.kept[(name, "1")] = (database, articles)
            out.update(querykey="1", webenv=name)
        if form.get("retmode") == "json":
            return as_json({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": out})
        return as_xml("<eSearchResult><Count>%s</Count><RetMax>%s</RetMax><RetStart>%s</RetStart>%s<IdList>%s</IdList></eSearchResult>" % (
            out["count"], most, start, "<QueryKey>1</QueryKey><WebEnv>%s</WebEnv>" % out["webenv"] if "webenv" in out else "",
            "".join("<Id>%s</Id>" % i for i in out["idlist"])))

    def summary(self, a, database):
        date = a.date.replace("-", "/")
        return {"uid": self.uid(a, database), "pubdate": "%d %s" % (a.year, "Jan"), "epubdate": date, "source": a.journal,
                "authors": [{"name": "Muster A", "authtype": "Author"}], "title": a.title, "lang": [MEDLINE.get(a.language, "eng")],
                "pubtype": ["Retracted Publication" if a.retracted else "Journal Article"],
                "articleids": [{"idtype": k, "value": v} for k, v in (("pmid", a.pmid), ("doi", a.doi), ("pmcid", a.pmcid)) if v],
                "fulljournalname": a.journal, "sortdate": date + " 00:00", "sortpubdate": date + " 00:00"}

    def answer(self, request):
        form, name = request.form(), request.path.rsplit("/", 1)[-1]
        if name == "esearch.fcgi":
            return self.esearch(request)
        chosen = self.chosen(form)
        if chosen is None:
            return as_json({"esummaryresult": ["Empty id list - nothing todo"]})
        database, articles = chosen
        start, most = request.number("retstart", 0), request.number("retmax", 10000, 0, 10000)
        articles = articles[start:start + most]
        if name == "esummary.fcgi":
            result = {"uids": [self.uid(a, database) for a in articles]}
            result.update({self.uid(a, database): self.summary(a, database) for a in articles})
            return as_json({"header": {"type": "esummary", "version": "0.3"}, "result": result})
        if name == "efetch.fcgi" and database == "pmc":
            bodies = [re.sub(rb"^.*?(?=<article )", b"", a.xml(), flags=re.DOTALL) for a in articles]
            return Reply(200, b"<?xml version=\"1.0\" ?>\n<pmc-articleset>" + b"".join(bodies) + b"</pmc-articleset>", "text/xml")
        return not_found()


class Crossref(Service):
    """api.crossref.org: the cursor is the same string on every page, and the service remembers how far it was read."""

    hosts = ("api.crossref.org",)
    HEADERS = [("x-api-pool", "polite"), ("x-rate-limit-limit", "50"), ("x-rate-limit-interval", "1s"), ("x-concurrency-limit", "3")]

    def __init__(self, articles):
        super().__init__(articles)
        self.read = {}  # cursor -> how far

    def work(self, a):
        year, month, day = (int(n) for n in a.date.split("-"))
        out = {"DOI": a.doi, "URL": "https://doi.org/" + a.doi, "title": [a.title], "type": "journal-article", "language": a.language,
               "container-title": [a.journal], "publisher": "Replay", "issued": {"date-parts": [[year, month, day]]},
               "published": {"date-parts": [[year, month, day]]}, "author": [{"family": "Muster", "sequence": "first"}],
               "ISSN": ["0000-0000"], "abstract": "<jats:p>%s</jats:p>" % escape(ABSTRACT)}
        if a.license_url:
            out["license"] = [{"URL": a.license_url, "start": {"date-parts": [[year, month, day]]}, "delay-in-days": 0,
                               "content-version": "vor"}]
        if a.place == "pdf":
            out["link"] = [{"URL": a.pdf_url, "content-type": "application/pdf", "content-version": "vor",
                            "intended-application": "text-mining"}]
        if a.retracted:
            out["updated-by"] = [{"DOI": a.doi + ".r", "type": "retraction", "label": "Retraction"}]
        return out

    def answer(self, request):
        form = request.form()
        if request.path.startswith("/works/"):
            article = self.by_doi.get(request.path[len("/works/"):].lower())
            if not article:
                return not_found()
            return as_json({"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": self.work(article)}, 200, self.HEADERS)
        if request.path != "/works":
            return not_found()
        found = [a for a in self.articles if a.doi]
        dates = dict(re.findall(r"(from|until)-pub-date:([\d-]+)", form.get("filter", "")))
        found = self.by_dates(found, dates.get("from"), dates.get("until") and dates["until"] + "\x7f")
        language = re.search(r"language:(\w+)", form.get("filter", ""))
        if language:
            found = [a for a in found if a.language == language.group(1)]
        size, cursor = request.number("rows", 20, 0, 1000), form.get("cursor")
        name = "DnF1ZXJ5%08x==" % binascii.crc32(repr(sorted((k, v) for k, v in form.items() if k != "cursor")).encode())
        if cursor and cursor not in ("*", name):
            return as_json({"status": "error", "message-type": "exception", "message": {"description": "Invalid cursor"}}, 404)
        start = 0 if cursor in (None, "*") else self.read.get(name, 0)
        if cursor is None:
            start = request.number("offset", 0)
        page = found[start:start + size]
        message = {"facets": {}, "total-results": len(found), "items": [self.work(a) for a in page], "items-per-page": size,
                   "query": {"start-index": 0, "search-terms": form.get("query")}}
        if cursor:
            message["next-cursor"] = name
        return as_json({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message}, 200, self.HEADERS,
                       after=lambda: self.read.update({name: start + size}))


class OpenAlex(Service):
    """api.openalex.org: a cursor needs a key; the last page says next_cursor null."""

    hosts = ("api.openalex.org",)

    def work(self, a):
        place = {"is_oa": a.open, "landing_page_url": a.landing_url, "pdf_url": a.pdf_url if a.place == "pdf" else None,
                 "license": a.license and a.license.lower().replace(" ", "-"), "version": "publishedVersion",
                 "source": {"display_name": a.journal, "issn_l": "0000-0000"}}
        ids = {"openalex": "https://openalex.org/W%d" % (4000000000 + a.number), "doi": "https://doi.org/" + a.doi}
        if a.pmid:
            ids.update(pmid="https://pubmed.ncbi.nlm.nih.gov/" + a.pmid)
        if a.pmcid:
            ids.update(pmcid="https://www.ncbi.nlm.nih.gov/pmc/articles/" + a.pmcid[3:])
        return {"id": ids["openalex"], "doi": ids["doi"], "title": a.title, "display_name": a.title, "language": a.language,
                "publication_year": a.year, "publication_date": a.date, "type": "article", "ids": ids, "is_retracted": a.retracted,
                "open_access": {"is_oa": a.open, "oa_status": "gold" if a.open else "closed", "oa_url": place["pdf_url"] or a.landing_url},
                "primary_location": place, "best_oa_location": place if a.open else None, "locations": [place],
                "has_fulltext": a.open, "abstract_inverted_index": {w: [i] for i, w in enumerate(ABSTRACT.split())}}

    def answer(self, request):
        form = request.form()
        key = form.get("api_key") or request.headers.get("authorization")
        if request.path.startswith("/works/"):
            name = request.path[len("/works/"):]
            number = int(name[1:]) - 4000000000 if re.fullmatch(r"W\d{10}", name) else 0
            doi = DOI.search(name)
            article = next((a for a in self.articles if a.number == number or name in ("pmcid:%s" % a.pmcid, "pmid:%s" % a.pmid)), None)
            if doi:
                article = self.by_doi.get(doi.group(0).lower())
            return as_json(self.work(article)) if article else as_html("<head><title>404 Not Found</title></head><body></body>", 404)
        if request.path == "/rate-limit":
            return as_json({"rate_limit": {"daily_budget_usd": 1, "daily_used_usd": 0}})
        if request.path != "/works":
            return not_found()
        if form.get("cursor") and not key:
            return as_json({"error": "Unauthorized", "message": "Cursor paging needs an API key."}, 401)
        found = [a for a in self.articles if a.doi]
        language = re.search(r"language:([\w|-]+)", form.get("filter", ""))
        if language:
            found = [a for a in found if a.language in language.group(1).split("|")]
        if "is_oa:true" in form.get("filter", ""):
            found = [a for a in found if a.open]
        since, until = (re.search(r"%s_publication_date:([\d-]+)" % w, form.get("filter", "")) for w in ("from", "to"))
        found = self.by_dates(found, since and since.group(1), until and until.group(1))
        size = request.number("per_page", request.number("per-page", 25, 1, 100), 1, 100)
        meta = {"count": len(found), "db_response_time_ms": 12, "per_page": size, "cost_usd": 0.0001}
        if form.get("cursor"):
            start = 0 if form["cursor"] == "*" else untoken(form["cursor"])
            if start is None:
                return as_json({"error": "Invalid query parameters error.", "message": "Cursor is not valid."}, 400)
            more = start + size < len(found)
            meta.update(page=None, next_cursor=token(start + size) if more else None)
        else:
            page = request.number("page", 1, 1)
            if page * size > 10000:
                return as_json({"error": "Pagination error.", "message": "Maximum results size of 10,000 records is exceeded."}, 400)
            start = (page - 1) * size
            meta.update(page=page)
        return as_json({"meta": meta, "results": [self.work(a) for a in found[start:start + size]], "group_by": []}, 200, [
            ("X-RateLimit-Limit", "10000"), ("X-RateLimit-Remaining", "9990"), ("X-RateLimit-Reset", "58798")])


class Unpaywall(Service):
    hosts = ("api.unpaywall.org",)

    def answer(self, request):
        match = re.fullmatch(r"/v2/(10\..+)", request.path)
        if "@" not in request.form().get("email", ""):
            return as_json({"HTTP_status_code": 422, "error": True, "message": "Email address required in API call"}, 422)
        a = match and self.by_doi.get(match.group(1).lower())
        if not a:
            return as_json({"HTTP_status_code": 404, "error": True, "message": "DOI isn't valid"}, 404)
        place = None
        if a.open:
            pdf = a.pdf_url if a.place == "pdf" else None
            place = {"url": pdf or a.landing_url, "url_for_pdf": pdf, "url_for_landing_page": a.landing_url, "evidence": "deprecated",
                     "license": a.license.lower().replace(" ", "-"), "version": "publishedVersion", "host_type": "publisher",
                     "is_best": True, "updated": "deprecated"}
        return as_json({"doi": a.doi, "doi_url": "https://doi.org/" + a.doi, "title": a.title, "genre": "journal-article", "is_paratext": False,
                        "published_date": a.date, "year": a.year, "journal_name": a.journal, "journal_issns": "0000-0000,0000-0001",
                        "is_oa": bool(place), "oa_status": "gold" if place else "closed", "best_oa_location": place,
                        "first_oa_location": place, "oa_locations": [place] if place else [], "data_standard": 2})


class Doaj(Service):
    hosts = ("doaj.org",)

    def answer(self, request):
        match = re.fullmatch(r"/api/(?:v\d/)?search/articles/(.*)", request.path)
        if not match:
            return not_found()
        found = [a for a in self.articles if a.open and a.doi]
        doi = re.search(r'doi:"?(10\.[^\s")]+)', match.group(1).replace("\\", ""))
        if doi:
            found = [a for a in found if a.doi == doi.group(1).lower()]
        language = re.findall(r'language[^:]*:\(?"?([A-Za-z]{2})\b', match.group(1))
        if language:
            found = [a for a in found if a.language.upper() in [w.upper() for w in language]]
        years = re.search(r"bibjson\.year:\[(\d{4}) TO (\d{4})\]", match.group(1))
        if years:
            found = self.by_dates(found, years.group(1), years.group(2) + "\x7f")
        size, page = request.number("pageSize", 10, 1, 100), request.number("page", 1, 1)
        if page * size > 1000:
            return as_json({"status": "bad_request", "error": "You cannot access results beyond 1000 records via this API."}, 400)
        results = [{"last_updated": "2022-12-21T17:34:13Z", "id": "%032x" % a.number, "created_date": a.date + "T00:00:00Z", "bibjson": {
            "identifier": [{"id": "0000-0000", "type": "pissn"}, {"id": a.doi, "type": "DOI" if a.number % 2 else "doi"}],
            "journal": {"title": a.journal, "language": [a.language.upper()], "issns": ["0000-0000"], "publisher": "Replay", "country": "DE"},
            "year": str(a.year), "month": a.date[5:7], "title": a.title, "abstract": ABSTRACT, "author": [{"name": "A Muster"}],
            "link": [{"type": "fulltext", "url": a.pdf_url if a.place == "pdf" else a.landing_url,
                      "content_type": "PDF" if a.place == "pdf" else "HTML"}]}} for a in found[(page - 1) * size:page * size]]
        out = {"total": len(found), "page": page, "pageSize": size, "timestamp": "2026-11-20T08:17:35Z", "query": match.group(1), "results": results}
        if page * size < len(found):
            out["next"] = "https://doaj.org/api/search/articles/x?page=%d&pageSize=%d" % (page + 1, size)
        return as_json(out)


class Core(Service):
    """api.core.ac.uk: offset, or a scroll; without the slash at the end it redirects first."""

    hosts = ("api.core.ac.uk",)

    def answer(self, request):
        if request.path == "/v3/search/works":
            return Reply(301, b"", None, [("Location", "https://api.core.ac.uk/v3/search/works/?" + request.query)])
        if request.path != "/v3/search/works/":
            return not_found()
        query, found = request.form().get("q", ""), [a for a in self.articles if a.doi and a.open]
        language = re.search(r'language(?:\.code)?:\(?"?([a-z]{2})\b', query)
        if language:
            found = [a for a in found if a.language == language.group(1)]
        doi = re.search(r'doi:"?(10\.[^\s")]+)', query)
        if doi:
            found = [a for a in found if a.doi == doi.group(1).lower()]
        years = {sign: year for sign, year in re.findall(r"yearPublished([<>])=(\d{4})", query)}
        found = self.by_dates(found, years.get(">"), years.get("<") and years["<"] + "\x7f")
        start, size, scroll = request.number("offset", 0), request.number("limit", 10, 1, 100), None
        if request.form().get("scroll") == "true" or request.form().get("scrollId"):
            start = untoken(request.form().get("scrollId", "")) or 0
            scroll = token(start + size)
        results = [{"id": a.number, "doi": a.doi, "title": a.title, "language": {"code": a.language, "name": "x"}, "yearPublished": a.year,
                    "publishedDate": a.date + "T00:00:00", "abstract": ABSTRACT, "authors": [{"name": "Muster"}], "arxivId": a.arxiv,
                    "pubmedId": a.pmid, "documentType": "research", "downloadUrl": a.pdf_url if a.place == "pdf" else None,
                    "links": [{"type": "display", "url": "https://core.ac.uk/works/%d" % a.number}], "journals": [{"title": a.journal}]}
                   for a in found[start:start + size]]
        return as_json({"totalHits": len(found), "limit": size, "offset": start, "scrollId": scroll, "results": results, "tooks": [], "esTook": 3},
                       200, [("X-RateLimit-Limit", "1000"), ("X-RateLimit-Remaining", "990"), ("X-RateLimit-Retry-After", "")])


class Arxiv(Service):
    hosts = ("export.arxiv.org",)

    def answer(self, request):
        if request.path != "/api/query":
            return not_found()
        form, found = request.form(), [a for a in self.articles if a.arxiv]
        if form.get("id_list"):
            ids = [re.sub(r"v\d+$", "", i) for i in form["id_list"].split(",")]
            found = [a for a in found if a.arxiv in ids]
        start, size = request.number("start", 0), request.number("max_results", 10, 0, 2000)
        entries = ["""<entry><id>http://arxiv.org/abs/{0}v1</id><title>{1}</title><updated>{2}T00:00:00Z</updated><published>{2}T00:00:00Z</published>
<link href="https://arxiv.org/abs/{0}v1" rel="alternate" type="text/html"/><link href="https://arxiv.org/pdf/{0}v1" rel="related"
 type="application/pdf" title="pdf"/><summary>{4}</summary><category term="physics.med-ph"/><author><name>A Muster</name></author>
<arxiv:doi>{3}</arxiv:doi></entry>""".format(a.arxiv, escape(a.title), a.date, escape(a.doi), ABSTRACT) for a in found[start:start + size]]
        return as_xml("""<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns="http://www.w3.org/2005/Atom"><id>https://arxiv.org/api/x</id><title>arXiv Query: x</title><updated>2026-04-12T22:09:27Z</updated>
<opensearch:itemsPerPage>%d</opensearch:itemsPerPage><opensearch:totalResults>%d</opensearch:totalResults><opensearch:startIndex>%d</opensearch:startIndex>
%s</feed>""" % (size, len(found), start, "\n".join(entries)), 200, "application/atom+xml; charset=utf-8")


class Biorxiv(Service):
    """api.biorxiv.org: everything between two dates, 30 a page, counts partly as strings."""

    hosts = ("api.biorxiv.org", "api.medrxiv.org")

    def entry(self, a):
        return {"title": a.title, "authors": "Muster, A.", "doi": a.doi, "date": a.date, "version": "1", "type": "new results",
                "license": (a.license or "none").lower().replace(" ", "_").replace("-", "_"), "category": "radiology", "jatsxml": "",
                "abstract": ABSTRACT, "published": "NA", "server": "bioRxiv"}

    def answer(self, request):
        one = re.fullmatch(r"/details/(biorxiv|medrxiv)/(10\..+)/na(?:/json)?", request.path)
        many = re.fullmatch(r"/details/(biorxiv|medrxiv)/(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)(?:/(\d+))?(?:/json)?", request.path)
        if one:
            found = [a for a in self.articles if a.biorxiv and a.doi == one.group(2).lower()] if one.group(1) == "biorxiv" else []
            return as_json({"messages": [{"status": "ok" if found else "no posts found"}], "collection": [self.entry(a) for a in found]})
        if not many:
            return as_json({"messages": [{"status": "Error : (2) incorrect date or DOI format"}], "collection": []})
        server, since, until, cursor = many.groups()
        found = sorted((a for a in self.articles if a.biorxiv and since <= a.date <= until), key=lambda a: a.date) if server == "biorxiv" else []
        page = found[int(cursor or 0):int(cursor or 0) + 30]
        if not page:
            return as_json({"messages": [{"status": "no posts found"}], "collection": []})
        return as_json({"messages": [{"status": "ok", "category": "all", "interval": "%s:%s" % (since, until), "cursor": int(cursor or 0),
                                      "count": len(page), "count_new_papers": str(len(found)), "total": str(len(found))}],
                        "collection": [self.entry(a) for a in page]})


class Hal(Service):
    hosts = ("api.archives-ouvertes.fr",)

    def answer(self, request):
        if not re.fullmatch(r"/search/?", request.path):
            return not_found()
        words = " ".join(v for k, v in request.pairs() if k in ("q", "fq"))
        found = [a for a in self.articles if a.open and a.doi]
        language = re.findall(r"language_s:\(?\"?([a-z]{2})", words)
        found = [a for a in found if a.language in (language or ["fr"])]
        one = re.search(r'(?:doi|pubmed|pubmedcentral|arxiv|hal)Id_s:"?([^\s")]+)', words)
        if one:
            found = [a for a in found if one.group(1).lower() in (a.doi, a.pmid, (a.pmcid or "").lower(), a.arxiv)]
        dates = re.search(r"producedDate_tdate:\[(\S+) TO (\S+)\]", words)
        if dates:
            found = self.by_dates(found, *(d[:10].replace("*", "") for d in dates.groups()))
        form, size = request.form(), request.number("rows", 30, 0, 10000)
        cursor = form.get("cursorMark")
        start = request.number("start", 0) if not cursor else 0 if cursor == "*" else untoken(cursor)
        if start is None:
            return as_json({"error": {"msg": "Unable to parse 'cursorMark'", "code": 400}}, 400)
        page = found[start:start + size]
        docs = [{"docid": str(a.number), "halId_s": "hal-%08d" % a.number, "doiId_s": a.doi, "title_s": [a.title], "language_s": [a.language],
                 "label_s": a.title, "uri_s": "https://hal.science/hal-%08d" % a.number, "producedDateY_i": a.year, "producedDate_s": a.date,
                 "publicationDate_s": a.date, "docType_s": "ART", "journalTitle_s": a.journal, "licence_s": a.license_url,
                 "fileMain_s": a.pdf_url if a.place == "pdf" else None} for a in page]
        out = {"response": {"numFound": len(found), "start": start, "numFoundExact": True,
                            "docs": [{k: v for k, v in d.items() if v is not None} for d in docs]}}
        if cursor:
            out["nextCursorMark"] = token(start + size) if page else cursor
        return as_json(out)


class Jstage(Service):
    hosts = ("api.jstage.jst.go.jp",)

    def answer(self, request):
        if request.path != "/searchapi/do":
            return not_found()
        found = [a for a in self.articles if a.language == "ja"]
        start, size = request.number("start", 1, 1), request.number("count", 1000, 1, 1000)
        page = found[start - 1:start - 1 + size]
        entries = ["""<entry><article_title><ja><![CDATA[%s]]></ja></article_title><article_link><ja>https://www.jstage.jst.go.jp/article/replay/%d/_article/-char/ja/</ja></article_link>
<author><ja><name><![CDATA[模範太郎]]></name></ja></author><cdjournal>replay</cdjournal><material_title><ja><![CDATA[%s]]></ja></material_title><prism:issn/>
<pubyear>%d</pubyear><prism:doi>%s</prism:doi><title><![CDATA[%s]]></title><link href="https://doi.org/%s"/><id>https://doi.org/%s</id></entry>""" % (
            a.title, a.number, a.journal, a.year, a.doi, a.title, a.doi, a.doi) for a in page]
        status = "0" if page else "ERR_001"
        return as_xml("""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"
 xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xml:lang="ja"><result><status>%s</status><message>%s</message></result><title>Articles</title>
<servicecd>3</servicecd><updated>2026-01-14T15:20+09:00</updated><opensearch:totalResults>%d</opensearch:totalResults>
<opensearch:startIndex>%d</opensearch:startIndex><opensearch:itemsPerPage>%d</opensearch:itemsPerPage>%s</feed>""" % (
            status, "" if page else "No results", len(found), start, len(page), "".join(entries)), 200, "text/xml; charset=UTF-8")


class Scielo(Service):
    """articlemeta.scielo.org: lists of records or of identifiers by date, and single ones; JSON with ISIS tags, or SciELO PS."""

    hosts = ("articlemeta.scielo.org",)

    def record(self, a):
        texts = {"html": {a.language: a.landing_url}}
        if a.place == "pdf":
            texts["pdf"] = {a.language: a.pdf_url}
        tags = {"v12": [{"_": a.title, "l": a.language}], "v40": [{"_": a.language}], "v880": [{"_": a.scielo}], "v237": [{"_": a.doi}],
                "v65": [{"_": a.date.replace("-", "")}], "v83": [{"a": ABSTRACT, "l": a.language}]}
        return {"code": a.scielo, "collection": "scl", "doi": a.doi, "processing_date": a.date, "publication_year": str(a.year),
                "publication_date": a.date, "sent_wos": "False", "document_type": "research-article", "fulltexts": texts,
                "license": (a.license or "").lower().replace("cc ", "") + "/4.0", "title": {"v100": [{"_": a.journal}]}, "article": tags}

    def answer(self, request):
        form, path = request.form(), request.path.rstrip("/")
        found = [a for a in self.articles if a.scielo] if form.get("collection", "scl") == "scl" else []
        if path in ("/api/v1/article/identifiers", "/api/v1/articles"):
            start, size = request.number("offset", 0), request.number("limit", 1000, 1, 1000)
            found = self.by_dates(found, form.get("from"), form.get("until"))
            objects = [self.record(a) if path.endswith("articles") else {
                "code": a.scielo, "collection": "scl", "doi": a.doi, "processing_date": a.date} for a in found[start:start + size]]
            return as_json({"meta": {"limit": size, "offset": start, "total": len(found), "filter": {"collection": "scl"}}, "objects": objects})
        if path == "/api/v1/article":
            a = next((a for a in found if a.scielo == form.get("code")), None)
            if not a:
                return Reply(200, b"null", "application/json")
            return Reply(200, a.xml(), "text/xml") if form.get("format") == "xmlrsps" else as_json(self.record(a))
        return not_found()


ALL = (EuropePmc, EuropePmcSite, Eutils, Crossref, OpenAlex, Unpaywall, Doaj, Core, Arxiv, Biorxiv, Hal, Jstage, Scielo)
