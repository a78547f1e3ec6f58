"""What every concept needs in the database: tables, mapping, the journal and the search index."""
