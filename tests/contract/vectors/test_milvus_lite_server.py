"""`milvus-lite server` keeps the contract."""

import pytest

from tests.contract.vectors.contract import VectorStoreContract


class TestMilvusLiteServer(VectorStoreContract):
    @pytest.fixture(scope="class")
    @classmethod
    def uri(cls, milvus_lite_server):
        return milvus_lite_server.uri
