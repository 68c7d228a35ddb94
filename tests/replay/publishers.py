"""Everything that is no interface for programs: doi.org, publishers' pages and PDFs, arXiv's files, robots.txt."""
import re
import zlib
from xml.sax.saxutils import escape, quoteattr

from message import Reply, as_html, not_found, ranged

CHALLENGE = ("<head><title>Just a moment...</title><meta http-equiv=\"refresh\" content=\"390\"></head><body><div class=\"main-wrapper\">"
             "<h2 id=\"challenge-running\">Checking if the site connection is secure</h2><noscript>Enable JavaScript and cookies to continue"
             "</noscript></div><script>window._cf_chl_opt={cvId:'3',cType:'managed'};</script><script src=\"/cdn-cgi/challenge-platform/h/b/"
             "orchestrate/chl_page/v1\"></script></body>")
ROBOTS = b"User-agent: *\r\nDisallow: /private/\r\nDisallow: /*?session=\r\nAllow: /articles/\r\n"


class Publishers:
    def __init__(self, articles, robots=None):
        """robots: host -> bytes that its robots.txt has, status or None for 404."""
        self.by_number = {str(a.number): a for a in articles}
        self.by_doi = {a.doi: a for a in articles if a.doi}
        self.by_arxiv = {a.arxiv: a for a in articles if a.arxiv}
        self.robots = dict(robots or {})

    def landing(self, a):
        """A page as they are found: eight ways to name the PDF, one of them by the article's number."""
        way, pdf, head = a.number % 8, a.pdf_url, ""
        charset = {5: "iso-8859-1", 6: "gb18030", 7: "shift_jis"}.get(way, "utf-8")
        if way == 1:
            pdf = "/articles/%d/fulltext.pdf" % a.number
        elif way == 2:
            pdf = "%d/fulltext.pdf" % a.number
        elif way == 3:
            pdf, head = "fulltext.pdf", "<base href=\"%s/\">" % a.landing_url
        form = {1: "<meta content={v} name={k}>", 2: "<META NAME={k} CONTENT={v}/>", 4: "<meta property={k} content={v} xml:lang=\"en\" />"}.get(
            way, "<meta name={k} content={v}>")
        meta = [("citation_title", a.title), ("citation_doi", a.doi), ("citation_journal_title", a.journal), ("citation_author", "Muster, A."),
                ("citation_publication_date", a.date.replace("-", "/")), ("citation_language", a.language)]
        if a.place in ("pdf", "landing"):
            meta.append(("citation_pdf_url", pdf))
        lines = [form.format(k=quoteattr(k), v=quoteattr(v)) for k, v in meta]
        if way == 3:
            lines = [line.replace('"', "'") if "'" not in line else line for line in lines]
        if a.license_url:
            lines.append('<link rel="license" href="%s">' % a.license_url)
        license = "<a rel=\"license\" href=\"%s\">%s</a>" % (a.license_url, a.license) if a.license_url else "Buy this article"
        text = "<!DOCTYPE html>\n<html><head><meta charset=\"%s\">%s<title>%s</title>\n%s\n</head><body><h1>%s</h1><p>%s</p>%s</body></html>\n" % (
            charset, head, escape(a.title), "\n".join(lines), escape(a.title), license,
            "<p>Low-dose radiation relieved pain in most patients.</p>" * 20)
        # The Latin-1 page is announced as UTF-8, as many are.
        return Reply(200, text.encode(charset, "xmlcharrefreplace"), "text/html; charset=utf-8" if way == 5 else "text/html")

    def answer(self, request):
        host, path = request.host, request.path
        if path == "/robots.txt":
            robots = self.robots.get(host, ROBOTS)
            if isinstance(robots, int):
                return Reply(robots, b"", "text/plain")
            return Reply(200, robots, "text/plain; charset=utf-8")
        if host in ("doi.org", "dx.doi.org"):
            a = self.by_doi.get(path[1:].lower())
            return Reply(302, b"", None, [("Location", a.landing_url)]) if a else as_html("<head><title>DOI Not Found</title></head>", 404)
        match = re.fullmatch(r"/pdf/(\d{4}\.\d{5})(?:v\d+)?(?:\.pdf)?", path) if host in ("arxiv.org", "export.arxiv.org") else None
        if match and match.group(1) in self.by_arxiv:
            return self.file(request, self.by_arxiv[match.group(1)].pdf())
        match = re.fullmatch(r"/content/(10\.1101/.+?)v\d+\.full\.pdf", path) if host in ("www.biorxiv.org", "www.medrxiv.org") else None
        if match and match.group(1) in self.by_doi:
            return self.file(request, self.by_doi[match.group(1)].pdf())
        match = re.fullmatch(r"/articles/(\d+)(/fulltext\.pdf)?", path)
        a = match and self.by_number.get(match.group(1))
        if not a or a.publisher != host:
            return as_html("<head><title>Not found</title></head><body>There is nothing here.</body>", 404)
        if not match.group(2):
            return self.landing(a)
        return self.file(request, a.pdf()) if a.place in ("pdf", "landing") else not_found("no such file\n")

    def file(self, request, data):
        return ranged(request, Reply(200, data, "application/pdf", [("ETag", '"%x-%d"' % (zlib.crc32(data), len(data))),
                                                                   ("Accept-Ranges", "bytes"), ("Last-Modified", "Thu, 08 Jan 2026 11:47:59 GMT")]))
