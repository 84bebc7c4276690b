"""A small HTTP/1.1 client on a bare socket: it pipelines, and sends bytes that no well-bred client would."""

import json
import socket


class Closed(Exception):
    """The peer is gone: whatever was not answered is unknown."""


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    @property
    def good(self):
        return 200 <= self.status < 300


class Connection:
    def __init__(self, address, headers=(), timeout=30.0):
        self.address = address
        self.fixed = "".join(f"{name}: {value}\r\n" for name, value in headers)
        self.buffer = b""
        try:
            self.socket = socket.create_connection(address, timeout=timeout)
        except OSError as error:
            raise Closed(str(error)) from error
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send_raw(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from error

    def send(self, method, path, body=None, headers=()):
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.address[0]}\r\n{self.fixed}"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers)
        if body is not None:
            if not any(name.lower() == "content-type" for name, _ in headers):
                head += "Content-Type: application/json\r\n"
            head += f"Content-Length: {len(body)}\r\n"
        self.send_raw(head.encode() + b"\r\n" + (body or b""))

    def request(self, method, path, body=None, headers=()):
        self.send(method, path, body, headers)
        return self.receive(head_only=method == "HEAD")

    def _more(self):
        try:
            piece = self.socket.recv(65536)
        except OSError as error:
            raise Closed(str(error)) from error
        if not piece:
            raise Closed("end of stream")
        self.buffer += piece

    def _until(self, mark):
        while mark not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _exactly(self, count):
        while len(self.buffer) < count:
            self._more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def receive(self, head_only=False):
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        if 100 <= status < 200:
            return self.receive(head_only)
        if head_only or status in (204, 304):
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int(self._until(b"\r\n").split(b";")[0], 16):
                body += self._exactly(size)
                self._exactly(2)
            self._until(b"\r\n")
            return Answer(status, headers, body)
        return Answer(status, headers, self._exactly(int(headers.get("content-length", "0"))))
