import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../kernel/app-error.ts'
import { createBodiesInFlight } from './bodies-in-flight.ts'

const megabyte = 1024 * 1024
const open = () => createBodiesInFlight({ ownerBytesMax: 100 * megabyte, serverBytesMax: 160 * megabyte })
const codeOf = (action: () => void): string | null => {
  try {
    action()
    return null
  } catch (error) {
    return error instanceof AppError ? error.code : 'unknown'
  }
}

describe('createBodiesInFlight', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('gives each owner so much room, and back what is released', () => {
    const bodies = open()
    const [first, second] = [bodies.open('key'), bodies.open('key')]
    first.add(60 * megabyte)
    expect(codeOf(() => second.add(41 * megabyte))).toBe('rate_limited')
    second.add(40 * megabyte)
    expect(codeOf(() => bodies.open('key').add(1))).toBe('rate_limited')
    first.release()
    first.release()
    bodies.open('key').add(60 * megabyte)
    expect(bodies.bytes).toBe(100 * megabyte)
  })

  it('gives all together so much room, the last part of it to small bodies only', () => {
    const bodies = open()
    bodies.open('one').add(90 * megabyte)
    const large = bodies.open('two')
    large.add(50 * megabyte)
    expect(codeOf(() => large.add(megabyte))).toBe('overloaded')
    expect(codeOf(() => bodies.open('three').expect(2 * megabyte))).toBe('overloaded')
    const small = Array.from({ length: 20 }, (_, index) => bodies.open(`small ${index}`))
    for (const one of small) one.add(megabyte)
    expect(codeOf(() => bodies.open('four').add(1))).toBe('overloaded')
    for (const one of small) one.release()
    large.release()
    expect(bodies.bytes).toBe(90 * megabyte)
  })

  it('counts a wasted body for its owner a second longer for each megabyte, and not for the others', () => {
    const bodies = open()
    for (let time = 0; time < 2; time += 1) {
      const body = bodies.open('key')
      body.add(50 * megabyte)
      body.release(true)
    }
    expect(bodies.bytes).toBe(0)
    expect(codeOf(() => bodies.open('key').add(megabyte))).toBe('rate_limited')
    expect(codeOf(() => bodies.open('other').expect(100 * megabyte))).toBeNull()
    vi.advanceTimersByTime(49_000)
    expect(codeOf(() => bodies.open('key').add(megabyte))).toBe('rate_limited')
    vi.advanceTimersByTime(2_000)
    expect(codeOf(() => bodies.open('key').expect(100 * megabyte))).toBeNull()
  })

  it('takes nothing for what is only expected', () => {
    const bodies = open()
    for (let time = 0; time < 10; time += 1) bodies.open('key').expect(100 * megabyte)
    expect(bodies.bytes).toBe(0)
  })
})
