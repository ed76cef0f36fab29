// Asks for the key of a server that wants one. It is kept until the tab is closed.
import { useState } from "preact/hooks";
import { setApiKey } from "./api";

export function KeyForm({ isWrong, onKey }: { isWrong: boolean; onKey: () => void }) {
  const [key, setKey] = useState("");
  return (
    <form class="panel key" aria-label="Key" onSubmit={(event) => {
      event.preventDefault();
      setApiKey(key.trim());
      onKey();
    }}>
      <label for="key">This server asks for a key</label>
      <div class="key-line">
        <input id="key" type="password" autocomplete="off" value={key} aria-invalid={isWrong} aria-describedby={isWrong ? "key-wrong" : undefined}
          onInput={({ currentTarget }) => setKey(currentTarget.value)} />
        <button type="submit" class="primary" disabled={key.trim() === ""}>Open</button>
      </div>
      {isWrong && <p id="key-wrong" class="problem" role="alert">This key is not known here.</p>}
    </form>
  );
}
