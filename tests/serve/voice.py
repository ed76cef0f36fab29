"""Questions that a program speaks, as samples of 16 bits."""

import audioop
import subprocess
import tempfile
import wave


def spoken(text, rate):
    """A sentence, by flite."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", file.name], check=True)
        with wave.open(file.name) as sound:
            samples, spoken_rate = sound.readframes(sound.getnframes()), sound.getframerate()
    return audioop.ratecv(samples, 2, 1, spoken_rate, rate, None)[0]


def loud_part(sound):
    """The bytes between which it is first and last louder than a hundredth of full scale."""
    loud = [i for i in range(0, len(sound) - 480, 480) if audioop.max(sound[i:i + 480], 2) > 328]
    return loud[0], loud[-1] + 480
