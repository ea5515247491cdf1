"""The kinds of stored-video jobs: requests and responses of each."""
