"""`trellis import`: bring the people of a CSV file in, through the API."""
