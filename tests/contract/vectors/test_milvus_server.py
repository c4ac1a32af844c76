"""A standalone Milvus server keeps the contract."""

import pytest

from tests.contract.vectors.contract import VectorStoreContract


class TestMilvusServer(VectorStoreContract):
    @pytest.fixture(scope="class")
    @classmethod
    def uri(cls, milvus_server):
        with milvus_server.database() as uri:
            yield uri
