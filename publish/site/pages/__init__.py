"""One module per kind of page: it asks ``facts`` and fills a template."""
