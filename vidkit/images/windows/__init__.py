"""A range of sampling points, fetched in windows of one page each."""
