"""The coin metadata in SQL: tables, mapping to domain types, the store, the migration runner."""
