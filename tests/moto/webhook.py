# Answers webhooks over HTTPS, and keeps what it was sent. Makes its own certificate. The first argument is a folder: there
# come to be `certificate.pem`, `port` once it listens, and a line of JSON in `requests` for every request.
import datetime
import http.server
import ipaddress
import json
import os
import ssl
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

folder = sys.argv[1]


def certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(os.path.join(folder, "certificate.pem"), "wb") as file:
        file.write(pem)
    both = os.path.join(folder, "both.pem")
    with open(both, "wb") as file:
        file.write(secret + pem)
    return both


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        seen = {"path": self.path, "body": body, "headers": {k.lower(): v for k, v in self.headers.items()}}
        with open(os.path.join(folder, "requests"), "a") as file:
            file.write(json.dumps(seen) + "\n")
        refused = self.path.startswith("/refused")
        answer = b"go away" if refused else b"thank you"
        self.send_response(403 if refused else 202)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate())
server.socket = context.wrap_socket(server.socket, server_side=True)
unfinished = os.path.join(folder, "port.unfinished")
with open(unfinished, "w") as file:
    file.write(str(server.server_address[1]))
os.replace(unfinished, os.path.join(folder, "port"))
server.serve_forever()
