import type { PartnerSnippetValues } from '@opencredits/protocol'
import type { CodeTab } from '../../../shared/parts/code-tabs.tsx'

/** What an app is built with, filled in with its key and this installation's address. Each is run by e2e as it stands here. */
export function writeSnippets(values: PartnerSnippetValues): readonly CodeTab[] {
  const ofServer = { docs: '/docs/server', topic: 'calls with credits' }
  return [
    { id: 'html', name: 'HTML', place: 'index.html', text: htmlPage(values), docs: '/docs/sdk', topic: 'the SDK' },
    {
      ...{ id: 'react', name: 'React', place: `App.jsx · npm install ${sdkPackage}` },
      ...{ text: reactApp(values), docs: '/docs/react' },
    },
    { id: 'node', name: 'Node.js', place: 'ask.mjs', text: nodeProgram(values), ...ofServer },
    { id: 'python', name: 'Python', place: 'ask.py', text: pythonProgram(values), ...ofServer },
    { id: 'curl', name: 'curl', place: '', text: curlCommand(values), ...ofServer },
  ]
}

/** Those that run on a server, with the key of a user. */
export const serverSnippets: readonly string[] = ['node', 'python', 'curl']

const sdkPackage = '@opencredits/sdk'
const question = 'Why is the sky blue?'

function htmlPage({ publishable_key, base_url, model }: PartnerSnippetValues): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>My app</title>
    <script src="${base_url}/assets/sdk.js"></script>
  </head>
  <body>
    <button id="buy">Buy credits</button>
    <button id="ask">Ask a question</button>
    <p id="answer" role="status"></p>
    <script>
      const say = (words) => (document.getElementById('answer').textContent = words)

      OpenCredits.init({
        publishableKey: '${publishable_key}',
        onError: ({ error }) => say(error.message),
      })

      document.getElementById('buy').onclick = () => OpenCredits.open()
      document.getElementById('ask').onclick = () => ask('${question}')

      async function ask(question) {
        say('Thinking …')
        const response = await OpenCredits.fetch('/v1/chat/completions', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({
            model: '${model}',
            messages: [{ role: 'user', content: question }],
          }),
        })
        const body = await response.json()
        if (response.ok) return say(body.choices[0].message.content)
        // Nobody has signed in or bought yet, or the credits are used up.
        if (response.status !== 401 && response.status !== 402) return say(body.error.message)
        const { status } = await OpenCredits.open({ reason: 'insufficient_credits', needed: body.error.needed })
        if (status === 'closed') return say('No credits were added, so the question was not asked.')
        return ask(question)
      }
    </script>
  </body>
</html>`
}

function reactApp({ publishable_key, base_url, model }: PartnerSnippetValues): string {
  return `import { BuyCreditsButton, CreditBalance, OpenCreditsProvider, useOpenCredits } from '${sdkPackage}/react'
import { useState } from 'react'

export function App() {
  return (
    <OpenCreditsProvider publishableKey="${publishable_key}" baseUrl="${base_url}">
      <p>
        You have <CreditBalance /> credits.
      </p>
      <BuyCreditsButton>Buy credits</BuyCreditsButton>
      <Ask question="${question}" />
    </OpenCreditsProvider>
  )
}

function Ask({ question }) {
  const { fetch, open } = useOpenCredits()
  const [answer, setAnswer] = useState('')

  async function ask() {
    setAnswer('Thinking …')
    const response = await fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        model: '${model}',
        messages: [{ role: 'user', content: question }],
      }),
    })
    const body = await response.json()
    if (response.ok) return setAnswer(body.choices[0].message.content)
    // Nobody has signed in or bought yet, or the credits are used up.
    if (response.status !== 401 && response.status !== 402) return setAnswer(body.error.message)
    const { status } = await open({ reason: 'insufficient_credits', needed: body.error.needed })
    if (status === 'closed') return setAnswer('No credits were added, so the question was not asked.')
    return ask()
  }

  return (
    <>
      <button type="button" onClick={ask}>
        Ask a question
      </button>
      <p role="status">{answer}</p>
    </>
  )
}`
}

function nodeProgram({ base_url, model }: PartnerSnippetValues): string {
  return `// USER_KEY=oc_sk_… node ask.mjs
const response = await fetch('${base_url}/v1/chat/completions', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-User-Key': process.env.USER_KEY },
  body: JSON.stringify({
    model: '${model}',
    messages: [{ role: 'user', content: '${question}' }],
  }),
})
const body = await response.json()
if (!response.ok) throw new Error(body.error.message)
console.log(body.choices[0].message.content)
console.log('cost', response.headers.get('opencredits-charge'), 'credits')`
}

function pythonProgram({ base_url, model }: PartnerSnippetValues): string {
  return `# USER_KEY=oc_sk_… python3 ask.py
import json
import os
from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    "${base_url}/v1/chat/completions",
    headers={"Content-Type": "application/json", "X-User-Key": os.environ["USER_KEY"]},
    data=json.dumps({
        "model": "${model}",
        "messages": [{"role": "user", "content": "${question}"}],
    }).encode(),
)
try:
    with urlopen(request) as response:
        print(json.load(response)["choices"][0]["message"]["content"])
        print("cost", response.headers["opencredits-charge"], "credits")
except HTTPError as error:
    raise SystemExit(json.load(error)["error"]["message"])`
}

function curlCommand({ base_url, model }: PartnerSnippetValues): string {
  return `# export USER_KEY=oc_sk_…
curl -sS ${base_url}/v1/chat/completions \\
  -H "X-User-Key: $USER_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "${question}"}]}'`
}
