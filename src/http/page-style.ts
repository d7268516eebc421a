/** The look of every page: one calm card, system type, both colour schemes, enough contrast for WCAG 2.2 AA. */
export const pageStyle = `:root {
  color-scheme: light dark;
  --ink: #1b1f24; --muted: #59636e; --line: #d0d7de; --paper: #fff; --ground: #f3f5f8;
  --accent: #0b5cad; --accent-strong: #094a8c; --on-accent: #fff; --bad: #b3261e; --bad-ground: #fdecea;
  --good: #1a7f37;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8ebef; --muted: #a5afba; --line: #434c56; --paper: #1d2229; --ground: #12161b;
    --accent: #6cb2f5; --accent-strong: #9accf9; --on-accent: #0c1a29; --bad: #ffb4ab; --bad-ground: #3b1d1b;
    --good: #6fdd8b;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
body {
  margin: 0; min-height: 100vh; padding: 1.5rem; display: flex; align-items: center; justify-content: center;
  background: var(--ground); color: var(--ink);
}
.card {
  width: 100%; max-width: 27.5rem; padding: 2.25rem 2.5rem 2.5rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 0.75rem; box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 8%);
}
.brand { margin: 0 0 1.5rem; font-weight: 700; letter-spacing: 0.02em; color: var(--accent); }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; font-weight: 600; overflow-wrap: anywhere; }
h2 { margin: 1.5rem 0 0.5rem; font-size: 1.125rem; line-height: 1.25; font-weight: 600; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
input + .muted { margin-top: 0.5rem; }
.muted { color: var(--muted); font-size: 0.9375rem; }
.code { font: 600 1.25rem/1.4 ui-monospace, "DejaVu Sans Mono", monospace; letter-spacing: 0.12em; }
label { display: block; margin: 1.125rem 0 0.375rem; font-weight: 600; font-size: 0.9375rem; }
input:not([type="hidden"]):not([type="checkbox"]):not([type="radio"]), select, textarea {
  width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--muted); border-radius: 0.375rem;
}
button, .button {
  display: block; width: 100%; min-height: 2.75rem; margin-top: 1.5rem; padding: 0.5rem 1rem; font: inherit; font-weight: 600;
  color: var(--on-accent); background: var(--accent); border: 1px solid transparent; border-radius: 0.375rem;
  text-align: center; text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { background: var(--accent-strong); }
button.quiet, .button.quiet { margin-top: 0.75rem; color: var(--accent); background: transparent; border-color: var(--line); }
button.quiet:hover, .button.quiet:hover { color: var(--accent-strong); border-color: currentColor; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error {
  margin: 1rem 0; padding: 0.75rem 1rem; color: var(--bad); background: var(--bad-ground);
  border-left: 4px solid currentColor; border-radius: 0.25rem;
}
dl { margin: 0 0 1rem; } dt { color: var(--muted); font-size: 0.875rem; } dd { margin: 0 0 0.75rem; overflow-wrap: anywhere; }
@media (max-width: 30rem) { body { padding: 0; align-items: stretch; } .card { border: 0; border-radius: 0; padding: 1.5rem; } }
@media (prefers-contrast: more) { :root { --line: currentColor; --muted: var(--ink); } }
`
