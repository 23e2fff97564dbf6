/**
 * The frame is as high as the window lets it be, and stays so: the dialog shows as much of it as the frame says. Only the
 * dialog's lower edge moves, and on a phone the sheet as a whole, so nothing is laid out anew and nothing jumps. The frame is not quite opaque: behind Stripe's form, which is a frame in it,
 * Chromium takes the rounded corners for covered and leaves them unpainted.
 */
export const dialogCss = `
.opencredits-dialog{border:0;padding:0;--opencredits-top:clamp(.25rem,12dvh - 2.5rem,6rem);--opencredits-room:calc(100dvh - 2*var(--opencredits-top));--opencredits-height:30.75rem;margin:var(--opencredits-top) auto;width:min(26.5rem,100vw - 1rem);height:var(--opencredits-height);max-width:none;max-height:var(--opencredits-room);border-radius:1rem;overflow:hidden;background:#fff;color:#1a1d24;box-shadow:0 0 0 1px rgb(128 128 128/.15),0 1.5rem 4rem rgb(0 0 0/.35);font:16px/1.5 system-ui,sans-serif;color-scheme:light;transition:height 180ms ease-out,translate 180ms ease-out}
.opencredits-dialog[data-theme=dark]{background:#16181d;color:#f0f1f4;color-scheme:dark}
.opencredits-dialog[open]{animation:opencredits-in 180ms ease-out}
.opencredits-dialog::backdrop{background:rgb(12 14 20/.5)}
.opencredits-dialog iframe{opacity:.999;display:block;width:100%;height:var(--opencredits-room);border:0}
.opencredits-dialog:not([data-stage=shown]) iframe{visibility:hidden;position:absolute}
.opencredits-dialog[data-stage=problem]{overflow:auto}
@keyframes opencredits-in{from{opacity:0;transform:translateY(.75rem)}}
@media (max-width:480px){.opencredits-dialog{width:100vw;height:var(--opencredits-room);--opencredits-top:.25rem;margin:auto 0 0;translate:0 max(0px,100% - var(--opencredits-height));border-radius:1rem 1rem 0 0}@keyframes opencredits-in{from{transform:translateY(4rem)}}}
@media (prefers-reduced-motion:reduce){.opencredits-dialog[open]{animation:none;transition:none}}
@media (forced-colors:active){.opencredits-dialog{border:1px solid CanvasText}}
`

/** Of the SDK's own buttons; a page sets the two properties. */
export const buttonCss =
  'button{font:inherit;font-weight:600;min-height:44px;padding:.5rem 1.1rem;border:1px solid #0000;border-radius:.625rem;background:var(--opencredits-accent,#4338ca);color:var(--opencredits-on-accent,#fff);cursor:pointer}button:focus-visible{outline:2px solid;outline-offset:2px}'

/** What stands in for the frame: the shape of what comes, and why it does not. */
export const screenCss = `${buttonCss}
.bones{position:absolute;inset:0;display:grid;align-content:start;gap:.5rem;padding:1rem min(1.5rem,4.6vw);grid-template-columns:repeat(3,1fr)}
i,pre{border-radius:.625rem;background:rgb(120 130 160/.12)}
i{grid-column:1/-1;height:1rem;animation:breathe 1.6s ease-in-out infinite alternate}
i:first-child{width:36px;height:36px;border-radius:.5rem;margin-bottom:.5rem}
i:nth-child(2){width:9rem;height:1.5rem;margin-bottom:.5rem}
i:nth-child(n+3):nth-child(-n+8){grid-column:auto;height:3.25rem}
i:nth-child(10){width:70%}
i:nth-child(11){height:3rem;margin-top:7.5rem}
.bones button{position:absolute;inset-block-start:12px;inset-inline-end:14px;width:44px;padding:0;background:0;color:inherit}
.problem{display:grid;gap:.75rem;padding:1.75rem 1.5rem 1.5rem}
.problem button{min-height:48px}
.problem button+button{border-color:#7d8494;background:0;color:inherit}
h2{font-size:1.25rem;margin:0 0 .5rem}
p{margin:0 0 .5rem;opacity:.75}
pre{margin:0 0 .5rem;padding:1rem;font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere}
@keyframes breathe{from{opacity:.55}}
@media (prefers-reduced-motion:reduce){i{animation:none}}
`

/** A constructed style sheet, which a page's Content-Security-Policy lets pass where a style element would be blocked. */
export function adoptStyle(root: DocumentOrShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
