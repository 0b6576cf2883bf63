# A client of Python's http.client: client.py URL CASES TOKEN sends each case several times, and after each a good request, with this token
# and the same object. Prints the two statuses of each try, or an error. The tests tell what a case has (tests/tests/http_clients/refusals.rs).
import http.client
import json
import sys
from urllib.parse import urlsplit

server = urlsplit(sys.argv[1]).netloc
PING_HEADERS = {
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
    "authorization": f"Bearer {sys.argv[3]}",
}
PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}'


def status(connection, method, path, headers, body):
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def parts(size):
    """The body in parts. Its length is not known, so that it is sent in chunks."""
    for begin in range(0, size, 65536):
        yield b"x" * min(65536, size - begin)


for case in json.loads(sys.argv[2]):
    for _ in range(case["tries"]):
        connection = http.client.HTTPConnection(server, timeout=60)
        body = parts(case["size"]) if case["chunked"] else b"x" * case["size"]
        try:
            refused = status(connection, case["method"], case["path"], case["headers"], body)
            print(refused, status(connection, "POST", "/mcp", PING_HEADERS, PING))
        except (OSError, http.client.HTTPException) as error:
            print(repr(error))
        connection.close()
