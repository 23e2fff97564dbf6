import type { Logger } from 'pino'
import { createCounter } from '../counting/create-counter.ts'
import type { TestCalls } from '../gateway/gateway-deps.ts'
import { type Clock, secondMs } from '../kernel/clock.ts'
import type { Catalogue } from '../pricing/catalogue.ts'
import { createGenerationSpeeds } from '../pricing/generation-speed.ts'
import { createSimulatedUpstreams } from './simulated-upstreams.ts'

interface TestCallsDeps {
  readonly catalogue: Catalogue
  readonly clock: Clock
  readonly logger: Logger
}

/** Of all test calls that run at once, each waits for one count at a time. A developer may try out how many go. */
const callsWaitingMax = 2_048
const patienceMs = 15 * secondMs
/** As fast as a quick model. */
const pauseMs = 10

/**
 * What calls of test keys have in the place of what live calls share: simulated providers, and nothing by which a test
 * could change how live calls are held, sent or watched.
 */
export function createTestCalls({ catalogue, clock, logger }: TestCallsDeps): TestCalls {
  // Every test call is counted, twice and more, and costs nobody anything: it must not stand in line before live ones.
  const counter = createCounter({ workersMax: 1, waitingMax: callsWaitingMax, waitMsMax: patienceMs })
  // Nobody learns from a simulated model how fast a model is.
  const speeds = { ...createGenerationSpeeds(), note: () => {} }
  return {
    upstreams: createSimulatedUpstreams({ counter, catalogue, clock, speeds, pauseMs }),
    counter,
    speeds,
    saidCounter: {
      count: (_model, text) => counter.countText(text),
      bound: async (_model, text) => (await counter.countText(text)) ?? Buffer.byteLength(text),
    },
    // There is nobody to copy a file to: it goes inline, however large it is.
    fileCopies: {
      ensure: () => Promise.resolve(null),
      keyWithCopy: () => Promise.resolve(null),
      removeNeedless: () => Promise.resolve(0),
    },
    // No provider is at fault.
    onStreamFault: () => {},
    logger: logger.child({ livemode: false }),
  }
}
