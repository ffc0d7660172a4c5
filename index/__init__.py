"""The library on disk and search in it: embedding model, SQLite, FAISS, full text."""
