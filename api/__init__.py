"""HTTP: the API below /v1 and the pages for people."""
