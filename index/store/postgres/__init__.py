"""The index in PostgreSQL with pgvector, for many readers and several curators. The one place that names psycopg."""
