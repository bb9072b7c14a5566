; only words
