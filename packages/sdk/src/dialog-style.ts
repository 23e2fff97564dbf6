const css = `
.opencredits-dialog{border:0;padding:0;margin:auto;width:min(28rem,100vw);height:min(46rem,100dvh);max-width:100vw;max-height:100dvh;border-radius:1rem;overflow:hidden;background:#fff;color:#1a1f36;box-shadow:0 1.5rem 4rem rgb(0 0 0/.35);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color-scheme:light}
.opencredits-dialog[data-theme=dark]{background:#14161c;color:#eef0f5;color-scheme:dark}
.opencredits-dialog::backdrop{background:rgb(15 18 28/.6)}
.opencredits-dialog iframe{display:block;width:100%;height:100%;border:0;background:transparent}
.opencredits-dialog iframe[data-hidden]{visibility:hidden;position:absolute}
.opencredits-loading{position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:1rem;padding:2rem;text-align:center}
.opencredits-loading[hidden]{display:none}
.opencredits-loading button{font:inherit;padding:.6rem 1.1rem;border-radius:.6rem;border:1px solid currentColor;background:transparent;color:inherit;cursor:pointer;min-height:44px}
.opencredits-spinner{width:2rem;height:2rem;border-radius:50%;border:3px solid rgb(128 128 128/.3);border-top-color:currentColor;animation:opencredits-turn 1s linear infinite}
@keyframes opencredits-turn{to{transform:rotate(1turn)}}
@media (prefers-reduced-motion:reduce){.opencredits-spinner{animation-duration:6s}}
@media (max-width:480px){.opencredits-dialog{width:100vw;height:100dvh;border-radius:0;margin:0;inset:0}}
`
let isAdopted = false

/** A constructed style sheet, which a page's Content-Security-Policy lets pass where a style element would be blocked. */
export function adoptDialogStyle(): void {
  if (isAdopted) return
  isAdopted = true
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
}
