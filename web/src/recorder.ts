// The microphone.

const kTypes: [type: string, ending: string][] = [
  ["audio/webm;codecs=opus", "webm"],
  ["audio/ogg;codecs=opus", "ogg"],
  ["audio/mp4", "m4a"],
];

export class Recorder {
  private readonly pieces: Blob[] = [];
  private readonly ended: Promise<void>;
  private readonly samples: Float32Array<ArrayBuffer>;

  private constructor(
    private readonly stream: MediaStream,
    private readonly context: AudioContext,
    private readonly analyser: AnalyserNode,
    private readonly recorder: MediaRecorder,
    private readonly ending: string,
  ) {
    this.samples = new Float32Array(analyser.fftSize);
    recorder.ondataavailable = ({ data }) => this.pieces.push(data);
    this.ended = new Promise((resolve) => (recorder.onstop = () => resolve()));
    recorder.start(1000);
  }

  /** Throws with a reason to show. */
  static async start(): Promise<Recorder> {
    if (!navigator.mediaDevices) throw new Error("Browsers open the microphone only to pages from this machine or by HTTPS.");
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      throw new Error(
        name === "NotFoundError" ? "There is no microphone."
        : name === "NotAllowedError" ? "The browser was not allowed to use the microphone."
        : "The microphone cannot be opened.",
      );
    }
    const [type, ending] = kTypes.find(([name]) => MediaRecorder.isTypeSupported(name)) ?? [undefined, "webm"];
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(stream).connect(analyser);
    return new Recorder(stream, context, analyser, new MediaRecorder(stream, type ? { mimeType: type } : {}), ending);
  }

  /** How loud it is, from 0 (-60 dB and less) to 1. */
  level(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    return Math.max(0, Math.min(1, 1 + (10 * Math.log10(power + 1e-12)) / 60));
  }

  async stop(): Promise<File> {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await this.ended;
    this.stream.getTracks().forEach((track) => track.stop());
    await this.context.close();
    return new File(this.pieces, `recording.${this.ending}`, { type: this.recorder.mimeType });
  }
}
