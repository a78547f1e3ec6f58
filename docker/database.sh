#!/bin/sh
# Run once by the PostgreSQL image: create the schema's owner, which is not a superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set password="$OWNER_PASSWORD" <<'SQL'
CREATE ROLE trellis_owner LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE trellis OWNER trellis_owner;
SQL
