import { modelLabel } from './choices.js'
import { make } from './element.js'
import { formatExact } from './money.js'

const bucketNames = {
  input: 'Prompt',
  cache_read: 'Read from the cache',
  cache_write_5m: 'Written to the cache, 5 min',
  cache_write_1h: 'Written to the cache, 1 h',
  output: 'Answer',
}

/** One call, whole: tokens by bucket, prices, provider cost, share, charge, and the transfers that it made. */
export function makeBill(request, transfers) {
  const ending = request.ending === 'completed' ? [] : [make('p', { className: 'note', text: request.explanation })]
  return make('div', { className: 'bill' }, [
    costTable(request),
    transferTable(transfers),
    ...ending,
    make('code', { text: request.request_id }),
  ])
}

function costTable(request) {
  const buckets = Object.entries(request.tokens ?? {}).filter(([name, tokens]) => tokens > 0 && name in bucketNames)
  return make('table', {}, [
    make('caption', { text: `${modelLabel(request.model)}, credits` }),
    ...buckets.map(([name, tokens]) =>
      line(
        `${bucketNames[name]}`,
        formatExact((tokens * request.prices[name]) / 1_000_000),
        `${formatExact(tokens)} tokens at ${formatExact(request.prices[name])} a million`,
      ),
    ),
    line('Provider cost', formatExact(request.provider_cost), '', 'sum'),
    line(
      `The partner’s share, ${formatExact(request.referral_rate * 100)} %`,
      formatExact(request.referral_share),
      '',
      'share',
    ),
    ...(request.fee > 0 ? [line('The operator’s fee', formatExact(request.fee))] : []),
    line('The user paid', formatExact(request.charge), '', 'sum'),
  ])
}

/** Rows of the ledger; null while it is being read. */
export function transferTable(transfers) {
  if (transfers === null) return make('p', { className: 'small', text: 'Reading the ledger…' })
  return make('table', {}, [
    make('caption', { text: transfers.length === 1 ? 'One transfer in the ledger' : 'Transfers in the ledger' }),
    ...transfers.map(({ from, to, credits }) =>
      line(`${accountName(from)} → ${accountName(to)}`, formatExact(credits)),
    ),
  ])
}

const accountNames = {
  wallet: 'user’s wallet',
  partner: 'partner',
  'operator:provider_cost': 'provider cost',
  'operator:fee': 'operator’s fee',
  'operator:purchases': 'purchases',
  'operator:shortfall': 'operator’s shortfall',
}

const accountName = (account) => accountNames[account] ?? account

function line(label, amount, detail = '', className = '') {
  return make('tr', { className }, [
    make('th', { scope: 'row', text: label }, detail === '' ? [] : [make('small', { text: detail })]),
    make('td', { text: amount }),
  ])
}
