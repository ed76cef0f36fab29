// `auris serve` on a free port while a test runs.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export async function serve(auris, models, environment = {}) {
  const command = ["serve", "--port", "0", "--quiet", ...models.flatMap((name) => ["--model", name])];
  const server = spawn(auris, command, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url) return { url, stop: () => server.kill() };
  }
  throw new Error("the server ended");
}
