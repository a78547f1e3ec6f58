"""What every kept concept needs: tables, the SQL reading of rules, the unit of work, the journal."""
