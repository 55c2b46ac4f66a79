"""Renders targets with Debian's graphite-web: whisper files from samples, then its own view, without a server.

Reads one JSON object from stdin: directory, step, series (values by name, null for none), start, queries (query strings).
Writes one JSON list to stdout: for each query the list of series, or the error."""
import json, os, sys

order = json.load(sys.stdin)
directory = order["directory"]
os.environ["DJANGO_SETTINGS_MODULE"] = "graphite.settings"
os.environ["GRAPHITE_STORAGE_DIR"] = directory
os.environ["GRAPHITE_CONF_DIR"] = directory
sys.path.insert(0, "/usr/lib/python3/dist-packages")
import graphite.settings as own

own.TIME_ZONE = "UTC"
own.SECRET_KEY = "test"
own.LOG_DIR = directory
own.LOG_FILE_INFO = own.LOG_FILE_EXCEPTION = own.LOG_FILE_CACHE = own.LOG_FILE_RENDERING = "-"
own.STANDARD_DIRS = [directory + "/whisper"]
own.WHISPER_DIR = directory + "/whisper"
own.STORAGE_DIR = directory
own.INDEX_FILE = directory + "/index"
own.CARBONLINK_HOSTS = ["127.0.0.1:1"]
own.TAGDB = "graphite.tags.localdatabase.LocalDatabaseTagDB"
own.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": directory + "/graphite.db"}}
import django

django.setup()
import whisper
from django.core.management import call_command
from django.test import RequestFactory
from graphite.render.views import renderView
from graphite.storage import STORE
from graphite.tags.utils import TaggedSeries

call_command("migrate", run_syncdb=True, verbosity=0)
for name, values in order["series"].items():
    if ";" in name:
        STORE.tagdb.tag_series(name)
    path = directory + "/whisper/" + TaggedSeries.encode(name, sep="/") + ".wsp"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    whisper.create(path, [(order["step"], 10000)], xFilesFactor=0)
    points = [(order["start"] + i * order["step"], v) for i, v in enumerate(values) if v is not None]
    whisper.update_many(path, points)

results = []
for query in order["queries"]:
    try:
        response = renderView(RequestFactory().get("/render?" + query))
        results.append(json.loads(response.content) if response.status_code == 200 else {"error": response.content.decode()})
    except Exception as error:
        results.append({"error": repr(error)})
json.dump(results, sys.stdout)
