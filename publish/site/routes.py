"""Every address of the public site.

Datasette asks these before its own. Names are promised to strangers (architecture 6).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from publish.site.my.consents import authorise, commit, letter, withdraw
from publish.site.my.entrance import end_others, login, logout
from publish.site.my.entrance import home as my_home
from publish.site.my.looking import refuse
from publish.site.my.requests import ask_objection, ask_repair, show_case
from publish.site.my.trail import looked, trail
from publish.site.pages.catalogues import (
    government,
    incentives,
    inspections,
    policies,
)
from publish.site.pages.code import code
from publish.site.pages.credit_file import credit_file
from publish.site.pages.data import catalogue, catalogue_document, dataset
from publish.site.pages.disclosures import disclosures
from publish.site.pages.downloads import latest, released
from publish.site.pages.feeds import list_feed, release_feed
from publish.site.pages.home import home
from publish.site.pages.honours import honours
from publish.site.pages.lists import record_list
from publish.site.pages.offices import office, office_shown
from publish.site.pages.policy import policy
from publish.site.pages.releases import changed, releases, versions
from publish.site.pages.report import report
from publish.site.pages.search import search, suggestions
from publish.site.pages.sitemap import portion, sitemap
from publish.site.pages.statistics import statistics
from publish.site.pages.status import status
from publish.site.pages.texts import about, objection, repair
from publish.site.pages.verification import certificate, verification
from publish.site.pages.verify import verify
from publish.site.static_files import static

View = Callable[..., Awaitable[Any]]
HONOUR = r"^/honours/(?P<list>[a-z_]+)/(?P<year>[0-9]{4})/(?P<uscc>[0-9A-Z]{18})"

ROUTES: list[tuple[str, View]] = [
    (r"^/$", home),
    (r"^/search$", search),
    (r"^/search/suggestions$", suggestions),
    (r"^/e/(?P<uscc>[^/]+)$", credit_file),
    (r"^/e/(?P<uscc>[^/]+)/code\.svg$", code),
    (r"^/e/(?P<uscc>[^/]+)/report\.pdf$", report),
    (r"^/verify/(?P<uscc>[^/]+)$", verify),
    (r"^/verify/(?P<uscc>[^/]+)/(?P<fingerprint>[^/]+)$", verify),
    (r"^/honours$", honours),
    (HONOUR + "$", verification),
    (HONOUR + r"/certificate\.pdf$", certificate),
    (r"^/disclosures$", disclosures),
    (r"^/lists/(?P<list>[a-z_]+)$", record_list),
    (r"^/incentives$", incentives),
    (r"^/inspections$", inspections),
    (r"^/government$", government),
    (r"^/policies$", policies),
    (r"^/policy$", policy),
    (r"^/statistics$", statistics),
    (r"^/data$", catalogue),
    (r"^/data/versions\.json$", versions),
    (r"^/data/catalog\.jsonld$", catalogue_document),
    (r"^/data/latest/(?P<name>[A-Za-z0-9_./-]+)$", latest),
    (r"^/data/releases$", releases),
    (r"^/data/releases/(?P<release>[0-9a-f-]+)$", changed),
    (r"^/data/releases/(?P<release>[0-9a-f-]+)/(?P<name>[A-Za-z0-9_./-]+)$", released),
    (r"^/data/(?P<table>[a-z_]+)$", dataset),
    (r"^/feeds/releases\.atom$", release_feed),
    (r"^/feeds/(?P<list>[a-z_]+)\.atom$", list_feed),
    (r"^/sitemap\.xml$", sitemap),
    (r"^/sitemaps/(?P<name>pages|enterprises-[1-9][0-9]{0,5})\.xml$", portion),
    (r"^/status$", status),
    (r"^/repair$", repair),
    (r"^/objection$", objection),
    (r"^/about$", about),
    (r"^/my$", my_home),
    (r"^/my/login$", login),
    (r"^/my/logout$", logout),
    (r"^/my/sessions/end$", end_others),
    (r"^/my/repair$", ask_repair),
    (r"^/my/objection$", ask_objection),
    (r"^/my/cases/(?P<case>[A-Z0-9]+)$", show_case),
    (r"^/my/timeline$", trail),
    (r"^/my/commitment$", commit),
    (r"^/my/authorise$", authorise),
    (r"^/my/authorisations/(?P<authorisation>[a-z0-9_]+)/withdraw$", withdraw),
    (r"^/my/looked$", looked),
    (r"^/my/requests/(?P<request>[a-z0-9_]+)/refuse$", refuse),
    (r"^/my/letters/(?P<letter>[A-Z0-9]+(?:\.pdf)?)$", letter),
    (r"^/office$", office),
    (r"^/office/(?P<name>scorecards|checks)\.html$", office_shown),
    (r"^/static-site/(?P<name>[a-z.]+)$", static),
]
