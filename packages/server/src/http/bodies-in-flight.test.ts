import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../kernel/app-error.ts'
import { createBodiesInFlight } from './bodies-in-flight.ts'

const megabyte = 1024 * 1024
function open() {
  const bodies = createBodiesInFlight({ ownerBytesMax: 100 * megabyte, serverBytesMax: 160 * megabyte })
  return {
    get bytes() {
      return bodies.bytes
    },
    open: (name: string, announcedBytes: number, isPaying = true) => bodies.open({ name, isPaying }, announcedBytes),
  }
}

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

  it('gives each owner so much room, as soon as a body is announced, and back what is released', () => {
    const bodies = open()
    const first = bodies.open('key', 60 * megabyte)
    expect(codeOf(() => bodies.open('key', 41 * megabyte))).toBe('rate_limited')
    const second = bodies.open('key', 0)
    second.grow(40 * megabyte)
    expect(codeOf(() => second.grow(40 * megabyte + 1))).toBe('rate_limited')
    expect(codeOf(() => bodies.open('key', 1))).toBe('rate_limited')
    first.release()
    first.release()
    second.release()
    bodies.open('key', 100 * megabyte).grow(100 * megabyte)
    expect(bodies.bytes).toBe(100 * megabyte)
  })

  it('gives all together so much room, the last part of it to small bodies only', () => {
    const bodies = open()
    bodies.open('one', 0).grow(90 * megabyte)
    const large = bodies.open('two', 0)
    large.grow(50 * megabyte)
    expect(codeOf(() => large.grow(51 * megabyte))).toBe('overloaded')
    expect(codeOf(() => bodies.open('three', 2 * megabyte))).toBe('overloaded')
    const small = Array.from({ length: 20 }, (_, index) => bodies.open(`small ${index}`, megabyte))
    for (const one of small) one.grow(megabyte)
    expect(codeOf(() => bodies.open('four', 1))).toBe('overloaded')
    for (const one of small) one.release()
    large.release()
    expect(bodies.bytes).toBe(90 * megabyte)
  })

  it('keeps room for large bodies of those who pay', () => {
    const bodies = open()
    bodies.open('guest', 0, false).grow(50 * megabyte)
    const second = bodies.open('another guest', 0, false)
    second.grow(30 * megabyte)
    expect(codeOf(() => second.grow(31 * megabyte))).toBe('overloaded')
    bodies.open('guest with a small one', megabyte, false).grow(megabyte)
    bodies.open('payer', 50 * megabyte).grow(50 * megabyte)
  })

  it('takes nothing from others for what is only announced, and keeps room for the rest of what has come in part', () => {
    const bodies = open()
    const announced = Array.from({ length: 10 }, (_, index) => bodies.open(`key ${index}`, 60 * megabyte))
    for (const one of announced) one.grow(megabyte)
    expect(bodies.bytes).toBe(10 * megabyte)
    announced[0]?.grow(15 * megabyte)
    announced[1]?.grow(15 * megabyte)
    expect(bodies.bytes).toBe((8 + 2 * 60) * megabyte)
    expect(codeOf(() => announced[2]?.grow(15 * megabyte))).toBe('overloaded')
    announced[0]?.grow(60 * megabyte)
    announced[1]?.grow(60 * megabyte)
  })

  it('counts a wasted body for its owner a second longer for each megabyte, and not for the others', () => {
    const bodies = open()
    for (let time = 0; time < 2; time += 1) {
      const body = bodies.open('key', 50 * megabyte)
      body.grow(50 * megabyte)
      body.release(true)
    }
    // Of this one nothing has come.
    bodies.open('other', 50 * megabyte).release(true)
    expect(bodies.bytes).toBe(0)
    expect(codeOf(() => bodies.open('key', megabyte))).toBe('rate_limited')
    expect(codeOf(() => bodies.open('other', 100 * megabyte).release())).toBeNull()
    vi.advanceTimersByTime(49_000)
    expect(codeOf(() => bodies.open('key', megabyte))).toBe('rate_limited')
    vi.advanceTimersByTime(2_000)
    expect(codeOf(() => bodies.open('key', 100 * megabyte))).toBeNull()
  })
})
