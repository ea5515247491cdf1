"""The kinds of stored-video jobs: the requests and responses of each."""
