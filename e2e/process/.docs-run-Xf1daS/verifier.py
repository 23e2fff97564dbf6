import base64, hashlib, hmac, json, time

def verify(headers: dict, body: bytes, secret: str):
    sent = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{sent}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, signed, hashlib.sha256).digest()
    right = "v1," + base64.b64encode(mac).decode()
    signatures = headers["webhook-signature"].split(" ")
    if not any(hmac.compare_digest(right, one) for one in signatures):
        raise ValueError("not signed by us")
    if abs(time.time() - int(sent)) > 300:
        raise ValueError("too old")
    return json.loads(body)

import sys
headers, body, secret = json.load(sys.stdin)
print(json.dumps(verify(headers, body.encode(), secret)))
