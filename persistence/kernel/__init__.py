"""What every kept concept needs: tables, rules read in SQL, the unit of work, the journal."""
