"""Queries that show the product to an HR lead, a manager and an employee."""
QUERIES = {}
def first_query(): return "query"
