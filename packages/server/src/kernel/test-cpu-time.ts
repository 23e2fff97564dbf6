/**
 * Processor time that some work takes in this thread, in milliseconds: the least of three times. It does not grow while
 * other programs keep the machine busy, so that tests can compare it.
 */
export function cpuMsOf(work: () => void): number {
  return Math.min(
    ...Array.from({ length: 3 }, () => {
      const before = process.threadCpuUsage()
      work()
      const { user, system } = process.threadCpuUsage(before)
      return (user + system) / 1_000
    }),
  )
}

/**
 * Fails where work on an input that is four times as long takes eight times as long or more: with the square it would be
 * sixteen times, in proportion four.
 */
export function expectLinear(workOn: (size: number) => () => void, size: number): void {
  const [once, fourTimes] = [cpuMsOf(workOn(size)), cpuMsOf(workOn(4 * size))]
  if (fourTimes > 8 * once + 40) throw new Error(`${size}: ${once} ms, four times as long: ${fourTimes} ms`)
}
