// Line drawings of 24 by 24; the words beside them, or aria-label, say what they mean.
const kPaths = {
  mark: "M4 10v4M8 6v12M12 9v6M16 4v16M20 9v6",
  microphone: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5 11a7 7 0 0 0 14 0M12 18v3",
  file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8ZM14 3v5h5",
  play: "M8 5.5v13l10.5-6.5Z",
  pause: "M9 5v14M15 5v14",
  stop: "M7 7h10v10H7Z",
  close: "M6 6l12 12M18 6 6 18",
  moon: "M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5Z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5",
  send: "M12 19V5M6 11l6-6 6 6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
};

export const Icon = ({ name }: { name: keyof typeof kPaths }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={kPaths[name]} />
  </svg>
);
