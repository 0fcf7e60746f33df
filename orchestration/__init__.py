"""When things run and where bytes lie: definitions, lake, settings, command line."""
