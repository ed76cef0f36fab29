#!/usr/bin/env bash
# Makes tests/fuzz/corpus/decode_audio: a quarter of a second (eight.flac: 0.05 s) of two tones, left 400 Hz, right
# 1000 Hz, amplitude 0.5, in every format that Auris reads. The decoder tests know what is in these files; the fuzzer
# starts from them.
# Requires the Debian package ffmpeg.
set -euo pipefail
cd "$(dirname "$0")/.."
out=tests/fuzz/corpus/decode_audio
rm -rf "$out" && mkdir -p "$out"
# make NAME RATE OPTIONS...: two channels
make() {
  local name=$1 rate=$2
  shift 2
  ffmpeg -v error -nostdin -y -f lavfi -i "aevalsrc=0.5*sin(2*PI*400*t)|0.5*sin(2*PI*1000*t):s=$rate:d=0.25" \
    -fflags +bitexact -flags:a +bitexact -map_metadata -1 "$@" "$out/$name"
}
make u8.wav 8000 -c:a pcm_u8
make s16.wav 16000 -c:a pcm_s16le
make s24.wav 11025 -c:a pcm_s24le
make s32.wav 8000 -c:a pcm_s32le
make f32.wav 8000 -c:a pcm_f32le
make f64.wav 8000 -c:a pcm_f64le
make alaw.wav 8000 -c:a pcm_alaw
make mulaw.wav 8000 -c:a pcm_mulaw
make adpcm_ms.wav 8000 -c:a adpcm_ms
make adpcm_ima.wav 8000 -c:a adpcm_ima_wav
make rf64.wav 8000 -c:a pcm_s16le -rf64 always
make extensible.wav 8000 -c:a pcm_s24le -af "pan=5.1|FL=c0|FR=c1|FC=c0|LFE=c1|BL=c0|BR=c1"
make s24.aiff 11025 -c:a pcm_s24be
make f32.aifc 8000 -c:a pcm_f32be -f aiff
make s16.flac 44100 -c:a flac -frame_size 512
make eight.flac 192000 -t 0.05 -c:a flac -sample_fmt s16 -af "pan=7.1|FL=c0|FR=c1|FC=c0|LFE=c1|BL=c0|BR=c1|SL=c0|SR=c1"
make lame.mp3 44100 -c:a libmp3lame -b:a 64k
make plain.mp3 22050 -c:a libmp3lame -b:a 48k -write_xing 0 -id3v2_version 0
make tagged.mp3 48000 -c:a libmp3lame -b:a 64k -metadata title=tones -id3v2_version 4
make vorbis.ogg 44100 -c:a libvorbis
make flac.ogg 16000 -c:a flac -f ogg
make opus.ogg 48000 -c:a libopus -b:a 48k
make opus.webm 48000 -c:a libopus -b:a 48k
make vorbis.webm 22050 -c:a libvorbis
make end.m4a 44100 -c:a aac -b:a 96k
make fast.m4a 44100 -c:a aac -b:a 96k -movflags +faststart
make alac.m4a 16000 -c:a alac
make adts.aac 44100 -c:a aac -b:a 96k
make mono.g722 16000 -ac 1 -c:a g722
printf 'This is not a recording.\n' > "$out/text.txt"
head -c 44 "$out/s16.wav" > "$out/header.wav"
: > "$out/empty"
du -bs "$out"
