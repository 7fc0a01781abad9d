"""Calls the webhook as the recruitment back end does; prints what each answer was, as JSON lines."""

import json
import sys

import httpx

url, token, application_id = sys.argv[1:]
headers = {"X-Webhook-Token": token}

with httpx.Client(timeout=10.0) as client:
    for body in [
        {"application_id": application_id},
        {"application_id": application_id, "last_watermark": "2100-01-01T00:00:00Z"},
        {"application_id": "not-a-uuid"},
    ]:
        answer = client.post(url, json=body, headers=headers)
        print(json.dumps({"status": answer.status_code, "body": answer.json()}))
