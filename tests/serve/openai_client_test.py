"""OpenAI's own Python client against `auris serve`, unchanged."""

import base64
import io
import json
import sys
import unittest
import wave

import openai

from served import Served

AURIS, RECORDING, FRENCH = sys.argv[1:4]


def recording():
    with open(RECORDING, "rb") as file:
        return file.read()


def audio_part(data=None, form="g722"):
    return {"type": "input_audio",
            "input_audio": {"data": base64.b64encode(data or recording()).decode(), "format": form}}


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.served = Served(AURIS, models=("whisper-base", "smollm2-135m-instruct"))
        cls.client = openai.OpenAI(base_url=cls.served.url + "/v1", api_key=cls.served.key, max_retries=0)

    @classmethod
    def tearDownClass(cls):
        cls.served.stop()

    def chat(self, content, **options):
        messages = content if isinstance(content, list) and "role" in content[0] else [
            {"role": "user", "content": content}]
        return self.client.chat.completions.create(model="smollm2-135m-instruct", messages=messages,
                                                   **{"max_completion_tokens": 24, "temperature": 0, **options})


class Chat(Client):
    def test_answers_a_question(self):
        answer = self.chat("What is the capital of France?")
        self.assertIn("Paris", answer.choices[0].message.content)
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)
        self.assertGreater(answer.model_extra["timings"]["predicted_per_second"], 0)

    def test_streams_the_same_answer(self):
        whole = self.chat("What is the capital of France?")
        chunks = list(self.chat("What is the capital of France?", stream=True,
                                stream_options={"include_usage": True}))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        self.assertEqual(text, whole.choices[0].message.content)
        self.assertEqual([chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1], "stop")
        self.assertEqual(chunks[-1].usage.completion_tokens, whole.usage.completion_tokens)

    def test_hears_and_remembers(self):
        first = self.chat([{"type": "text", "text": "What is this about?"}, audio_part()])
        self.assertTrue(first.choices[0].message.content)
        second = self.chat([
            {"role": "user", "content": [{"type": "text", "text": "What is this about?"}, audio_part()]},
            {"role": "assistant", "content": first.choices[0].message.content},
            {"role": "user", "content": "Say it in other words."}])
        self.assertGreater(second.usage.prompt_tokens_details.cached_tokens, first.usage.prompt_tokens - 2)

    def test_several_answers_and_their_probabilities(self):
        answer = self.chat("Name a colour.", n=3, temperature=1.0, seed=7, logprobs=True, top_logprobs=2)
        again = self.chat("Name a colour.", n=3, temperature=1.0, seed=7)
        self.assertEqual([choice.index for choice in answer.choices], [0, 1, 2])
        self.assertEqual([choice.message.content for choice in answer.choices],
                         [choice.message.content for choice in again.choices])
        self.assertGreater(len({choice.message.content for choice in answer.choices}), 1)
        for choice in answer.choices:
            text = b"".join(bytes(token.bytes) for token in choice.logprobs.content)
            self.assertEqual(text.decode(errors="replace").strip(), choice.message.content.strip())
            for token in choice.logprobs.content:
                self.assertLessEqual(token.logprob, 0)
                self.assertEqual(len(token.top_logprobs), 2)

    def test_answers_have_the_form_of_a_schema(self):
        schema = {"type": "object", "additionalProperties": False, "required": ["city", "inhabitants", "sights"],
                  "properties": {"city": {"type": "string", "maxLength": 30}, "inhabitants": {"type": "integer"},
                                 "sights": {"type": "array", "items": {"type": "string", "maxLength": 20},
                                            "maxItems": 3}}}
        for seed in range(4):
            answer = self.chat("Describe Paris as JSON.", temperature=1.5, seed=seed, max_completion_tokens=200,
                               response_format={"type": "json_schema",
                                                "json_schema": {"name": "city", "strict": True, "schema": schema}})
            self.assertEqual(answer.choices[0].finish_reason, "stop")
            city = json.loads(answer.choices[0].message.content)
            self.assertEqual(list(city), ["city", "inhabitants", "sights"])
            self.assertIsInstance(city["inhabitants"], int)
            self.assertLessEqual(len(city["sights"]), 3)
        answer = self.chat("Is the sky blue?", response_format={"type": "json_schema", "json_schema": {
            "name": "yes", "schema": {"enum": ["yes", "no"]}}})
        self.assertIn(json.loads(answer.choices[0].message.content), ("yes", "no"))

    def test_stops_where_it_is_told(self):
        answer = self.chat("Count from one to ten, in words.", stop=["three"])
        self.assertNotIn("three", answer.choices[0].message.content.lower())
        self.assertEqual(self.chat("Tell me a long story.", max_completion_tokens=3).choices[0].finish_reason,
                         "length")

    def test_bad_requests_become_the_clients_exceptions(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.chat([audio_part(b"no recording", "wav")])
        self.assertEqual(caught.exception.param, "messages[0].content[0].input_audio.data")
        with self.assertRaises(openai.BadRequestError) as caught:
            self.chat("x", temperature=9)
        self.assertEqual(caught.exception.param, "temperature")
        with self.assertRaises(openai.AuthenticationError):
            openai.OpenAI(base_url=self.served.url + "/v1", api_key="wrong").models.list()


class Transcription(Client):
    def transcribe(self, file=None, name="a.g722", **options):
        return self.client.audio.transcriptions.create(model="whisper-1", file=(name, file or recording()), **options)

    def test_every_format(self):
        plain = self.transcribe()
        self.assertIn("installed", plain.text.lower())
        self.assertEqual(self.transcribe(response_format="text").strip(), plain.text)
        srt = self.transcribe(response_format="srt")
        self.assertTrue(srt.startswith("1\n00:00:0"), srt)
        self.assertIn(" --> ", srt)
        self.assertTrue(self.transcribe(response_format="vtt").startswith("WEBVTT"))
        verbose = self.transcribe(response_format="verbose_json", timestamp_granularities=["word", "segment"],
                                  language="en")
        self.assertEqual(verbose.text, plain.text)
        self.assertEqual(verbose.language, "english")
        self.assertEqual(" ".join(word.word for word in verbose.words), verbose.text)
        self.assertEqual("".join(segment.text for segment in verbose.segments).strip(), verbose.text)
        self.assertLessEqual(verbose.segments[-1].end, verbose.duration + 0.1)

    def test_streams(self):
        events = list(self.transcribe(stream=True))
        deltas = "".join(event.delta for event in events if event.type == "transcript.text.delta")
        self.assertEqual(events[-1].type, "transcript.text.done")
        self.assertEqual(events[-1].text, deltas)

    def test_options(self):
        self.assertTrue(self.transcribe(prompt="Asterisk", temperature=0.2, chunking_strategy="auto",
                                        extra_body={"a_field_of_next_year": "x"}).text)
        self.assertTrue(self.transcribe(chunking_strategy={
            "type": "server_vad", "threshold": 0.4, "silence_duration_ms": 500, "prefix_padding_ms": 100}).text)
        with self.assertRaises(openai.BadRequestError) as caught:
            self.transcribe(language="klingon")
        self.assertEqual(caught.exception.param, "language")
        with self.assertRaises(openai.BadRequestError):
            self.transcribe(response_format="diarized_json")

    def test_silence_has_no_text(self):
        silence = io.BytesIO()
        with wave.open(silence, "wb") as out:
            out.setparams((1, 2, 16000, 0, "NONE", ""))
            out.writeframes(bytes(32000))
        self.assertEqual(self.transcribe(silence.getvalue(), "a.wav", chunking_strategy="auto").text, "")

    def test_translates(self):
        with open(FRENCH, "rb") as file:
            said = self.client.audio.translations.create(model="whisper-1", file=("a.g722", file.read()))
        self.assertRegex(said.text.lower(), "mail|message|number|extension|call|press|please")


class Models(Client):
    def test_lists_them_with_what_they_take(self):
        models = {model.id: model for model in self.client.models.list()}
        self.assertEqual(set(models), {"whisper-base", "smollm2-135m-instruct"})
        self.assertEqual(models["whisper-base"].model_extra["input_modalities"], ["audio"])
        self.assertEqual(models["smollm2-135m-instruct"].model_extra["input_modalities"], ["text", "audio"])
        self.assertEqual(self.client.models.retrieve("whisper-base").id, "whisper-base")
        with self.assertRaises(openai.NotFoundError):
            self.client.models.retrieve("gpt-9")


class Service(Client):
    def test_health_readiness_and_metrics(self):
        for path in ("/health", "/ready"):
            status, _, _ = self.served.request(path, headers={"Authorization": "none"})
            self.assertEqual(status, 200)
        self.chat("Hello")
        status, headers, text = self.served.request("/metrics")
        self.assertEqual(status, 200)
        for name in ("auris_requests_total", "auris_answer_tokens_total", "auris_time_to_first_token_seconds_count",
                     "auris_requests_waiting", "auris_hearing_cache_hits_total"):
            self.assertIn(name, text)
        self.assertEqual(self.served.request("/metrics", headers={"Authorization": "none"})[0], 401)

    def test_tokenizes(self):
        status, _, text = self.served.request("/v1/tokenize", {"prompt": "Hello world"})
        self.assertEqual((status, json.loads(text)["count"]), (200, 2))
        status, _, text = self.served.request("/v1/tokenize", {"messages": [{"role": "user", "content": "Hello"}]})
        self.assertGreater(json.loads(text)["count"], 5)

    def test_every_answer_has_a_name(self):
        for path in ("/health", "/nowhere", "/v1/models"):
            _, headers, _ = self.served.request(path)
            self.assertTrue({key.lower(): value for key, value in headers.items()}["x-request-id"])


class Shutdown(unittest.TestCase):
    def test_what_is_under_way_is_finished(self):
        served = Served(AURIS)
        client = openai.OpenAI(base_url=served.url + "/v1", api_key=served.key, max_retries=0)
        chunks = client.chat.completions.create(
            model="any", messages=[{"role": "user", "content": "Tell me a story."}], stream=True,
            max_completion_tokens=60, temperature=0)
        first = next(iter(chunks))
        self.assertEqual(first.choices[0].delta.role, "assistant")
        served.process.terminate()
        rest = list(chunks)
        self.assertIn(rest[-1].choices[0].finish_reason, ("stop", "length"))
        self.assertEqual(served.wait(), 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
