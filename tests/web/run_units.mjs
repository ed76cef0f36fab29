// Compiles web/src/*.test.ts and runs them: node run_units.mjs FOLDER
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const web = fileURLToPath(new URL("../../web/", import.meta.url));
const folder = resolve(process.argv[2]);
const vite = pathToFileURL(createRequire(join(web, "package.json")).resolve("vite"));
const { build } = await import(vite);
const names = readdirSync(join(web, "src")).filter((name) => name.endsWith(".test.ts"));
await build({
  root: web,
  logLevel: "warn",
  build: { ssr: true, outDir: folder, emptyOutDir: true, rollupOptions: { input: names.map((name) => join(web, "src", name)), output: { entryFileNames: "[name].mjs" } } },
});
for (const name of names) await import(pathToFileURL(join(folder, name.replace(/ts$/, "mjs"))));
