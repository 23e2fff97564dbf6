import { signal } from '@preact/signals'

/** Null in the live world, which never loads it. */
export const testWorld = signal<typeof import('./test-world.tsx') | null>(null)

/** @throws (rejects) where it cannot be fetched */
export async function loadTestWorld(): Promise<void> {
  testWorld.value = await import('./test-world.tsx')
}
