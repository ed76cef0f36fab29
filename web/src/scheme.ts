// Dark and light: as the machine is set, until somebody chooses.
import { useEffect, useState } from "preact/hooks";

type Scheme = "light" | "dark";
const kName = "auris.scheme";
const kMachineIsDark = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => document.documentElement.dataset["scheme"] as Scheme | undefined;
const isDarkNow = () => (chosen() ? chosen() === "dark" : kMachineIsDark.matches);

const kept = localStorage.getItem(kName);
if (kept === "light" || kept === "dark") document.documentElement.dataset["scheme"] = kept;

const kChanged = new EventTarget();
kMachineIsDark.addEventListener("change", () => kChanged.dispatchEvent(new Event("change")));

export function changeScheme(): void {
  const scheme: Scheme = isDarkNow() ? "light" : "dark";
  document.documentElement.dataset["scheme"] = scheme;
  localStorage.setItem(kName, scheme);
  kChanged.dispatchEvent(new Event("change"));
}

export function useIsDark(): boolean {
  const [isDark, setIsDark] = useState(isDarkNow);
  useEffect(() => {
    const update = () => setIsDark(isDarkNow());
    kChanged.addEventListener("change", update);
    return () => kChanged.removeEventListener("change", update);
  }, []);
  return isDark;
}
