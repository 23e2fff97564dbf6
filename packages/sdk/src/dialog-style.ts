/** As high as the frame says, and never higher than the window; it grows downwards, so nothing in it moves. On a phone it is a sheet at the bottom. */
const css = `
.opencredits-dialog{border:0;padding:0;--opencredits-top:clamp(.25rem,12dvh - 2.5rem,6rem);margin:var(--opencredits-top) auto auto;width:min(26.5rem,100vw - 1rem);height:var(--opencredits-height,27rem);max-width:none;max-height:calc(100dvh - 2*var(--opencredits-top));border-radius:1rem;overflow:hidden;background:#fff;color:#1a1d24;box-shadow:0 0 0 1px rgb(0 0 0/.06),0 1.5rem 4rem rgb(0 0 0/.3);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color-scheme:light;--opencredits-bone:#f0f1f4}
.opencredits-dialog[data-theme=dark]{background:#16181d;color:#f0f1f4;box-shadow:0 0 0 1px rgb(255 255 255/.1),0 1.5rem 4rem rgb(0 0 0/.6);color-scheme:dark;--opencredits-bone:#20232b}
.opencredits-dialog[open]{animation:opencredits-in 180ms ease-out}
.opencredits-dialog[data-ready]{transition:height 180ms ease-out}
.opencredits-dialog::backdrop{background:rgb(12 14 20/.5)}
.opencredits-dialog iframe{display:block;width:100%;height:100%;border:0;background:transparent}
.opencredits-dialog iframe[data-hidden]{visibility:hidden;position:absolute}
.opencredits-loading{position:absolute;inset:0;display:grid;align-content:start;gap:.5rem;padding:1rem 1.5rem;grid-template-columns:repeat(3,1fr)}
.opencredits-loading[hidden],.opencredits-dialog [hidden]{display:none}
.opencredits-loading i{grid-column:1/-1;height:1rem;border-radius:.625rem;background:var(--opencredits-bone);animation:opencredits-breathe 1.6s ease-in-out infinite alternate}
.opencredits-loading i:nth-child(1){width:36px;height:36px;border-radius:.5rem;margin-bottom:1rem}
.opencredits-loading i:nth-child(2){width:9rem;height:1.5rem;margin-bottom:.375rem}
.opencredits-loading i:nth-child(n+3):nth-child(-n+8){grid-column:auto;height:3.25rem}
.opencredits-loading i:nth-child(9){margin-top:.5rem}
.opencredits-loading i:nth-child(10){width:70%}
.opencredits-loading i:nth-child(11){height:3rem;margin-top:3rem}
.opencredits-loading p,.opencredits-loading button{grid-column:1/-1;margin:0}
.opencredits-loading p:empty{display:none}
.opencredits-loading[data-blocked]{align-content:center;text-align:center;gap:1rem}
.opencredits-loading[data-blocked] i{display:none}
.opencredits-loading button{font:inherit;padding:.6rem 1.1rem;border-radius:.625rem;border:1px solid #7d8494;background:transparent;color:inherit;cursor:pointer;min-height:44px}
.opencredits-loading button:focus-visible{outline:2px solid currentColor;outline-offset:2px}
.opencredits-loading:not([data-blocked]) button.opencredits-cancel{position:absolute;inset-block-start:10px;inset-inline-end:14px;width:44px;padding:0;border-color:transparent;font-size:0}
.opencredits-loading:not([data-blocked]) button.opencredits-cancel::before{content:"\\2715";font-size:1rem}
@keyframes opencredits-breathe{from{opacity:.55}}
@keyframes opencredits-in{from{opacity:0;transform:translateY(.75rem)}}
@media (max-width:480px){.opencredits-dialog{width:100vw;--opencredits-top:.25rem;margin:auto 0 0;border-radius:1rem 1rem 0 0}@keyframes opencredits-in{from{transform:translateY(4rem)}}}
@media (prefers-reduced-motion:reduce){.opencredits-dialog[open],.opencredits-dialog[data-ready],.opencredits-loading i{animation:none;transition:none}}
@media (forced-colors:active){.opencredits-dialog{border:1px solid CanvasText}}
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
