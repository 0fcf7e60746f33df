-- The two databases of PostgreSQL; their tables are made by the platform.
CREATE DATABASE registry;
CREATE DATABASE dagster;
