#!/usr/bin/env python3
"""Writes COUNT files with one secret each, 20 kinds in turn, made from SEED by the issuers' documented forms; nothing of it comes from
the rules that are under test. usage: plant.py FOLDER COUNT SEED; prints `path<TAB>kind`, one file a line."""
import base64, json, os, random, string, sys, uuid

folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)
word, hexa = string.ascii_letters + string.digits, "0123456789abcdef"
b64, url = word + "+/", word + "-_"


def draw(characters, length):
    return "".join(rng.choice(characters) for _ in range(length))


def pem(label, length):
    body = base64.b64encode(bytes(rng.randrange(256) for _ in range(length))).decode()
    lines = "\n".join(body[i:i + 64] for i in range(0, len(body), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def jwt():
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    return f'{part({"typ": "JWT", "alg": "RS256"})}.{part({"iss": "auth", "sub": draw(word, 10), "exp": 1999999999})}.{draw(url, 342)}'


def account():
    return json.dumps({"type": "service_account", "project_id": "shop", "private_key_id": draw(hexa, 40), "private_key": pem("PRIVATE KEY", 1218), "client_email": "a@shop.iam.gserviceaccount.com"}, indent=2)


kinds = [
    ("rsa key", "id_rsa", lambda: pem("RSA PRIVATE KEY", 1190)),
    ("pkcs8 key", "server.key", lambda: pem("PRIVATE KEY", 1218)),
    ("openssh key", "id_ed25519", lambda: pem("OPENSSH PRIVATE KEY", 290)),
    ("pgp key", "backup.asc", lambda: pem("PGP PRIVATE KEY BLOCK", 900).replace("BLOCK-----\n", "BLOCK-----\nVersion: GnuPG v2\n\n", 1)),
    ("aws id and key", "credentials.ini", lambda: f"[default]\naws_access_key_id = AKIA{draw(string.ascii_uppercase + '234567', 16)}\naws_secret_access_key = {draw(b64, 40)}\n"),
    ("gcp account", "account.json", account),
    ("azure storage", "appsettings.json", lambda: json.dumps({"Storage": f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={draw(b64, 86)}==;EndpointSuffix=core.windows.net"})),
    ("github", "release.sh", lambda: f"#!/bin/sh\ncurl -H 'Authorization: token {rng.choice(['ghp_', 'gho_', 'ghs_'])}{draw(word, 36)}' https://api.github.com\n"),
    ("gitlab", "deploy.py", lambda: f"TOKEN = 'glpat-{draw(url, 20)}'\n"),
    ("slack", "notify.js", lambda: f"const t = 'xoxb-{draw(string.digits, 12)}-{draw(string.digits, 13)}-{draw(word, 24)}';\n"),
    ("stripe", "pay.rb", lambda: f"Stripe.api_key = 'sk_live_{draw(word, rng.choice([24, 99]))}'\n"),
    ("npm", ".npmrc", lambda: f"//registry.npmjs.org/:_authToken=npm_{draw(word, 36)}\n"),
    ("pypi", "upload.cfg", lambda: f"password = pypi-AgEIcHlwaS5vcmc{draw(url, 140)}\n"),
    ("sendgrid", "Mail.java", lambda: f'class Mail {{ String key = "SG.{draw(url, 22)}.{draw(url, 43)}"; }}\n'),
    ("twilio", "sms.php", lambda: f"<?php $sid = 'AC{draw(hexa, 32)}'; $key = 'SK{draw(hexa, 32)}';\n"),
    ("telegram", "bot.go", lambda: f'bot := New("{draw("123456789", 1)}{draw(string.digits, 9)}:AA{draw(url, 33)}")\n'),
    ("jwt", "session.txt", lambda: f"cookie: {jwt()}\n"),
    ("url password", "compose.yaml", lambda: f"services:\n  a:\n    environment:\n      URL: amqp://shop:{draw(word, 16)}@mq.internal:5672/\n"),
    ("dotenv", ".env.production", lambda: f"PORT=80\nSESSION_SECRET={draw(hexa, 64)}\nSMTP_PASSWORD={draw(word, 18)}\n"),
    ("yaml secret", "values.yaml", lambda: f"db:\n  host: db\n  password: \"{draw(word + '!#%*', 20)}\"\n"),
]
for i in range(count):
    kind, name, make = kinds[i % len(kinds)]
    path = os.path.join(f"{i:03}", name)
    os.makedirs(os.path.join(folder, os.path.dirname(path)))
    lines = "".join(f"# {uuid.UUID(int=rng.getrandbits(128))}\n" for _ in range(rng.randrange(4))) if kind in ("github", "gitlab", "url password", "dotenv") else ""
    with open(os.path.join(folder, path), "w") as file:
        file.write(lines + make())
    print(f"{path}\t{kind}")
