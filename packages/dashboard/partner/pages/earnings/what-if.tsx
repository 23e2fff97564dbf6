import type { PartnerWhatIf } from '@opencredits/protocol'
import { useEffect, useState } from 'preact/hooks'
import { useResource } from '../../../shared/api/use-resource.ts'
import { Answer } from '../../../shared/parts/answer.tsx'
import { Field } from '../../../shared/parts/field.tsx'
import { ModelName } from '../../../shared/parts/model-name.tsx'
import { ScrollArea } from '../../../shared/parts/scroll-area.tsx'
import { useApp } from '../../app/app-context.ts'
import { useWords } from '../../messages/words-context.ts'

const requestsMax = 1_000_000_000
/** Of the slider, which goes from a hundred to a million, a tenth of a power of ten a step. */
const slider = { min: 20, max: 60, step: 1 }
const fromSlider = (position: number) => Number((10 ** (position / 10)).toPrecision(2))
const waitMs = 300

/** What so many requests would earn, at this rate or another, and the reckoning behind it. */
export function WhatIf() {
  const { t, format } = useWords()
  const { api } = useApp()
  const [requests, setRequests] = useState('1000')
  const [percent, setPercent] = useState<string | null>(null)
  const asked = useSettled({ requests, percent })
  const isCount = /^\d+$/.test(asked.requests) && Number(asked.requests) <= requestsMax
  const query = {
    requests: isCount ? Number(asked.requests) : 1000,
    rate: asked.percent === null || !isPercent(asked.percent) ? null : Number(asked.percent) / 100,
  }
  const answer = useResource<PartnerWhatIf>(api.path('/v1/partner/what_if', query))
  const [last, setLast] = useState<PartnerWhatIf | null>(null)
  useEffect(() => {
    if (answer.data !== null) setLast(answer.data)
  }, [answer.data])
  const most = last === null ? 100 : last.referral_rate_max * 100
  const own = last === null ? 0 : last.own_referral_rate
  const shownPercent = percent ?? String(Math.round(own * 10_000) / 100)
  const isRate = isPercent(shownPercent) && Number(shownPercent) <= most
  return (
    <section class="card" aria-labelledby="what-if">
      <h2 id="what-if">{t('whatIfTitle')}</h2>
      <div class="what-if">
        <div>
          <Field
            label={t('whatIfRequests')}
            inputMode="numeric"
            value={requests}
            problem={/^\d+$/.test(requests) && Number(requests) <= requestsMax ? null : t('countInvalid')}
            onInput={(event) => setRequests(event.currentTarget.value.trim())}
          />
          <input
            type="range"
            aria-label={t('whatIfRequests')}
            aria-valuetext={format.number(Number(requests) || 0)}
            {...slider}
            value={Math.round(Math.log10(Math.max(1, Number(requests) || 1)) * 10)}
            onInput={(event) => setRequests(String(fromSlider(event.currentTarget.valueAsNumber)))}
          />
        </div>
        <div>
          <Field
            label={t('whatIfRate')}
            inputMode="decimal"
            value={shownPercent}
            problem={isRate ? null : t('percentInvalid', { most: format.number(most) })}
            onInput={(event) => setPercent(event.currentTarget.value.trim())}
          />
          <input
            type="range"
            aria-label={t('whatIfRate')}
            min={0}
            max={most}
            step={1}
            value={Number(shownPercent) || 0}
            onInput={(event) => setPercent(event.currentTarget.value)}
          />
        </div>
      </div>
      {answer.failure === null && last !== null ? (
        <Reckoning answer={last} />
      ) : (
        <Answer of={answer} rows={3}>
          {(data) => <Reckoning answer={data} />}
        </Answer>
      )}
    </section>
  )
}

function Reckoning({ answer }: { readonly answer: PartnerWhatIf }) {
  const { t, format } = useWords()
  const [first] = answer.data
  if (first === undefined) return <p class="note">{t('whatIfNone')}</p>
  const mean = answer.requests === 0 ? 0 : answer.provider_cost / answer.requests
  return (
    <>
      <p class="figure" role="status">
        <small>{t('whatIfSentence', { count: answer.requests })}</small>{' '}
        {t('creditsExact', { credits: format.exact(answer.earns) })}{' '}
        <small>{t('whatIfWorth', { money: format.money(answer.earns / 100, 'usd') })}</small>
      </p>
      <p>
        {t('whatIfSum', {
          requests: format.number(answer.requests),
          mean: format.exact(mean),
          rate: format.percent(answer.referral_rate),
          earns: format.exact(answer.earns),
          charge: format.exact(answer.charge),
          fee: format.exact(answer.fee),
        })}
      </p>
      <p class="soft">
        {answer.basis === 'own_calls'
          ? t('whatIfOwn', { count: answer.calls })
          : t('whatIfList', {
              tokensIn: format.number(first.input_tokens),
              tokensOut: format.number(first.output_tokens),
              model: first.label,
            })}{' '}
        {t('whatIfRateHint', {
          own: format.percent(answer.own_referral_rate),
          most: format.percent(answer.referral_rate_max),
        })}
      </p>
      {answer.data.length > 1 && <PartTable answer={answer} />}
    </>
  )
}

function PartTable({ answer }: { readonly answer: PartnerWhatIf }) {
  const { t, format } = useWords()
  return (
    <ScrollArea label={t('whatIfTable')}>
      <table>
        <caption class="visually-hidden">{t('whatIfTable')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('model')}</th>
            <th scope="col" class="number">
              {t('whatIfPart')}
            </th>
            <th scope="col" class="number wide">
              {t('tokensHead')}
            </th>
            <th scope="col" class="number wide">
              {t('whatIfMean')}
            </th>
            <th scope="col" class="number">
              {t('youEarn')}
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.data.map((row) => (
            <tr key={row.model}>
              <th scope="row">
                <ModelName id={row.model} />
              </th>
              <td class="number">{format.percent(Math.round(row.part * 1000) / 1000)}</td>
              <td class="number wide">
                {format.number(row.input_tokens)} / {format.number(row.output_tokens)}
              </td>
              <td class="number wide">{format.exact(row.provider_cost_per_request)}</td>
              <td class="number">{format.exact(row.earns)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

const isPercent = (text: string) => /^\d{1,5}([.]\d{1,2})?$/.test(text)

/** What was typed, once nothing was typed for a moment: a slider that is drawn asks once. */
function useSettled<Value extends object>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  const text = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), waitMs)
    return () => clearTimeout(timer)
    // Its content is what matters: the object is made anew each time.
  }, [text])
  return settled
}
