/** The card form that the hosted page and the embedded frame share: one page without anything from elsewhere. */
export function paymentForm(options: {
  readonly amount: string
  readonly action: string
  readonly email: string
  readonly cancelUrl: string | null
}): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pay ${options.amount} (sandbox)</title><link rel="icon" href="data:,">
<style>
:root{color-scheme:light dark;font:16px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;--line:#c9cdd6;--ink:#1a1f36;--soft:#5c6370;--paper:#fff;--accent:#4b45d6;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--line:#454b5a;--ink:#eef0f5;--soft:#aab0bd;--paper:#16181f;--accent:#8f8bff;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink)}
main{max-width:26rem;margin:0 auto;padding:1rem}
.sandbox{display:inline-block;background:#ffe3a3;color:#5b3d00;border-radius:.4rem;padding:.1rem .5rem;font-size:.8rem;font-weight:600}
h1{font-size:1.5rem;margin:.5rem 0 1rem}form{display:grid;gap:.75rem}label{display:grid;gap:.25rem;font-size:.9rem}
.row{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}
input{font:inherit;padding:.6rem .7rem;border:1px solid var(--line);border-radius:.5rem;background:transparent;color:inherit;width:100%}
button{font:inherit;font-weight:600;padding:.75rem;border:0;border-radius:.5rem;background:var(--accent);color:#fff;cursor:pointer}
@media (prefers-color-scheme:dark){button{color:#111}}
button[disabled]{opacity:.6}button.plain{background:transparent;color:var(--soft);border:1px solid var(--line)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
#error{color:var(--bad);margin:0;min-height:1.4em}small{color:var(--soft)}[hidden]{display:none!important}
</style></head><body><main>
<span class="sandbox">SANDBOX: no real money</span><h1>${options.amount}</h1>
<form id="form" novalidate>
<label>Email<input id="email" name="email" type="email" autocomplete="email" value="${escapeHtml(options.email)}"></label>
<label>Card number<input id="card" name="card" inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242"></label>
<div class="row"><label>Expiry<input id="expiry" name="expiry" autocomplete="cc-exp" placeholder="12 / 34"></label>
<label>CVC<input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="123"></label></div>
<p id="error" role="alert"></p>
<button id="pay" type="submit">Pay ${options.amount}</button>
${options.cancelUrl === null ? '' : `<a href="${escapeHtml(options.cancelUrl)}">Cancel</a>`}
<small>4242 4242 4242 4242 pays · 4000 0000 0000 0002 is declined · 4000 0025 0000 3155 asks for 3-D Secure</small>
</form>
<section id="challenge" hidden><h2>3-D Secure</h2><p>Your bank asks whether this is you.</p>
<button id="challenge-ok" type="button">Complete</button> <button id="challenge-no" class="plain" type="button">Fail</button></section>
<p id="done" role="status" hidden>Payment received.</p>
<script>
const byId=(id)=>document.getElementById(id)
const tell=(type)=>{if(parent!==window)parent.postMessage({sandboxStripe:1,type},'*')}
const show=(id)=>{for(const name of ['form','challenge','done'])byId(name).hidden=name!==id}
async function send(isAuthenticated){
  byId('pay').disabled=true;byId('error').textContent='';tell('submitted')
  const answer=await fetch(${JSON.stringify(options.action)},{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify({card:byId('card').value,email:byId('email').value,isAuthenticated})}).then((r)=>r.json()).catch(()=>({outcome:'declined',message:'The payment could not be sent. Try again.'}))
  byId('pay').disabled=false
  if(answer.outcome==='needs_authentication'){show('challenge');byId('challenge-ok').focus();return}
  if(answer.outcome==='complete'){show('done');if(answer.redirect)location.href=answer.redirect;else tell('complete');return}
  show('form');byId('error').textContent=answer.message;byId('card').focus();tell('submit_failed')
}
byId('form').addEventListener('submit',(event)=>{event.preventDefault()
  const problem=byId('card').value.replace(/\\D/g,'').length<12?'Your card number is incomplete.':!/^\\s*\\d{1,2}\\s*\\/\\s*\\d{2,4}\\s*$/.test(byId('expiry').value)?'Your card’s expiry is incomplete.':!/^\\d{3,4}$/.test(byId('cvc').value.trim())?'Your card’s security code is incomplete.':''
  if(problem){byId('error').textContent=problem;return}
  send(false)})
byId('challenge-ok').addEventListener('click',()=>send(true))
byId('challenge-no').addEventListener('click',()=>{show('form');byId('error').textContent='We are unable to authenticate your payment method. Choose another one and try again.';byId('card').focus();tell('submit_failed')})
addEventListener('keydown',(event)=>{if(event.key==='Escape')tell('escape')})
if(parent!==window)new ResizeObserver(()=>parent.postMessage({sandboxStripe:1,type:'height',height:document.documentElement.scrollHeight},'*')).observe(document.querySelector('main'))
tell('rendered')
</script></main></body></html>`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
