"""A real S3 server on the loopback, with one user who may use one bucket."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests
from pydantic import SecretStr

from orchestration.lake.objects import Access, Objects

BUCKET, USER, PATIENCE = "park", "lake", 60
MAY = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
ROOT = {
    "aws_access_key_id": "root",
    "aws_secret_access_key": "root",
    "region_name": "us-east-1",
}


@dataclass(frozen=True)
class Bucket:
    """The bucket, and the keys of who may use it."""

    endpoint: str
    key: str
    secret: str

    def settings(self, prefix: str) -> dict[str, Any]:
        """What a home needs to have its lake below a prefix."""
        return {
            "lake": f"s3://{BUCKET}/{prefix}",
            "lake_endpoint": self.endpoint,
            "lake_key": self.key,
            "lake_secret": SecretStr(self.secret),
        }

    def environment(self, prefix: str) -> dict[str, str]:
        """The same for a process of its own."""
        return {
            f"CREDITPARK_{name.upper()}": value.get_secret_value()
            if isinstance(value, SecretStr)
            else value
            for name, value in self.settings(prefix).items()
        }

    def store(self, prefix: str, folder: Path) -> Objects:
        """The place below a prefix, as a machine sees it that works in a folder."""
        url = f"s3://{BUCKET}/{prefix}"
        return Objects.of(Access(url, self.endpoint, self.key, self.secret), folder)


@contextmanager
def serving(folder: Path) -> Iterator[Bucket]:
    """Start the server; what it says is in ``moto.log`` of the folder."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (folder / "moto.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield _made(f"http://127.0.0.1:{port}", server)
        finally:
            server.kill()
            server.wait()


def _made(endpoint: str, server: subprocess.Popen[bytes]) -> Bucket:
    give_up = time.monotonic() + PATIENCE
    while True:
        assert server.poll() is None
        try:
            requests.get(f"{endpoint}/moto-api/", timeout=5)
            break
        except requests.ConnectionError:
            assert time.monotonic() < give_up
            time.sleep(0.1)
    boto3.client("s3", endpoint_url=endpoint, **ROOT).create_bucket(Bucket=BUCKET)
    iam = boto3.client("iam", endpoint_url=endpoint, **ROOT)
    iam.create_user(UserName=USER)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [MAY]})
    iam.put_user_policy(UserName=USER, PolicyName="all", PolicyDocument=policy)
    made = iam.create_access_key(UserName=USER)["AccessKey"]
    # From now on the server looks at keys and signatures.
    requests.post(f"{endpoint}/moto-api/reset-auth", data="0", timeout=5)
    return Bucket(endpoint, made["AccessKeyId"], made["SecretAccessKey"])
