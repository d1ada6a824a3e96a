"""Does with pydo, DigitalOcean's own client, what it is told: a JSON line for each call, a JSON line for each answer."""

import json
import os
import sys
import time
from urllib.parse import parse_qs, urlparse

from pydo import Client
from pydo.exceptions import HttpResponseError

# The lab's API is plain HTTP on this machine, over which the client sends a token only when it is told to.
PLAIN = {"enforce_https": False}
client = Client(token=os.environ["DIGITALOCEAN_TOKEN"], endpoint=os.environ["DIGITALOCEAN_API_URL"])


# Of the last reply: what the API's description knows of, the client takes for an answer.
status = 0


def note_status(pipeline):
    global status
    status = pipeline.http_response.status_code


class Refused(Exception):
    """The API has said why not."""


def whole(method, args):
    """A list to its last page, or the one thing that the answer holds."""
    answer = method(**args, **PLAIN, raw_response_hook=note_status)
    if status >= 400:
        raise Refused(answer["message"])
    if not isinstance(answer, dict):
        return None
    content = [key for key in answer if key not in ("links", "meta")]
    found = answer[content[0]]
    while next_page := answer.get("links", {}).get("pages", {}).get("next"):
        page = int(parse_qs(urlparse(next_page).query)["page"][0])
        answer = method(**args, page=page, **PLAIN)
        found += answer[content[0]]
    begun = [action["id"] for action in answer.get("links", {}).get("actions", [])]
    wait(begun + ([found["id"]] if content == ["action"] else []))
    return found


def wait(actions):
    for action in actions:
        while (seen := client.actions.get(action, **PLAIN)["action"])["status"] == "in-progress":
            time.sleep(0.01)
        if seen["status"] != "completed":
            raise RuntimeError(f"action {action} is {seen['status']}")


for line in sys.stdin:
    request = json.loads(line)
    group, name = request["call"].split(".")
    try:
        reply = {"answer": whole(getattr(getattr(client, group), name), request["args"])}
    except Refused as error:
        reply = {"refused": [status, str(error)]}
    except HttpResponseError as error:
        reply = {"refused": [error.status_code, json.loads(error.response.text())["message"]]}
    print(json.dumps(reply), flush=True)
