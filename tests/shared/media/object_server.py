"""A server that speaks S3, on this machine, with one empty bucket."""

from typing import Any, Self

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer


class ObjectServer:
    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._is_running = False
        self.url = ""

    def __enter__(self) -> Self:
        self._server.start()
        self._is_running = True
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self._client = boto3.client(
            "s3", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="tests",
            aws_secret_access_key="tests", config=Config(retries={"max_attempts": 0}),
        )  # fmt: skip
        for name in ("pictures",):
            self._empty(name)
            self._client.create_bucket(Bucket=name)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self.stop()

    def stop(self) -> None:
        if self._is_running:
            self._is_running = False
            self._server.stop()

    def objects(self, bucket: str) -> dict[str, dict[str, Any]]:
        """What lies in a bucket by name, each with its bytes in `Body`."""
        found = self._client.list_objects_v2(Bucket=bucket).get("Contents", ())
        read = {one["Key"]: self._client.get_object(Bucket=bucket, Key=one["Key"]) for one in found}
        return {name: {**one, "Body": one["Body"].read()} for name, one in read.items()}

    def _empty(self, bucket: str) -> None:
        """Servers of one process share what they hold."""
        if bucket not in {one["Name"] for one in self._client.list_buckets()["Buckets"]}:
            return
        for name in self.objects(bucket):
            self._client.delete_object(Bucket=bucket, Key=name)
        self._client.delete_bucket(Bucket=bucket)
