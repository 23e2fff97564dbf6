import { setTimeout as wait } from 'node:timers/promises'
import type { Fault, FaultKind } from './fault-plan.ts'
import type { Installation } from './installation.ts'
import type { ServerProcess } from './server-process.ts'

/** What this engine and this machine can be made to suffer. */
export function canSuffer({ store, shiftClock }: Installation, kind: FaultKind): boolean {
  if (kind === 'kill_store') return store.killAndRestart !== null
  if (kind === 'full_disk') return store.fillDisk !== null
  if (kind === 'store_away') return store.goAway !== null
  if (kind === 'clock_jump') return shiftClock !== null
  return true
}

/** Does it and mends it again; resolves when it is mended. */
export async function injectFault(installation: Installation, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'kill_server':
      return restart(serverOf(installation, fault.server), 'SIGKILL', fault.downMs)
    case 'stop_server':
      return restart(serverOf(installation, fault.server), 'SIGTERM', 0)
    case 'suspend_server':
    case 'suspend_long':
      return serverOf(installation, fault.server).suspend(fault.forMs)
    case 'clock_jump':
      return jumpClock(installation, serverOf(installation, fault.server), fault)
    case 'stall_store':
      return installation.store.stall(fault.forMs)
    case 'kill_store':
      return installation.store.killAndRestart?.()
    case 'store_away':
      return loseStore(installation, fault.forMs)
    case 'full_disk':
      return installation.store.fillDisk?.(fault.forMs)
    case 'upstream_fails':
      return installation.sandbox.providers.control.failNextCalls(fault.calls, fault.how)
    case 'upstream_slow':
      await installation.sandbox.providers.control.slowDown({ firstByteDelayMs: 300, delayMs: 60 })
      await wait(fault.forMs)
      return installation.sandbox.providers.control.slowDown()
    default:
      return disturbStripe(installation, fault)
  }
}

async function disturbStripe({ sandbox }: Installation, fault: Fault): Promise<void> {
  const { control } = sandbox.stripe
  switch (fault.kind) {
    case 'stripe_fails':
      return control.failNextCalls(fault.calls, 500, { isKept: fault.isKept })
    case 'webhooks_shaped':
      return shaped({ delayMs: fault.delayMs, copies: fault.copies }, fault.forMs)
    case 'webhooks_reordered':
      return shaped({ reorderWithinMs: fault.withinMs }, fault.forMs)
    case 'webhooks_held':
      await control.holdWebhooks()
      await wait(fault.forMs)
      return control.releaseWebhooks('newest_first')
    case 'webhook_again': {
      const { events } = await control.record()
      const event = events[fault.pick % Math.max(1, events.length)]
      if (event !== undefined) await control.resend(event.id, { times: fault.times })
    }
  }

  async function shaped(shape: Parameters<typeof control.shapeWebhooks>[0], forMs: number): Promise<void> {
    await control.shapeWebhooks(shape)
    await wait(forMs)
    await control.shapeWebhooks()
  }
}

function serverOf({ servers }: Installation, number: number): ServerProcess {
  const server = servers[number % servers.length]
  if (server === undefined) throw new Error('an installation has servers')
  return server
}

async function restart(server: ServerProcess, signal: NodeJS.Signals, downMs: number): Promise<void> {
  await server.kill(signal)
  await wait(downMs)
  await server.start()
}

/** So long that no server can settle what ended meanwhile: that is recovered. */
async function loseStore({ store, servers }: Installation, forMs: number): Promise<void> {
  for (const server of servers) server.noteLoss()
  await store.goAway?.(forMs)
  for (const server of servers) server.noteLoss()
}

async function jumpClock(
  { shiftClock }: Installation,
  server: ServerProcess,
  { bySeconds, forMs }: { readonly bySeconds: number; readonly forMs: number },
): Promise<void> {
  shiftClock?.(server, bySeconds)
  await wait(forMs)
  shiftClock?.(server, 0)
}
