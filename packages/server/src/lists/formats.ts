import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'

/** Seconds since 1970, as the account page is told times. */
export function secondsOf(atMs: number): number
export function secondsOf(atMs: number | null): number | null
export function secondsOf(atMs: number | null): number | null {
  return atMs === null ? null : Math.floor(atMs / 1000)
}

/** Credits as decimals. */
export function creditsOf(amountMicrocredits: number): number
export function creditsOf(amountMicrocredits: number | null): number | null
export function creditsOf(amountMicrocredits: number | null): number | null {
  return amountMicrocredits === null ? null : creditsFromMicrocredits(microcredits(amountMicrocredits))
}
