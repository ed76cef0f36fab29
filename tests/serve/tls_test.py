"""OpenAI's own clients against `auris serve` by HTTPS and by WebSockets over TLS, and a certificate of our own."""

import http.client
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import openai

from served import Served

AURIS, RECORDING = sys.argv[1:3]


def make_certificate(folder):
    """For 127.0.0.1 and localhost, vouched for by itself; the paths of it and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                    "-out", certificate, "-keyout", key], check=True, capture_output=True)
    return str(certificate), str(key)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.certificate, cls.key = make_certificate(Path(cls.folder.name))
        cls.served = Served(AURIS, "--tls-certificate", cls.certificate, "--tls-key", cls.key)
        cls.trust = ssl.create_default_context(cafile=cls.certificate)
        cls.client = openai.OpenAI(base_url=cls.served.url + "/v1", api_key=cls.served.key, max_retries=0,
                                   http_client=openai.DefaultHttpxClient(verify=cls.trust))

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.served.stop()
        cls.folder.cleanup()

    def test_the_address_says_so(self):
        self.assertTrue(self.served.url.startswith("https://127.0.0.1:"))

    def test_chat_streams(self):
        question = [{"role": "user", "content": "What is the capital of France?"}]
        pieces = self.client.chat.completions.create(model="smollm2-135m-instruct", messages=question, stream=True,
                                                     temperature=0, max_completion_tokens=24)
        texts = [piece.choices[0].delta.content for piece in pieces if piece.choices]
        self.assertIn("Paris", "".join(text or "" for text in texts))
        self.assertGreater(len(texts), 3)

    def test_uploads_arrive_whole(self):
        with open(RECORDING, "rb") as file:
            text = self.client.audio.transcriptions.create(model="whisper-tiny.en", file=file).text
        self.assertIn("ongratulations", text)

    def test_curl_speaks_http_1_1(self):
        answer = subprocess.run(["curl", "-s", "--cacert", self.certificate, "-w", "\n%{http_version} %{http_code}",
                                 self.served.url + "/health"], capture_output=True, text=True, check=True).stdout
        self.assertTrue(answer.endswith("\n1.1 200"), answer)

    def test_realtime(self):
        with self.client.realtime.connect(model="smollm2-135m-instruct",
                                          websocket_connection_options={"ssl": self.trust}) as connection:
            self.assertEqual(connection.recv().type, "session.created")
            connection.conversation.item.create(item={
                "type": "message", "role": "user",
                "content": [{"type": "input_text", "text": "What is the capital of France?"}]})
            connection.response.create(response={"max_output_tokens": 24})
            text = ""
            for event in connection:
                if event.type == "response.output_text.delta":
                    text += event.delta
                if event.type == "response.done":
                    break
            self.assertIn("Paris", text)

    def test_who_does_not_trust_it_does_not_talk_to_it(self):
        with self.assertRaisesRegex(urllib.error.URLError, "CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(self.served.url + "/health", timeout=20)

    def test_words_in_the_clear_are_not_answered(self):
        connection = http.client.HTTPConnection(self.served.url.removeprefix("https://"), timeout=20)
        connection.request("GET", "/health")
        with self.assertRaises(http.client.HTTPException):
            connection.getresponse()
        connection.close()


class Refusal(unittest.TestCase):
    def said(self, *flags):
        ended = subprocess.run([AURIS, "serve", "--port", "0", *flags], capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.returncode, 2)
        return ended.stderr

    def test_a_certificate_needs_its_key(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = make_certificate(Path(folder))
            self.assertIn("--tls-certificate requires --tls-key", self.said("--tls-certificate", certificate))
            self.assertIn("expected the private key",
                          self.said("--tls-certificate", certificate, "--tls-key", certificate))
            self.assertIn("expected certificates as PEM", self.said("--tls-certificate", key, "--tls-key", key))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
