export const lightColors = `color-scheme: light;
  --paper: #ffffff;
  --ink: #1a1d24;
  --soft: #596075;
  --line: #868c9b;
  --field: #ffffff;
  --accent: #4338ca;
  --accent-ink: #ffffff;
  --ring: #4338ca;
  --bad: #b3261e;
  --good: #176b3a;
  --mark: #fff1cc;
  --mark-ink: #5b3d00;
`
export const darkColors = `color-scheme: dark;
  --paper: #16181d;
  --ink: #eef0f5;
  --soft: #a9b0c0;
  --line: #6b7182;
  --field: #1f222a;
  --accent: #a5a0ff;
  --accent-ink: #14132e;
  --ring: #a5a0ff;
  --bad: #ff9a90;
  --good: #7bd8a0;
  --mark: #4a3a10;
  --mark-ink: #ffe3a3;
`

/** How the card form looks: light and dark, from 320 pixels on. */
export const formStyle = `:root {
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  ${lightColors}
}
@media (prefers-color-scheme: dark) {
  :root { ${darkColors} }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); }
main { max-width: 27rem; margin: 0 auto; padding: 2.5rem 1.25rem 1.5rem; }
main.embedded button:focus-visible { outline-offset: -4px; outline-color: var(--accent-ink); }
main.embedded { max-width: none; padding: 0 0 0.25rem; }
.sandbox { margin: 0 0 1.25rem; padding: 0.4rem 0.75rem; border-radius: 0.5rem; background: var(--mark); color: var(--mark-ink); font-size: 0.8125rem; }
.item { margin: 0; color: var(--soft); font-size: 0.9375rem; }
h1 { margin: 0 0 1.25rem; font-size: 2.25rem; line-height: 1.2; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.embedded header { display: flex; justify-content: space-between; gap: 1rem; margin-bottom: 1.25rem; padding-bottom: 1rem; border-bottom: 1px solid color-mix(in srgb, var(--line) 35%, transparent); }
.embedded header .item { color: var(--ink); }
.embedded h1 { margin: 0; font-size: 1rem; line-height: 1.5; letter-spacing: 0; }
.merchant { margin: 0 0 1.5rem; font-weight: 600; }
h1.notice { font-size: 1.5rem; margin-bottom: 0.5rem; }
h2 { margin: 0 0 0.25rem; font-size: 1.125rem; }
form, .challenge { display: grid; gap: 1rem; }
.challenge { padding: 1.25rem; border: 1px solid var(--line); border-radius: 0.75rem; gap: 0.75rem; }
.challenge p { margin: 0; color: var(--soft); }
label { display: block; margin-bottom: 0.3rem; font-size: 0.875rem; font-weight: 500; }
label.inside { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
input { width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--field); color: inherit; font: inherit; font-variant-numeric: tabular-nums; }
input::placeholder { color: var(--soft); opacity: 1; }
input.top { border-radius: 0.5rem 0.5rem 0 0; }
.row { display: grid; grid-template-columns: 1fr 1fr; margin-top: -1px; }
input.left { border-radius: 0 0 0 0.5rem; }
input.right { border-radius: 0 0 0.5rem; margin-left: -1px; width: calc(100% + 1px); }
input[aria-invalid="true"] { border-color: var(--bad); position: relative; z-index: 1; }
input:focus-visible { outline: 2px solid var(--ring); outline-offset: -2px; border-color: transparent; position: relative; z-index: 2; }
button:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--ring); outline-offset: 2px; border-radius: 0.375rem; }
button { min-height: 3rem; padding: 0.5rem 1rem; border: 1px solid transparent; border-radius: 0.5rem; background: var(--accent); color: var(--accent-ink); font: inherit; font-weight: 600; cursor: pointer; }
button:hover { filter: brightness(1.08); }
button[aria-busy="true"] { opacity: 0.65; cursor: progress; }
button.plain { background: transparent; color: var(--ink); border-color: var(--line); }
.error { margin: 0; color: var(--bad); font-size: 0.875rem; }
.error:empty { display: none; }
.cancel { justify-self: center; padding: 0.25rem; color: var(--soft); font-size: 0.875rem; }
.done h2 { color: var(--good); }
details { margin-top: 1.25rem; color: var(--soft); font-size: 0.8125rem; }
summary { width: fit-content; padding: 0.25rem 0; cursor: pointer; }
dl { margin: 0.5rem 0; display: grid; gap: 0.25rem; }
dl div { display: flex; flex-wrap: wrap; gap: 0 0.75rem; }
dt { font-variant-numeric: tabular-nums; color: var(--ink); }
dd { margin: 0; }
details p { margin: 0; }
[hidden] { display: none !important; }
`
