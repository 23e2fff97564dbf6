import type { Postcard, VisitorSession } from './session.ts'

export interface PageSettings {
  readonly baseUrl: string
  readonly publishableKey: string
  readonly isSandbox: boolean
}

/** The whole page, as the server knows the visitor. The user key is not in it. */
export function renderPage(session: VisitorSession, settings: PageSettings): string {
  const { baseUrl, publishableKey, isSandbox } = settings
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Postcards: OpenCredits with a backend</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/page.css">
    <link rel="stylesheet" href="/postcards.css">
    <script src="${escapeHtml(baseUrl)}/assets/sdk.js"></script>
    <script type="module" src="/postcards.js"></script>
  </head>
  <body data-publishable-key="${escapeHtml(publishableKey)}" data-csrf-token="${escapeHtml(session.csrfToken)}">
    <main class="desk">
      <nav aria-label="Site"><a href="${escapeHtml(baseUrl)}/docs">OpenCredits docs</a></nav>
      <header>
        <h1>Postcards</h1>
        <div class="wallet">
          <output id="balance">${session.userKey === null ? '0 credits' : '…'}</output>
          <button type="button" class="pill" id="buy">Add credits</button>
          <form method="post" action="/log-out" id="log-out"${session.userKey === null ? ' hidden' : ''}>
            <input type="hidden" name="csrf_token" value="${escapeHtml(session.csrfToken)}">
            <button type="submit" class="quiet">Log out</button>
          </form>
        </div>
      </header>
      <p class="lead">The user’s key lives in this app’s session on the server. The page asks the server, and the server asks OpenCredits.</p>
      ${isSandbox ? '<p class="sandbox">Sandbox: play money. Pay with <code>4242 4242 4242 4242</code>, any date, any CVC.</p>' : ''}
      <form id="write">
        <label for="city">From where?</label>
        <input id="city" name="city" maxlength="40" required value="Kyoto" autocomplete="off">
        <label for="wish">What to mention? <span>optional</span></label>
        <input id="wish" name="wish" maxlength="200" autocomplete="off" placeholder="I fed the deer">
        <button type="submit" class="primary" id="ask">Write my postcard</button>
      </form>
      <p id="notice" role="status"></p>
      <section class="postcard" id="draft" aria-label="The postcard" aria-busy="false" hidden><p id="text"></p></section>
      <section aria-labelledby="cards-title">
        <h2 id="cards-title">Your postcards</h2>
        <div id="cards">${renderPostcards(session.postcards)}</div>
      </section>
    </main>
  </body>
</html>`
}

/** The list alone, for the page to put in place after an answer. */
export function renderPostcards(postcards: readonly Postcard[]): string {
  if (postcards.length === 0) return '<p class="none">None yet.</p>'
  return `<ol>${postcards.map(renderPostcard).join('')}</ol>`
}

function renderPostcard({ city, text, isBroken, charge }: Postcard): string {
  const cost = charge === null ? '' : `<small>${formatCharge(charge)}</small>`
  const broken = isBroken ? '<small>It broke off here.</small>' : ''
  return `<li class="postcard"><h3>${escapeHtml(city)}</h3><p>${escapeHtml(text)}</p>${broken}${cost}</li>`
}

/** `0.09 credits (less than $0.01)`: rounded up, so that no cost is shown smaller than it is. */
function formatCharge(credits: number): string {
  const shown = Math.ceil(credits * 100 - 1e-9) / 100
  const money = credits < 1 ? 'less than $0.01' : `$${(Math.ceil(credits - 1e-9) / 100).toFixed(2)}`
  return `${shown.toLocaleString('en-US')} credits (${money})`
}

/** What a model or a visitor writes is text, never HTML. */
function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
