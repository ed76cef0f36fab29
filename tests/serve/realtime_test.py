"""OpenAI's own realtime client against `auris serve`, unchanged."""

import audioop
import base64
import sys
import unittest

import openai
import websockets.sync.client

from served import Served
from voice import loud_part, spoken

AURIS = sys.argv[1]
RATE = 24000


def speech_ms(sound):
    """Where speech begins and ends in it."""
    begin, end = loud_part(sound)
    return begin * 500 / RATE, end * 500 / RATE


def silence(seconds):
    return bytes(int(seconds * RATE) * 2)


class Realtime(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.served = Served(AURIS, models=("whisper-base", "smollm2-135m-instruct"))
        cls.client = openai.OpenAI(base_url=cls.served.url + "/v1", api_key=cls.served.key, max_retries=0)
        cls.question = spoken("What is the capital of France?", RATE)

    @classmethod
    def tearDownClass(cls):
        cls.served.stop()

    def connect(self, **options):
        return self.client.realtime.connect(model="smollm2-135m-instruct", **options)

    @staticmethod
    def say(connection, sound, piece_s=0.1):
        step = int(piece_s * RATE) * 2
        for begin in range(0, len(sound), step):
            connection.input_audio_buffer.append(audio=base64.b64encode(sound[begin:begin + step]).decode())

    @staticmethod
    def until(connection, *types):
        events = []
        for event in connection:
            events.append(event)
            if event.type in types:
                return events
        raise AssertionError(f"closed before any of {types}: {[event.type for event in events]}")

    def test_a_spoken_question_is_answered(self):
        with self.connect() as connection:
            created = connection.recv()
            self.assertEqual(created.type, "session.created")
            self.assertEqual(created.session.output_modalities, ["text"])
            self.assertEqual(created.session.audio.input.turn_detection.type, "server_vad")
            connection.session.update(session={
                "type": "realtime", "instructions": "Answer in one short sentence.", "max_output_tokens": 24,
                "audio": {"input": {"transcription": {"model": "whisper-1", "language": "en"}}}})
            updated = connection.recv()
            self.assertEqual(updated.type, "session.updated")
            self.assertEqual(updated.session.instructions, "Answer in one short sentence.")
            self.say(connection, silence(0.5) + self.question + silence(1))
            events = self.until(connection, "response.done")
            types = [event.type for event in events]
            once = [t for i, t in enumerate(types) if t not in types[:i]]
            self.assertEqual(once, [
                "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done",
                "response.created", "conversation.item.input_audio_transcription.delta",
                "conversation.item.input_audio_transcription.completed", "response.output_item.added",
                "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.done"])
            found = {event.type: event for event in events}
            item = found["input_audio_buffer.committed"].item_id
            started = found["input_audio_buffer.speech_started"]
            stopped = found["input_audio_buffer.speech_stopped"]
            self.assertEqual(started.item_id, item)
            begin_ms, end_ms = speech_ms(self.question)
            self.assertAlmostEqual(started.audio_start_ms, 500 + begin_ms - 300, delta=100)
            self.assertAlmostEqual(stopped.audio_end_ms, 500 + end_ms + 500, delta=150)
            said = found["conversation.item.input_audio_transcription.completed"]
            self.assertEqual(said.item_id, item)
            self.assertIn("capital of France", said.transcript)
            text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
            self.assertIn("Paris", text)
            self.assertEqual(found["response.output_text.done"].text, text)
            done = found["response.done"].response
            self.assertEqual(done.output[0].content[0].text, text)
            self.assertIn(done.status, ("completed", "incomplete"))
            self.assertEqual(done.usage.total_tokens, done.usage.input_tokens + done.usage.output_tokens)

    def test_a_second_turn_remembers_the_first(self):
        with self.connect() as connection:
            self.say(connection, self.question + silence(1))
            first = self.until(connection, "response.done")[-1].response
            connection.conversation.item.create(item={
                "type": "message", "role": "user",
                "content": [{"type": "input_text", "text": "Say it again."}]})
            connection.response.create(response={"max_output_tokens": 16})
            second = self.until(connection, "response.done")[-1].response
            details = second.usage.input_token_details
            self.assertGreaterEqual(details.cached_tokens, first.usage.input_tokens + first.usage.output_tokens - 4)

    def test_who_speaks_interrupts(self):
        with self.connect() as connection:
            self.assertEqual(connection.recv().type, "session.created")
            connection.conversation.item.create(item={
                "type": "message", "role": "user",
                "content": [{"type": "input_text", "text": "Tell me a very long story about a ship."}]})
            connection.response.create(response={"max_output_tokens": 1000})
            self.until(connection, "response.output_text.delta")
            self.say(connection, self.question + silence(1))
            events = self.until(connection, "response.done")
            self.assertEqual(events[-1].response.status, "cancelled")
            self.assertEqual(events[-1].response.status_details.reason, "turn_detected")
            self.assertTrue(events[-1].response.output[0].content[0].text)
            answer = self.until(connection, "response.done")
            self.assertIn("input_audio_buffer.speech_started", [event.type for event in events + answer])
            self.assertNotEqual(answer[-1].response.id, events[-1].response.id)
            self.assertIn(answer[-1].response.status, ("completed", "incomplete"))

    def test_the_client_ends_the_turns(self):
        with self.connect() as connection:
            connection.session.update(session={
                "type": "realtime", "max_output_tokens": 16,
                "audio": {"input": {"turn_detection": None, "format": {"type": "audio/pcm", "rate": RATE}}}})
            self.assertIsNone(self.until(connection, "session.updated")[-1].session.audio.input.turn_detection)
            connection.input_audio_buffer.commit()
            error = self.until(connection, "error")[-1].error
            self.assertEqual(error.code, "input_audio_buffer_commit_empty")
            self.say(connection, self.question)
            connection.input_audio_buffer.clear()
            self.until(connection, "input_audio_buffer.cleared")
            self.say(connection, self.question)
            connection.input_audio_buffer.commit()
            item = self.until(connection, "conversation.item.done")[-1].item
            connection.response.create()
            answer = self.until(connection, "response.done")[-1].response
            self.assertIn("Paris", answer.output[0].content[0].text)
            connection.conversation.item.retrieve(item_id=item.id)
            heard = self.until(connection, "conversation.item.retrieved")[-1].item
            sound = base64.b64decode(heard.content[0].audio)
            self.assertAlmostEqual(len(sound), len(self.question), delta=40)
            connection.conversation.item.delete(item_id=item.id)
            self.until(connection, "conversation.item.deleted")
            connection.conversation.item.delete(item_id=item.id)
            self.assertEqual(self.until(connection, "error")[-1].error.code, "item_not_found")

    def test_only_writes_down(self):
        with self.client.realtime.connect(model="whisper-base", extra_query={"intent": "transcription"}) as connection:
            created = connection.recv()
            self.assertEqual(created.session.type, "transcription")
            self.say(connection, (silence(0.5) + self.question + silence(1)) * 2)
            transcripts = [self.until(connection, "conversation.item.input_audio_transcription.completed")[-1].transcript
                           for _ in range(2)]
            for transcript in transcripts:
                self.assertIn("capital of France", transcript)
            connection.response.create()
            self.assertIn("does not answer", self.until(connection, "error")[-1].error.message)

    def test_mistakes_are_told_and_nothing_is_lost(self):
        with self.connect() as connection:
            self.assertEqual(connection.recv().type, "session.created")
            wrong = [
                ({"type": "nonsense"}, "type"),
                ({"type": "input_audio_buffer.append", "audio": "no base64!"}, "audio"),
                ({"type": "input_audio_buffer.append"}, "audio"),
                ({"type": "session.update", "session": {"type": "realtime", "output_modalities": ["audio"]}},
                 "session.output_modalities"),
                ({"type": "session.update", "session": {"type": "realtime", "audio": {"input": {
                    "turn_detection": {"type": "server_vad", "threshold": 7}}}}},
                 "session.audio.input.turn_detection.threshold"),
                ({"type": "response.cancel"}, None), ({"type": "response.create"}, "response"),
            ]
            for number, (event, param) in enumerate(wrong):
                connection.send({"event_id": f"mine_{number}", **event})
                error = self.until(connection, "error")[-1].error
                self.assertEqual(error.event_id, f"mine_{number}")
                self.assertEqual(error.type, "invalid_request_error")
                self.assertTrue(error.message)
                if param:
                    self.assertTrue(error.param.endswith(param.split(".")[-1]), error)
            connection.send_raw("{no json")
            self.until(connection, "error")
            connection.conversation.item.create(item={
                "type": "message", "role": "user",
                "content": [{"type": "input_text", "text": "What is the capital of France?"}]})
            connection.response.create(response={"max_output_tokens": 16})
            self.assertIn("Paris", self.until(connection, "response.done")[-1].response.output[0].content[0].text)

    def test_the_names_of_the_beta(self):
        with self.connect(extra_headers={"OpenAI-Beta": "realtime=v1"}) as connection:
            connection.send({"type": "session.update", "session": {
                "modalities": ["text", "audio"], "instructions": "Be short.", "input_audio_format": "pcm16",
                "max_response_output_tokens": 16, "turn_detection": {"type": "server_vad", "silence_duration_ms": 300}}})
            self.say(connection, self.question + silence(1))
            types = {event.type for event in self.until(connection, "response.done")}
            self.assertIn("conversation.item.created", types)
            self.assertIn("response.text.delta", types)
            self.assertNotIn("response.output_text.delta", types)

    def test_a_telephone_is_understood(self):
        line = audioop.lin2ulaw(audioop.ratecv(self.question, 2, 1, RATE, 8000, None)[0], 2)
        with self.client.realtime.connect(model="whisper-base", extra_query={"intent": "transcription"}) as connection:
            connection.session.update(session={"type": "transcription",
                                               "audio": {"input": {"format": {"type": "audio/pcmu"}}}})
            self.until(connection, "session.updated")
            connection.input_audio_buffer.append(audio=base64.b64encode(line + b"\xff" * 8000).decode())
            said = self.until(connection, "conversation.item.input_audio_transcription.completed")[-1]
            self.assertIn("capital of France", said.transcript)

    def test_keys_and_addresses(self):
        address = self.served.url.replace("http", "ws") + "/v1/realtime?model=smollm2-135m-instruct"
        with self.assertRaises(websockets.exceptions.InvalidStatus) as refused:
            websockets.sync.client.connect(address)
        self.assertEqual(refused.exception.response.status_code, 401)
        protocols = ["realtime", "openai-insecure-api-key." + self.served.key]
        with websockets.sync.client.connect(address, subprotocols=protocols) as socket:
            self.assertEqual(socket.subprotocol, "realtime")
            self.assertIn("session.created", socket.recv())
        with self.assertRaises(openai.NotFoundError):
            self.client.get("/nothing", cast_to=object)
        with self.assertRaises(openai.APIStatusError) as refused:
            self.client.get("/realtime", cast_to=object)
        self.assertEqual(refused.exception.status_code, 426)

    def test_clients_that_vanish_leave_nothing_behind(self):
        for _ in range(8):
            with self.connect() as connection:
                connection.conversation.item.create(item={
                    "type": "message", "role": "user",
                    "content": [{"type": "input_text", "text": "Tell me a very long story."}]})
                connection.response.create(response={"max_output_tokens": 1000})
                self.until(connection, "response.output_text.delta")
        self.served.wait_until_idle()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
