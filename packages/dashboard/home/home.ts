import './home.css'
import { describeHealth } from './describe-health.ts'

/** The page stands without this script; only how the server is takes a request. */
const line = document.getElementById('status')
const text = document.getElementById('status-text')

const answer = await fetch('/v1/health').then(
  (response): Promise<unknown> => response.json().catch(() => null),
  () => null,
)
const { words, isGood } = describeHealth(answer)
if (line !== null && text !== null) {
  text.textContent = words
  line.dataset.state = isGood ? 'good' : 'bad'
}
