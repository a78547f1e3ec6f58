"""Side-by-side comparisons that anyone can run: `make bench`."""
