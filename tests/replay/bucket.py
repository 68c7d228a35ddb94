"""The bucket of the PMC Cloud Service, pmc-oa-opendata: flat keys, a prefix for each version of an article, as since 2026."""
import base64
import binascii
import bisect
import csv
import gzip
import hashlib
import io
import json
from xml.sax.saxutils import escape

from message import Reply, as_xml, not_found, ranged

HOST = "pmc-oa-opendata.s3.amazonaws.com"
INVENTORY = "inventory-reports/pmc-oa-opendata/metadata/"
LAST_MODIFIED = "Thu, 08 Jan 2026 11:47:59 GMT"
TYPES = {"xml": "application/xml", "json": "application/json", "pdf": "application/pdf", "txt": "text/plain", "png": "image/png",
         "jpg": "image/jpeg", "gif": "image/gif", "tif": "image/tiff", "gz": "application/gzip"}


def s3_error(status, code, message):
    return as_xml("<Error><Code>%s</Code><Message>%s</Message><RequestId>0123456789ABCDEF</RequestId></Error>" % (code, message), status)


class Bucket:
    """`page_size`: keys a page of a listing; S3 has 1,000."""

    def __init__(self, articles, page_size=1000, inventory_date="2026-11-20"):
        self.page_size, self.date = page_size, inventory_date
        self.versions = {a.key(v): (a, v) for a in articles if a.place == "bucket" for v in a.versions}
        self.keys, self.cache = None, {}

    def files(self, prefix):
        """Key -> bytes of one version, its metadata too. Small ones are kept."""
        if prefix in self.cache:
            return self.cache[prefix]
        article, version = self.versions[prefix]
        files = article.bucket_files(version)
        files["%s/%s.json" % (prefix, prefix)] = json.dumps(article.metadata(files, version), ensure_ascii=False).encode()
        if sum(map(len, files.values())) < 200000:
            self.cache[prefix] = files
        return files

    def listing(self):
        if self.keys is None:
            self.keys = sorted([k for p in self.versions for k in self.files(p)] + ["metadata/%s.json" % p for p in self.versions])
        return self.keys

    def load(self, key):
        """The bytes of a key, or None."""
        folder, _, name = key.partition("/")
        if folder == "metadata" and name.endswith(".json"):
            folder, key = name[:-5], "%s/%s" % (name[:-5], name)
        if folder in self.versions:
            return self.files(folder).get(key)
        if key == "%s%sT01-00Z/manifest.json" % (INVENTORY, self.date):
            data = self.load(INVENTORY + "data/0001.csv.gz")
            return json.dumps({"sourceBucket": "pmc-oa-opendata", "destinationBucket": "arn:aws:s3:::pmc-oa-opendata",
                               "version": "2016-11-30", "fileFormat": "CSV", "fileSchema": "Bucket, Key, LastModifiedDate, ETag",
                               "files": [{"key": INVENTORY + "data/0001.csv.gz", "size": len(data),
                                          "MD5checksum": hashlib.md5(data).hexdigest()}]}).encode()
        if key == INVENTORY + "data/0001.csv.gz":
            out = io.StringIO()
            rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for prefix in sorted(self.versions):
                rows.writerow(("pmc-oa-opendata", "metadata/%s.json" % prefix, "2026-01-08T11:47:59.000Z",
                               hashlib.md5(self.load("metadata/%s.json" % prefix)).hexdigest()))
            return gzip.compress(out.getvalue().encode(), mtime=0)
        return None

    def answer(self, request):
        if request.path == "/":
            return self.list(request)
        key = request.path[1:]
        data = self.load(key)
        if data is None:
            return s3_error(404, "NoSuchKey", "The specified key does not exist.")
        md5 = hashlib.md5(data).hexdigest()
        return ranged(request, Reply(200, data, TYPES.get(key.rsplit(".", 1)[-1].lower(), "binary/octet-stream"), [
            ("ETag", '"%s"' % md5), ("Last-Modified", LAST_MODIFIED), ("Accept-Ranges", "bytes"), ("Server", "AmazonS3")], md5=md5))

    def list(self, request):
        """ListObjectsV2."""
        form = request.form()
        if form.get("list-type") != "2":
            return s3_error(403, "AccessDenied", "Access Denied")
        prefix, delimiter = form.get("prefix", ""), form.get("delimiter", "")
        size = min(request.number("max-keys", self.page_size, 1), self.page_size)
        after = form.get("start-after", "")
        if form.get("continuation-token"):
            try:  # opaque to clients, and with characters that a URL must not have
                after = base64.b64decode(form["continuation-token"], validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return s3_error(400, "InvalidArgument", "The continuation token provided is incorrect")
        folder = prefix.split("/", 1)[0]
        if delimiter and "/" not in prefix and prefix.startswith("PMC"):  # cheap: no file need be made to tell versions
            keys = sorted("%s/x" % p for p in self.versions if p.startswith(prefix))
        elif folder in self.versions:
            keys = sorted(self.files(folder))
        else:
            keys = self.listing()
        contents, folders, truncated, last = [], [], False, after
        for key in keys[bisect.bisect_right(keys, after) if after else bisect.bisect_left(keys, prefix):]:
            if not key.startswith(prefix):
                break
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            common = key[:cut + 1] if cut >= 0 else None
            if common and (common in folders or after.startswith(common)):
                continue
            if len(contents) + len(folders) == size:
                truncated = True
                break
            if common:
                folders.append(common)
            else:
                contents.append(key)
            last = common + "\x7f" if common else key
        out = ["<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>pmc-oa-opendata</Name><Prefix>%s</Prefix>"
               % escape(prefix), "<KeyCount>%d</KeyCount><MaxKeys>%d</MaxKeys>" % (len(contents) + len(folders), size)]
        if delimiter:
            out.append("<Delimiter>%s</Delimiter>" % escape(delimiter))
        out.append("<IsTruncated>%s</IsTruncated>" % ("true" if truncated else "false"))
        if truncated:
            out.append("<NextContinuationToken>%s</NextContinuationToken>" % base64.b64encode(last.encode()).decode())
        for key in contents:
            data = self.load(key)
            out.append("<Contents><Key>%s</Key><LastModified>2026-01-08T11:47:59.000Z</LastModified><ETag>&quot;%s&quot;</ETag>"
                       "<Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>" % (
                           escape(key), hashlib.md5(data).hexdigest(), len(data)))
        out += ["<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % escape(f) for f in folders]
        return as_xml("".join(out) + "</ListBucketResult>")


def dead_oa_service(request):
    """oa.fcgi, which is gone: 404 for every article, whether there is one or not."""
    return not_found("404 page not found\n")
