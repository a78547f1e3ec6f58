#!/bin/sh
# Run once by the image of Citus, after database.sh: the extension, and how servers know one another.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname trellis \
    --set superuser="password=$POSTGRES_PASSWORD" --set owner="password=$OWNER_PASSWORD" \
    --set serving="password=$SERVING_PASSWORD" --set platform="password=$PLATFORM_PASSWORD" <<'SQL'
CREATE EXTENSION citus;
CREATE ROLE trellis_app LOGIN NOINHERIT;
CREATE ROLE trellis_platform LOGIN NOINHERIT;
GRANT trellis_app, trellis_platform TO trellis_owner WITH ADMIN OPTION;
INSERT INTO pg_dist_authinfo (nodeid, rolename, authinfo)
VALUES (0, 'postgres', :'superuser'), (0, 'trellis_owner', :'owner'), (0, 'trellis_app', :'serving'),
       (0, 'trellis_platform', :'platform');
SQL
