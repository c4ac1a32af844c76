"""The vectors in Milvus: the only floor that imports pymilvus."""
