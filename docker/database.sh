#!/bin/sh
# Run once by the image of PostgreSQL: the role that owns the schema, and is no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set password="$OWNER_PASSWORD" <<'SQL'
CREATE ROLE trellis_owner LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE trellis OWNER trellis_owner;
SQL
