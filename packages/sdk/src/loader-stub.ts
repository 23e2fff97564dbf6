/**
 * For a page that loads `sdk.js` with `async`: calls that come before the script wait in a queue, which the script empties
 * (`start-script.ts`). It is a string because pages hold a copy of it; the documentation prints it, and e2e runs it.
 */
export const loaderStub =
  'window.OpenCredits||(o=>{window.OpenCredits=o;o.q=[];o.getUserKey=()=>null;"init open close on off logout getBalance fetch".split(" ").map(m=>o[m]=(...a)=>new Promise((y,n)=>o.q.push([m,a,y,n])))})({})'
