import { readApi, readRequest } from './api.js'
import { makeBill, transferTable } from './bill.js'
import { modelLabel } from './choices.js'
import { byId, make } from './element.js'
import { formatEarned, formatExact } from './money.js'

const entriesMax = 20
/** The most that the API tells at once; what this visitor has brought the partner is added up from these. */
const countedMax = 100

/** The maker's side. Calls come from the API with the user's key, earnings and transfers from the ledger. */
export function createPanel() {
  let earnings = null
  const requests = new Map()
  const open = new Set()

  const transfersOf = (requestId) => earnings?.calls.find((call) => call.request_id === requestId)?.transfers ?? null

  const drawEntry = (entry) => {
    const isCall = entry.request_id !== undefined
    const details = make('details', {}, [summaryOf(entry)])
    const body = make('div')
    details.append(body)
    const fill = async () => {
      if (!isCall) return body.replaceChildren(make('div', { className: 'bill' }, [transferTable([movement(entry)])]))
      const request = requests.get(entry.id) ?? (await readRequest(entry.id))
      if (request === null) return
      requests.set(entry.id, request)
      body.replaceChildren(makeBill(request, transfersOf(entry.id)))
    }
    details.open = open.has(entry.id)
    if (details.open) void fill()
    details.addEventListener('toggle', () => {
      if (!details.open) return void open.delete(entry.id)
      if (!open.has(entry.id)) void fill()
      open.add(entry.id)
    })
    return make('li', {}, [details])
  }

  const drawFeed = async () => {
    const history = OpenCredits.getUserKey() === null ? null : await readApi(`/v1/credits/history?limit=${countedMax}`)
    const entries = history?.data ?? []
    byId('feed').replaceChildren(...entries.slice(0, entriesMax).map(drawEntry))
    byId('feed-empty').hidden = entries.length > 0
    drawEarnings(new Set(entries.map(({ request_id }) => request_id)))
  }

  const readEarnings = async () => {
    earnings = await fetch('/partner/earnings')
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null)
  }

  /** Of this visitor's calls: others have tried the demo too. */
  const drawEarnings = (ownRequestIds) => {
    const own = earnings?.calls.filter((call) => ownRequestIds.has(call.request_id)) ?? []
    const earned = own.reduce((sum, call) => sum + shareOf(call), 0)
    byId('earned').textContent = earnings === null ? '–' : formatEarned(earned)
    byId('earned-words').textContent =
      earnings === null
        ? 'The ledger could not be read.'
        : `${formatExact(earned)} credits, by the ledger: ${formatExact(earnings.referral_rate * 100)} % on top of what each answer cost at the provider.`
    drawSplit(own[0])
  }

  return {
    /** Shows everything anew; `newest` is opened. */
    async draw(newest = null) {
      if (newest !== null) {
        open.clear()
        open.add(newest)
      }
      // The ledger is read by the command line, which takes a second: the rest does not wait for it.
      await Promise.all([earnings === null ? undefined : drawFeed(), readEarnings()])
      await drawFeed()
    },
  }
}

function summaryOf(entry) {
  const isCall = entry.request_id !== undefined
  const sign = entry.credits > 0 ? '+' : '−'
  return make('summary', {}, [
    make('strong', { text: isCall ? modelLabel(entry.model) : titleOf(entry) }),
    make('span', {
      className: entry.credits > 0 ? 'amount plus' : 'amount',
      text: `${sign}${formatExact(Math.abs(entry.credits))}`,
    }),
    make('small', {
      text: isCall
        ? `${formatExact(entry.input_tokens)} tokens in, ${formatExact(entry.output_tokens)} out`
        : timeOf(entry.created_at),
    }),
  ])
}

const titles = {
  purchase: 'Credits bought',
  refund: 'Refund',
  grant: 'Credits given',
  merge: 'Brought along from before',
}
const titleOf = ({ type }) => titles[type] ?? type
const timeOf = (iso) => new Intl.DateTimeFormat('en-US', { timeStyle: 'short' }).format(new Date(iso))

/** An entry of the history that is no call is one transfer. */
function movement({ type, credits }) {
  const other = type === 'purchase' || type === 'refund' ? 'operator:purchases' : type
  return credits > 0 ? { from: other, to: 'wallet', credits } : { from: 'wallet', to: other, credits: -credits }
}

function shareOf({ transfers }) {
  return transfers.find(({ code }) => code === 'usage_share')?.credits ?? 0
}

/** The last call in two parts, and what a thousand like it would bring. */
function drawSplit(call) {
  const share = call === undefined ? 0 : shareOf(call)
  byId('split').hidden = share === 0
  if (share === 0) return
  const [cost, earned] = document.querySelectorAll('.split-bar i')
  cost.style.flexBasis = `${(1 - share / call.charge) * 100}%`
  earned.style.flexBasis = `${(share / call.charge) * 100}%`
  byId('split-words').textContent =
    `The last answer brought ${formatEarned(share)}. A thousand like it: ${formatEarned(share * 1000, 2)}.`
}
